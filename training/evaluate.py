"""Measures the service and simple rankers on judged needs: `python -m training.evaluate`."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, permutations
from pathlib import Path
from typing import TypeVar

import click
import numpy as np
from rich.console import Console
from rich.progress import track

from matcher.domain import Need
from matcher.matching.areas import AreaReading
from matcher.matching.embedding import Encoder, load_encoder
from matcher.matching.index import CoachIndex, Profile
from matcher.matching.passages import coach_passages
from matcher.matching.reading import Reader
from matcher.matching.recommender import Recommender
from matcher.matching.scoring import Scorer, load_scorer
from matcher.settings import Settings
from training import baselines, judgements, report
from training.baselines import Ranker
from training.document import replace_block
from training.judgements import Judgements
from training.metrics import Values, measured
from training.remembering import RememberingEncoder

SMALLEST_POOL = 5
"""Eligible coaches; a need with fewer tells little of a ranking and is left out."""

ENCODED_AT_ONCE = 256
"""Texts; many enough to fill batches of equally long ones, few enough for a bar that moves."""

SERVICE = "the service"
READERS = "one reader by the other"

Item = TypeVar("Item")


def _with_progress(items: Sequence[Item], what: str) -> Iterable[Item]:
    return track(items, what, console=Console(stderr=True), transient=True)


def encode_profiles(judged: Judgements, encoder: RememberingEncoder, areas: AreaReading) -> list[Profile]:
    """Every judged coach with the vectors of the profile's passages and what they show of each focus area."""
    texts = {coach: [passage.text for passage in coach_passages(coach)] for coach in judged.coaches.values()}
    every = list(chain.from_iterable(texts.values()))
    for start in _with_progress(range(0, len(every), ENCODED_AT_ONCE), "Encoding profiles"):
        encoder.encode(every[start : start + ENCODED_AT_ONCE])
    vectors = {coach: encoder.encode(passages) for coach, passages in texts.items()}
    return [Profile(coach, own, areas.of_profile(own)) for coach, own in vectors.items()]


def service_ranker(profiles: Sequence[Profile], reader: Reader, scorer: Scorer) -> Ranker:
    """The order in which the service itself shows the coaches, as scores; NaN for one whom it excludes."""
    index = CoachIndex.build(profiles, reader.dimension)
    recommender = Recommender(index, reader, scorer, judgements.JUDGED_RATES)

    def score(need: Need, coach_ids: Sequence[str]) -> Values:
        shown = recommender.recommend(need, limit=len(index), today=judgements.JUDGED_ON).coaches
        ranks = {coach.coach_id: coach.rank for coach in shown}
        return np.array([-ranks.get(coach, np.nan) for coach in coach_ids], np.float64)

    return score


def all_rankers(judged: Judgements, encoder: RememberingEncoder, scorer: Scorer) -> dict[str, Ranker]:
    """Everything that is measured, by the name of its row."""
    reader = Reader(encoder)
    profiles = encode_profiles(judged, encoder, reader.areas)
    return {
        "random": baselines.any_order,
        "tags only": baselines.tags_only(judged.coaches),
        "BM25": baselines.bm25(judged.coaches),
        "one vector per profile": baselines.one_vector(judged.coaches, encoder),
        "MaxSim over passages": baselines.max_sim(profiles, encoder),
        SERVICE: service_ranker(profiles, reader, scorer),
    }


def measured_needs(judged: Judgements) -> list[Need]:
    """The judged needs with at least SMALLEST_POOL eligible coaches, in the order of their ids."""
    return [judged.needs[need] for need, gains in sorted(judged.gains.items()) if len(gains) >= SMALLEST_POOL]


def text_only(needs: Iterable[Need]) -> list[Need]:
    """The needs as if nobody had stated a goal; those that say nothing else are left out."""
    return [need.model_copy(update={"focus_areas": ()}) for need in needs if need.summary.strip()]


def _measured_need(ranker: Ranker, need: Need, gains: Mapping[str, float]) -> Values:
    # The order of ids must not help, and scores that tie share their places; see `training.metrics`.
    coach_ids = sorted(gains)
    return measured(ranker(need, coach_ids), np.array([gains[coach] for coach in coach_ids]))


def evaluate(rankers: Mapping[str, Ranker], judged: Judgements, needs: Sequence[Need]) -> dict[str, Values]:
    """What each ranker achieves on each need, by all MEASURES; shape (needs, measures) a ranker."""
    gains = [judged.gains[str(need.id)] for need in needs]
    return {
        name: np.array([_measured_need(ranker, *pair) for pair in zip(needs, gains, strict=True)])
        for name, ranker in _with_progress(list(rankers.items()), "Ranking")
    }


def reader_agreement(judged: Judgements, needs: Sequence[Need]) -> Values:
    """What a reader's grades achieve as scores when another reader's are the gains, over all such pairs.

    As near to a perfect ranking as two careful people come; shape (needs, measures).
    """

    def by_other(scores: Mapping[str, int], gains: Mapping[str, int]) -> Values:
        pairs = np.array([(scores[coach], gain) for coach, gain in gains.items()], np.float64)
        return measured(pairs[:, 0], pairs[:, 1])

    pairs = list(permutations(judged.readers.values(), 2))
    return np.array([np.mean([by_other(a[str(need.id)], b[str(need.id)]) for a, b in pairs], axis=0) for need in needs])


def _section(title: str, rankers: Mapping[str, Ranker], judged: Judgements, needs: Sequence[Need], each: bool) -> str:
    values = evaluate(rankers, judged, needs) | {READERS: reader_agreement(judged, needs)}
    tables = [report.comparison(values, reference=SERVICE)]
    if each:
        tables.append(report.by_need(values, {str(need.id): len(judged.gains[str(need.id)]) for need in needs}))
    return "\n\n".join([f"{title} ({len(needs)} with {SMALLEST_POOL} or more eligible coaches):", *tables])


def evaluation(judged: Judgements, encoder: Encoder, scorer: Scorer, each: bool = False) -> str:
    """The whole report in Markdown; with `each`, need by need too."""
    rankers = all_rankers(judged, RememberingEncoder(encoder), scorer)
    needs = measured_needs(judged)
    return "\n\n".join(
        [
            _section("Needs as they are", rankers, judged, needs, each),
            _section("The text of the needs alone, without stated goals", rankers, judged, text_only(needs), each),
            "In brackets the 95 % bootstrap interval over needs: round, of the difference from "
            f"{SERVICE}, need by need; square, of its own mean. Ties count as the average over their orders. "
            f"Encoder {encoder.name}, ranker {scorer.name}, judgements {judged.digest[:12]}.",
        ]
    )


@click.command()
@click.option("--judged", "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Judged set.")
@click.option("--by-need", is_flag=True, help="Add nDCG@5 for each need.")
@click.option("--write-readme", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Put it there too.")
@click.pass_obj
def main(encoder: Encoder | None, folder: Path | None, by_need: bool, write_readme: Path | None) -> None:
    """Measure the service and simple rankers on judged needs; Markdown on stdout."""
    judged = judgements.load(folder or judgements.JUDGED)
    settings = Settings()
    encoder = encoder or load_encoder(settings.encoder)
    result = evaluation(judged, encoder, load_scorer(settings.ranker, encoder.name), by_need)
    click.echo(result)
    if write_readme:
        replace_block(write_readme, "evaluation", result)


if __name__ == "__main__":
    main()
