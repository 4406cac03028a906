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
from matcher.matching.embedding import PACKAGED_NAME, Encoder, load_encoder, packaged_base
from matcher.matching.index import CoachIndex, Profile
from matcher.matching.passages import coach_passages
from matcher.matching.reading import Reader
from matcher.matching.recommender import Recommender
from matcher.matching.remembering_encoder import RememberingEncoder
from matcher.matching.scoring import Scorer, load_scorer
from matcher.settings import Settings
from training import baselines, compared_rankers, graded, judgements, report
from training.baselines import Ranker
from training.document import replace_block
from training.judgements import Judgements
from training.learn_to_rank import PRIOR
from training.metrics import Values, measured
from training.slices import RULES, slices

SMALLEST_POOL = 5
"""Eligible coaches; a need with fewer tells little of a ranking and is left out."""

ENCODED_AT_ONCE = 256
"""Texts; many enough to fill batches of equally long ones, few enough for a bar that moves."""

SERVICE = "the service"
PREVIOUS = "the previous ranker"
READERS = "one reader by the other"

Item = TypeVar("Item")


def with_progress(items: Sequence[Item], what: str) -> Iterable[Item]:
    """The items one by one, with a bar on stderr that is gone when they are done."""
    return track(items, what, console=Console(stderr=True), transient=True)


def encode_profiles(judged: Judgements, encoder: RememberingEncoder, areas: AreaReading) -> list[Profile]:
    """Every judged coach with what the profile's passages show of each theme."""
    texts = {coach: [passage.text for passage in coach_passages(coach)] for coach in judged.coaches.values()}
    every = list(chain.from_iterable(texts.values()))
    for start in with_progress(range(0, len(every), ENCODED_AT_ONCE), "Encoding profiles"):
        encoder.encode(every[start : start + ENCODED_AT_ONCE])
    vectors = {coach: encoder.encode(passages) for coach, passages in texts.items()}
    return [Profile(coach, areas.of_profile(texts[coach], own)) for coach, own in vectors.items()]


def as_it_comes(encoder: Encoder) -> Encoder:
    """The packaged encoder without its trained layers, for what most people would build; any other as it is."""
    return packaged_base().untrained() if encoder.name.startswith(f"{PACKAGED_NAME}+") else encoder


def service_ranker(profiles: Sequence[Profile], reader: Reader, scorer: Scorer) -> Ranker:
    """The order in which the service itself shows the coaches, as scores; NaN for one whom it excludes."""
    index = CoachIndex.build(profiles)
    recommender = Recommender(index, reader, scorer, judgements.JUDGED_RATES)

    def score(need: Need, coach_ids: Sequence[str]) -> Values:
        shown = recommender.recommend(need, limit=len(index), today=judgements.JUDGED_ON).coaches
        ranks = {coach.coach_id: coach.rank for coach in shown}
        return np.array([-ranks.get(coach, np.nan) for coach in coach_ids], np.float64)

    return score


