"""The floor of quality: a change that loses what was reached fails here, with what is packaged as learned."""

from functools import cache

import numpy as np
import pytest

from matcher.domain import Need
from matcher.matching.reading import Reader
from matcher.matching.remembering_encoder import RememberingEncoder
from matcher.matching.scoring import load_scorer
from tests.judged_world import judged, packaged_encoder
from training import evaluate
from training.baselines import Ranker
from training.metrics import MEASURES

NDCG_AT_5 = list(MEASURES).index("nDCG@5")


@cache
def service() -> Ranker:
    encoder = RememberingEncoder(packaged_encoder())
    reader = Reader(encoder)
    profiles = evaluate.encode_profiles(judged(), encoder, reader.areas)
    return evaluate.service_ranker(profiles, reader, load_scorer("", encoder.name))


def ndcg(needs: list[Need]) -> float:
    return float(np.nanmean(evaluate.evaluate({"service": service()}, judged(), needs)["service"][:, NDCG_AT_5]))


@pytest.mark.parametrize(("text_only", "floor"), [(False, 0.85), (True, 0.77)])
def test_shortlists_of_judged_needs_are_as_good_as_they_were(text_only: bool, floor: float) -> None:
    needs = evaluate.measured_needs(judged())
    assert ndcg(evaluate.text_only(needs) if text_only else needs) > floor
