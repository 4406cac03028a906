"""What the ranking in use rests on, as those may ask who are shown its lists."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Literal

from matcher.domain import Comparison
from matcher.errors import ConfigurationError
from matcher.matching.evaluation import Evaluation, packaged_evaluation
from matcher.matching.scoring import PRIOR, Scorer, load_scorer
from matcher.service.shortlists import Desk
from matcher.settings import Settings
from matcher.store import database, rankers
from matcher.store.rankers import Ranker

Origin = Literal["file", "promoted", "learned", "research"]
"""Where the weights come from: a file that a setting names, a ranker that a person promoted, or the package, whose
weights were learned from graded pairs for its own encoder, and follow research for any other."""


@dataclass(frozen=True)
class RankingFacts:
    """The scorer in use and where it comes from.

    `evaluation` is None where the packaged figures are of another encoder, reading or set of weights; `comparison` is
    that of a promoted ranker with the one before it.
    """

    scorer: Scorer
    origin: Origin
    own_encoder: bool
    evaluation: Evaluation | None
    promoted_at: datetime | None = None
    comparison: Comparison | None = None


def ranking_facts(desk: Desk, settings: Settings) -> RankingFacts:
    """What the next shortlist of this service will rest on."""
    with database.snapshots(desk.engine).begin() as session:
        scorer, promoted = desk.ranker.scorer(session), rankers.promoted(session)
    encoder, areas, measured = desk.catalogue.encoder.name, desk.reader.areas.name, packaged_evaluation()
    in_use = promoted if promoted and not settings.ranker and promoted.name == scorer.name else None
    return RankingFacts(
        scorer=scorer,
        origin="file" if settings.ranker else "promoted" if in_use else _of_the_package(scorer, encoder),
        own_encoder=encoder != measured.encoder,
        evaluation=measured if measured.holds_for(encoder, areas, scorer) else None,
        promoted_at=in_use.promoted_at if in_use else None,
        comparison=_comparison(in_use) if in_use else None,
    )


def _of_the_package(scorer: Scorer, encoder: str) -> Origin:
    prior = load_scorer(str(files("matcher.matching").joinpath(PRIOR)), encoder)
    return "research" if scorer.name == prior.name else "learned"


def _comparison(ranker: Ranker) -> Comparison | None:
    with suppress(ConfigurationError):
        return ranker.comparison
    return None
