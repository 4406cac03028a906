"""The floor of quality: a change that loses what was reached fails here, with what is packaged as learned."""

import json
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score

from matcher.domain import Need
from matcher.domain.backgrounds import BACKGROUNDS
from matcher.domain.vocabulary import FOCUS_AREAS, INDUSTRY_GROUP
from matcher.matching.facets import FACETS
from matcher.matching.index import CoachIndex, Profile
from matcher.matching.passages import coach_passages
from matcher.matching.reading import Reader
from matcher.matching.recommender import retrieve
from matcher.matching.remembering_encoder import RememberingEncoder
from matcher.matching.scoring import load_scorer
from tests.factories import a_coach
from tests.judged_world import judged, packaged_encoder
from training import evaluate, graded
from training.annotations import CLEAR, FIXTURES
from training.baselines import Ranker
from training.judgements import JUDGED_ON
from training.metrics import MEASURES
from training.metrics import ndcg as ndcg_at

NDCG_AT_5 = list(MEASURES).index("nDCG@5")

SOLID = 0.65
"""What readers say of a profile that shows an area by a concrete case, or by strong evidence of something very near."""


@cache
def service() -> Ranker:
    encoder = RememberingEncoder(packaged_encoder())
    reader = Reader(encoder)
    profiles = evaluate.encode_profiles(judged(), encoder, reader.areas)
    return evaluate.service_ranker(profiles, reader, load_scorer("", encoder.name))


def ndcg(needs: list[Need]) -> float:
    return float(np.nanmean(evaluate.evaluate({"service": service()}, judged(), needs)["service"][:, NDCG_AT_5]))


def test_backgrounds_wished_for_are_found_as_well_as_they_were() -> None:
    """Of graded needs and profiles, none of which was learned from; a wish that is not read has no say."""
    encoder = RememberingEncoder(packaged_encoder())
    reader, pairs = Reader(encoder), graded.load(FIXTURES)
    index = CoachIndex.build(evaluate.encode_profiles(pairs, encoder, reader.areas))
    every = np.arange(len(index))
    found = []
    for need_id, fits in json.loads((FIXTURES / "graded/backgrounds.json").read_text()).items():
        if need_id in pairs.needs and (reading := reader.read(pairs.needs[need_id])).backgrounds:
            measured = FACETS["background"](retrieve(index, reading, every, JUDGED_ON))
            gains = np.array([fits.get(coach_id, 0) for coach_id in index.ids])
            found.append(ndcg_at(measured.values, gains, 10))
    assert len(found) > 11
    assert np.mean(found) > 0.43


def test_wishes_for_a_background_are_read_as_well_as_they_were() -> None:
    """Of sentences that nothing was learned from: those that wish for one, for something else, and for nothing."""
    reader = Reader(RememberingEncoder(packaged_encoder()))
    read: dict[str, list[bool]] = {"wish": [], "other_wish": [], "no_wish": []}
    first_is_meant = []
    for line in map(json.loads, (FIXTURES / "graded/background_wishes.jsonl").read_text("utf-8").splitlines()):
        shares = reader.read(Need(summary=line["text"])).background_shares
        read[line["kind"]].append(bool(shares))
        if shares and line["kind"] == "wish":
            meant = {INDUSTRY_GROUP.get(code, code) for code in line["tells_of"]}
            first_is_meant.append(BACKGROUNDS[max(shares, key=lambda place: shares[place])] in meant)
    wish, other_wish, no_wish = (np.mean(found) for found in read.values())
    assert wish > 0.83
    assert np.mean(first_is_meant) > 0.85
    assert other_wish < 0.28
    assert no_wish < 0.02


def readers_say(name: str) -> dict[str, NDArray[np.float64]]:
    """What two readers say of each need or profile of a graded file, area by area: the mean; shape (areas,) each."""
    readers = json.loads((FIXTURES / "graded" / name).read_text()).values()
    first, second = ({one: [said.get(area, 0) for area in FOCUS_AREAS] for one, said in of.items()} for of in readers)
    return {one: np.mean([first[one], second[one]], axis=0) for one in first}