def all_rankers(
    judged: Judgements,
    encoder: RememberingEncoder,
    reader: Reader,
    profiles: Sequence[Profile],
    scorers: Mapping[str, Scorer],
) -> dict[str, Ranker]:
    """Everything that is measured, by the name of its row; the last ones are the service with each of the scorers."""
    plain = RememberingEncoder(as_it_comes(encoder))
    return {
        "random": baselines.any_order,
        "tags only": baselines.tags_only(judged.coaches),
        "BM25": baselines.bm25(judged.coaches),
        "one vector per profile": baselines.one_vector(judged.coaches, plain),
        "MaxSim over passages": baselines.max_sim(judged.coaches, plain),
        **{name: service_ranker(profiles, reader, scorer) for name, scorer in scorers.items()},
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
        for name, ranker in with_progress(list(rankers.items()), "Ranking")
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
    tables = [report.comparison(values, SERVICE), report.by_slice(values, slices(judged, needs), SERVICE)]
    if PREVIOUS in values:
        tables += [f"{SERVICE}, against {PREVIOUS}:", report.head_to_head(values[SERVICE], values[PREVIOUS])]
    if each:
        tables.append(report.by_need(values, {str(need.id): len(judged.gains[str(need.id)]) for need in needs}))
    return "\n\n".join([f"{title} ({len(needs)} with {SMALLEST_POOL} or more eligible coaches):", *tables])


def learned_rankers(
    folder: Path, profiles: Sequence[Profile], encoder: RememberingEncoder, reader: Reader
) -> dict[str, Ranker]:
    """The rankers of `training.compared_rankers`, trained on the graded pairs of that folder, over those profiles."""
    pairs = graded.load(folder)
    index = CoachIndex.build(encode_profiles(pairs, encoder, reader.areas))
    prior = load_scorer(str(PRIOR), encoder.name)
    scores = compared_rankers.compared(prior, graded.measured(pairs, index, reader, prior))
    return compared_rankers.as_rankers(scores, CoachIndex.build(profiles), reader, prior)


def _compared(rankers: Mapping[str, Ranker], judged: Judgements, views: Mapping[str, Sequence[Need]]) -> str:
    tables = [
        f"{title}:\n\n{report.comparison(evaluate(rankers, judged, needs), compared_rankers.ADDITIVE)}"
        for title, needs in views.items()
    ]
    return "\n\n".join(
        [
            "The form of the score, three trained anew on the same graded pairs, which no judged need is of.",
            *tables,
        ]
    )


def evaluation(
    judged: Judgements,
    encoder: Encoder,
    scorer: Scorer,
    *,
    each: bool = False,
    previous: Scorer | None = None,
    folder: Path | None = None,
) -> str:
    """The whole report in Markdown; with `each`, need by need too; with the graded pairs of a folder, other
    forms of the score trained on them."""
    encoder = RememberingEncoder(encoder)
    reader = Reader(encoder)
    profiles = encode_profiles(judged, encoder, reader.areas)
    scorers = ({PREVIOUS: previous} if previous else {}) | {SERVICE: scorer}
    rankers = all_rankers(judged, encoder, reader, profiles, scorers)
    needs = measured_needs(judged)
    views = {
        "Needs as they are": needs,
        "The text of the needs alone, without stated goals": text_only(needs),
    }
    parts = [_section(title, rankers, judged, own, each) for title, own in views.items()]
    if folder:
        parts.append(_compared(learned_rankers(folder, profiles, encoder, reader), judged, views))
    names = scorer.name if previous is None else f"{scorer.name}, {PREVIOUS} {previous.name}"
    parts.append(
        "In brackets the 95 % bootstrap interval over needs: round, of the difference from "
        f"{SERVICE} or the row in bold, need by need; square, of its own mean. Ties count as the average over their "
        f"orders. {RULES} Encoder {encoder.name}, ranker {names}, judgements {judged.digest[:12]}."
    )
    return "\n\n".join(parts)


@click.command()
@click.option("--judged", "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Judged set.")
@click.option("--by-need", is_flag=True, help="Add nDCG@5 for each need.")
@click.option("--write-readme", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Put it there too.")
@click.option("--against", type=click.Path(exists=True, dir_okay=False), help="Ranker file to be better than.")
@click.option(
    "--graded",
    "pairs",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Fixtures with graded pairs: train other forms of the score on them.",
)
@click.pass_obj
def main(
    encoder: Encoder | None,
    *,
    folder: Path | None,
    by_need: bool,
    write_readme: Path | None,
    against: str | None,
    pairs: Path | None,
) -> None:
    """Measure the service and simple rankers on judged needs; Markdown on stdout."""
    judged = judgements.load(folder or judgements.JUDGED)
    settings = Settings()
    encoder = encoder or load_encoder(settings.encoder)
    result = evaluation(
        judged,
        encoder,
        load_scorer(settings.ranker, encoder.name),
        each=by_need,
        previous=load_scorer(against, encoder.name) if against else None,
        folder=pairs,
    )
    click.echo(result)
    if write_readme:
        replace_block(write_readme, "evaluation", result)


if __name__ == "__main__":
    main()
