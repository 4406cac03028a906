"""Learns other weights from what became of shortlisted coaches: `python -m training.learn_from_use`.

The weights in use are the prior, the graded pairs count on beside the new ones, and what is learned is kept as a
candidate with its comparison on the judged needs. A person promotes it: `matcher ranker promote`.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
import numpy as np
from rich.console import Console
from rich.progress import track
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from matcher.domain import Candidate, ComparedNeed, Comparison
from matcher.errors import ConfigurationError
from matcher.matching.embedding import Encoder, load_encoder
from matcher.matching.facets import FACETS
from matcher.matching.index import CoachIndex
from matcher.matching.reading import Reader
from matcher.matching.remembering_encoder import RememberingEncoder
from matcher.matching.scoring import Scorer, load_scorer, scorer_from
from matcher.plain_words import plain_words
from matcher.settings import Settings
from matcher.store import database, outcomes, rankers, schema
from training import graded, judgements, learn_to_rank, preferences
from training.annotations import FIXTURES
from training.evaluate import encode_profiles, evaluate, measured_needs, service_ranker
from training.judgements import Judgements
from training.learn_to_rank import Preferences
from training.metrics import MEASURES, Values, estimate_difference
from training.preferences import Followed, Learnable

FEWEST_PAIRS, FEWEST_SHORTLISTS = 30, 10
"""Pairs of coaches with different outcomes, and the shortlists they are from, below which nothing is learned:
with fewer the weights would follow single cases. Picks are not counted, since they are never learned alone."""

MEASURE = "nDCG@5"
_SEED = 2027


def read_outcomes(engine: Engine) -> tuple[Learnable, int]:
    """The pairs that the database holds, and how many shortlists were left out for facets of another version."""
    followed: list[Followed] = []
    with database.snapshots(engine).begin() as session:
        total = outcomes.count_shortlists(session)
        every = track(outcomes.every(session), "Reading outcomes", total, console=Console(stderr=True), transient=True)
        followed += [one for found in every if (one := preferences.follow(found, tuple(FACETS)))]
    return preferences.pairs_of(followed), total - len(followed)


def what_is_missing(found: Learnable) -> str:
    """Why nothing can be learned yet, with the numbers; empty when there is enough."""
    pairs, shortlists = len(found.outcomes), found.shortlists
    if pairs >= FEWEST_PAIRS and shortlists >= FEWEST_SHORTLISTS:
        return ""
    alone = " Picks are not learned from alone: they say as much about the place of a coach as about the coach."
    return (
        f"Too little to learn from: {pairs} of at least {FEWEST_PAIRS} pairs of coaches with different outcomes, "
        f"from {shortlists} of at least {FEWEST_SHORTLISTS} shortlists; still missing: "
        f"pairs {max(FEWEST_PAIRS - pairs, 0)}, shortlists {max(FEWEST_SHORTLISTS - shortlists, 0)}."
        f"{alone if any(known.pick for one in found.followed for known in one.known.values()) and not pairs else ''}"
    )


def scorer_in_use(session: Session, settings: Settings, encoder: str) -> Scorer:
    """What a service with these settings ranks with now, which may be the packaged ranker though one is promoted.

    Raises ConfigurationError when the file that the settings name cannot be used.
    """
    own = load_scorer(settings.ranker, encoder)
    promoted = None if settings.ranker else rankers.promoted(session)
    if promoted is None:
        return own
    try:
        return scorer_from(json.loads(promoted.document), encoder, "The stored ranker")
    except ConfigurationError as error:
        click.echo(f"The promoted ranker is not used. {error}", err=True)
        return own


def compare(
    judged: Judgements, encoder: RememberingEncoder, reader: Reader, before: Scorer, after: Scorer
) -> Comparison:
    """How the service does with either on the judged needs, by MEASURE.

    Raises ConfigurationError when there is no need of which some coach is better than another.
    """
    needs = [need for need in measured_needs(judged) if any(judged.gains[str(need.id)].values())]
    if not needs:
        raise ConfigurationError("The judged set has no need that tells one ranking from another.")
    profiles = encode_profiles(judged, encoder, reader.areas)
    both = {name: service_ranker(profiles, reader, scorer) for name, scorer in (("old", before), ("new", after))}
    column = list(MEASURES).index(MEASURE)
    old, new = (values[:, column] for values in evaluate(both, judged, needs).values())
    return _comparison([str(need.id) for need in needs], old, new)


def _comparison(needs: list[str], before: Values, after: Values) -> Comparison:
    difference = estimate_difference(after, before, np.random.default_rng(_SEED))
    return Comparison(
        measure=MEASURE,
        needs=tuple(
            ComparedNeed(need=need, before=old, after=new)
            for need, old, new in zip(needs, before.tolist(), after.tolist(), strict=True)
        ),
        before=float(before.mean()),
        after=float(after.mean()),
        interval=(difference.low, difference.high),
    )


def learn(
    scorer: Scorer, learned_from: Preferences, name: str, encoder: Encoder, *, data: Path, judged: Path
) -> Candidate:
    """The ranker around that scorer, learned from those pairs and the graded ones in the folder `data`, and how
    it does on the needs in the folder `judged`. Its name is that one with a digest of what it says."""
    remembering = RememberingEncoder(encoder)
    reader, pairs = Reader(remembering), graded.load(data)
    index = CoachIndex.build(encode_profiles(pairs, remembering, reader.areas))
    measured = graded.measured(pairs, index, reader, scorer)
    learned = learn_to_rank.learn(scorer, measured, name, beside=learned_from)
    document = learn_to_rank.to_document(learned, encoder.name, f"graded {pairs.digest[:8]} and use")
    comparison = compare(judgements.load(judged), remembering, reader, scorer, learned)
    return Candidate(ranker=learn_to_rank.named_by_content(document, reader.areas.name), comparison=comparison)


def learn_candidate(engine: Engine, encoder: Encoder | None, data: Path, judged: Path, now: datetime) -> str:
    """Learns from what the database holds and keeps the candidate; what became of it, in words.

    Nothing is kept when there is too little, or when the same pairs were learned from before.
    """
    found, foreign = read_outcomes(engine)
    told = f"Left out, since made with other facets: {foreign} of the shortlists.\n" if foreign else ""
    missing = what_is_missing(found)
    if missing:
        return told + missing
    settings, learned_from = Settings(), found.preferences()
    encoder = encoder or load_encoder(settings.encoder)
    digest = _digest(encoder, learned_from)
    with database.snapshots(engine).begin() as session:
        before = next((ranker.name for ranker in rankers.every(session) if f"-{digest}@" in ranker.name), None)
        scorer = scorer_in_use(session, settings, encoder.name)
    if before is not None:
        return f"{told}{before} was learned from the same pairs and is there already."
    # Encoding takes minutes, in which no transaction may wait.
    candidate = learn(scorer, learned_from, f"ranker-{now:%Y-%m-%d}-{digest}", encoder, data=data, judged=judged)
    with database.sessions(engine).begin() as session:
        added = rankers.add_candidate(session, candidate.ranker, candidate.comparison, now)
    return f"{told}{_summary(found, candidate)}\n'matcher ranker show {added.name}' tells it need by need."


def _digest(encoder: Encoder, learned_from: Preferences) -> str:
    """Of the pairs and of the encoder, since another one asks for a ranker of its own."""
    pairs = preferences.digest(learned_from)
    return hashlib.sha256(f"{encoder.name} {pairs}".encode()).hexdigest()[:8]


def _summary(found: Learnable, candidate: Candidate) -> str:
    told, (low, high) = candidate.comparison, candidate.comparison.interval
    return (
        f"{candidate.ranker['name']} is a candidate; 'matcher ranker promote' puts it to use.\n"
        f"Learned from {len(found.outcomes)} pairs by outcomes, from {found.shortlists} shortlists, "
        f"and {len(found.picks)} by picks.\n"
        f"{told.measure} {told.before:.3f} -> {told.after:.3f} on {len(told.needs)} judged needs, "
        f"interval of the difference {low:+.3f} to {high:+.3f}."
    )


@contextmanager
def _told_plainly() -> Iterator[None]:
    """Errors that a user can mend are told in a line, instead of a traceback."""
    try:
        yield
    except Exception as error:
        words = plain_words(error)
        if words is None:
            raise
        raise click.ClickException(words) from None


_folder = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.option("--data", type=_folder, default=FIXTURES, help="Graded pairs that count on.")
@click.option("--judged", type=_folder, default=judgements.JUDGED, help="Judged set to compare on.")
@click.pass_obj
def main(encoder: Encoder | None, data: Path, judged: Path) -> None:
    """Learn a candidate from the outcomes in the database that the settings name."""
    with _told_plainly():
        engine = database.open_engine(Settings().sqlalchemy_url())
        try:
            schema.require_current(engine)
            click.echo(learn_candidate(engine, encoder, data, judged, datetime.now(UTC)))
        finally:
            engine.dispose()


if __name__ == "__main__":
    main()