def weight_in_place(reader: Reader, need: Need, meant: Mapping[str, float]) -> float:
    """How much of the weight of the goals read lies where it is meant to, area by area."""
    weights = {goal.area: goal.weight for goal in reader.read(need).goals}
    return sum(min(weights.get(area, 0), weight) for area, weight in meant.items())


def precision_of_areas(index: CoachIndex, shown: NDArray[np.bool_]) -> float:
    """The average precision with which the areas are found that profiles show, shape (coaches, areas)."""
    strength = index.columns.shown.of_themes("strength", np.arange(len(index)), np.arange(len(FOCUS_AREAS)))
    return float(average_precision_score(shown.ravel(), strength.ravel()))


def test_areas_are_read_from_a_text_with_the_weights_that_readers_give_them() -> None:
    """Of graded needs as if nobody had stated a goal: how much of the weight lies where two readers put it."""
    reader, said, alike = Reader(RememberingEncoder(packaged_encoder())), readers_say("goals.json"), []
    for need in graded.text_only(graded.load(FIXTURES)):
        meant = said[str(need.id)] / said[str(need.id)].sum()
        alike.append(weight_in_place(reader, need, dict(zip(FOCUS_AREAS, meant.tolist(), strict=True))))
    assert len(alike) == 100
    assert np.mean(alike) > 0.72


def test_profiles_show_the_areas_that_readers_see_in_them() -> None:
    """Of graded profiles: the average precision with which areas are found that two readers, on average, call solid."""
    encoder = RememberingEncoder(packaged_encoder())
    reader, said = Reader(encoder), readers_say("strengths.json")
    index = CoachIndex.build(evaluate.encode_profiles(graded.load(FIXTURES), encoder, reader.areas))
    solid = np.array([said[coach_id] for coach_id in index.ids]) >= SOLID
    assert solid.sum() > 150
    assert precision_of_areas(index, solid) > 0.77


def kept_back(name: str, every: int) -> list[dict[str, Any]]:
    """Some of the needs or profiles of other writers than those of the texts learned from, evenly chosen."""
    lines = (FIXTURES / "kept_back" / name).read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines[::every]]


def test_needs_of_other_writers_are_read_nearly_as_well() -> None:
    """Of all six languages: how much of the weight lies where the writer put it."""
    reader, alike = Reader(RememberingEncoder(packaged_encoder())), defaultdict[str, list[float]](list)
    for need in kept_back("needs.jsonl", every=7):
        in_place = weight_in_place(reader, Need(**_texts(need, "summary", "outcome")), need["weights"])
        alike["English" if need["language"] == "en" else "another"].append(in_place)
    english, another = (np.mean(alike[language]) for language in ("English", "another"))
    assert english > 0.7
    assert another > 0.7


def test_profiles_of_other_writers_are_read_nearly_as_well() -> None:
    """The average precision with which areas are found of which the writer told a concrete case."""
    encoder, lines = packaged_encoder(), kept_back("coaches.jsonl", every=4)
    areas = Reader(encoder).areas
    profiles = []
    for line in lines:
        references = [{"rating": 5, **reference} for reference in line["references"]]
        coach = a_coach(**_texts(line, "id", "headline", "bio", "approach"), references=references)
        texts = [passage.text for passage in coach_passages(coach)]
        profiles.append(Profile(coach, areas.of_profile(texts, encoder.encode(texts))))
    told = {
        line["id"]: {mark["code"] for mark in line["evidence"] if mark["kind"] == "area" and mark["strength"] >= CLEAR}
        for line in lines
    }
    index = CoachIndex.build(profiles)
    there = np.array([[area in told[coach_id] for area in FOCUS_AREAS] for coach_id in index.ids])
    assert precision_of_areas(index, there) > 0.78


def _texts(line: dict[str, Any], *fields: str) -> dict[str, Any]:
    return {field: line[field] for field in fields}


@pytest.mark.parametrize(("text_only", "floor"), [(False, 0.865), (True, 0.83)])
def test_shortlists_of_judged_needs_are_as_good_as_they_were(text_only: bool, floor: float) -> None:
    needs = evaluate.measured_needs(judged())
    assert ndcg(evaluate.text_only(needs) if text_only else needs) > floor
