"""Which ranker is in use: candidates are kept, a person promotes one, and every process takes it up."""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock

import structlog
from pydantic import ValidationError
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from matcher.domain import COMMAND_LINE, Actor, Candidate
from matcher.errors import ConfigurationError, InvalidInput, NotFound, Problem
from matcher.intake.wording import problems_of
from matcher.matching.scoring import RankerFile, Scorer, load_scorer, scorer_from
from matcher.store import audit, database, rankers
from matcher.store.rankers import Ranker

_log = structlog.get_logger()


@dataclass(frozen=True)
class Choice:
    """The scorer to rank with, and why it is not the promoted one though there is one; empty where it is."""

    scorer: Scorer
    refusal: str = ""


class RankerInUse:
    """The scorer of one process: of the file that the settings name, else the promoted one, else the packaged one.

    It is asked for before each use, so a promotion is in the next shortlist of every process. A promoted ranker that
    does not fit this version is not used, and is named in the log once, when it is first seen.
    """

    def __init__(self, file: str, encoder: str) -> None:
        """Raises ConfigurationError for a file that cannot be used."""
        self._own = load_scorer(file, encoder)
        self._own_first = bool(file)
        self._encoder = encoder
        self._seen: Ranker | None = None
        self._chosen = Choice(self._own)
        self._lock = Lock()

    def scorer(self, session: Session) -> Scorer:
        """The scorer to rank with, by the database as the session sees it."""
        if self._own_first:
            return self._own
        promoted = rankers.promoted(session)
        with self._lock:
            if promoted != self._seen:
                self._seen, self._chosen = promoted, _choice(promoted, self._own, self._encoder)
                if promoted and self._chosen.refusal:
                    _log.warning("promoted ranker not used", ranker=promoted.name, reason=self._chosen.refusal)
            return self._chosen.scorer


def ranker_in_use(session: Session, file: str, encoder: str) -> Choice:
    """What a service with that setting of MATCHER_RANKER, and that encoder, ranks with now.

    Raises ConfigurationError for a file that cannot be used.
    """
    return _choice(None if file else rankers.promoted(session), load_scorer(file, encoder), encoder)


def _choice(promoted: Ranker | None, own: Scorer, encoder: str) -> Choice:
    try:
        return Choice(own if promoted is None else scorer_of(promoted, encoder))
    except ConfigurationError as error:
        return Choice(own, str(error))


def scorer_of(ranker: Ranker, encoder: str) -> Scorer:
    """The scorer of a stored ranker. Raises ConfigurationError when it does not fit this version or that encoder."""
    return scorer_from(json.loads(ranker.document), encoder, "The stored ranker")


def weights_of(ranker: Ranker) -> dict[str, float]:
    """What each facet counts by a stored ranker, also one that does not fit this version.

    Raises ConfigurationError when it has no form that this version reads.
    """
    try:
        return {facet.facet: facet.weight for facet in RankerFile.model_validate_json(ranker.document).facets}
    except ValidationError:
        raise ConfigurationError(
            f"The stored ranker {ranker.name!r} has a form that this version does not read."
        ) from None


def add_candidate(engine: Engine, candidate: Candidate, encoder: str, now: datetime) -> Ranker:
    """Keeps a candidate for promotion; it may be for another encoder than the one in use.

    Raises InvalidInput when its ranker has no form that this version reads, or a name that is taken.
    """
    problems = _problems(candidate, packaged=load_scorer("", encoder).name)
    if problems:
        raise InvalidInput(problems)
    with database.sessions(engine).begin() as session:
        return rankers.add_candidate(session, candidate.ranker, candidate.comparison, now)


def _problems(candidate: Candidate, packaged: str) -> list[Problem]:
    try:
        name = RankerFile.model_validate(candidate.ranker).name
    except ValidationError as error:
        return [replace(problem, pointer=f"/ranker{problem.pointer}") for problem in problems_of(error)]
    if not name.strip() or not name.isprintable():
        return [Problem("/ranker/name", "must be a name that can be printed")]
    if name == packaged:
        return [Problem("/ranker/name", "is the name of the packaged ranker; take another name")]
    return []


def found_ranker(session: Session, name: str) -> Ranker:
    """The stored ranker of that name. Raises NotFound when there is none."""
    ranker = rankers.get(session, name)
    if ranker is None:
        raise NotFound("There is no ranker with this name; 'matcher ranker list' names all that there are.")
    return ranker


def promote_ranker(engine: Engine, name: str, encoder: str, now: datetime, *, by: Actor = COMMAND_LINE) -> None:
    """Has a ranker used from the next shortlist on, in place of the one in use.

    Raises NotFound when there is none of that name, and ConfigurationError when it does not fit this version or that
    encoder; the one in use then stays.
    """
    with database.sessions(engine).begin() as session:
        scorer_of(found_ranker(session, name), encoder)
        rankers.promote(session, name, now)
        audit.append(session, by, "ranker.promoted", now, name)


def reset_ranker(engine: Engine, now: datetime, *, by: Actor = COMMAND_LINE) -> bool:
    """Goes back to the packaged ranker; False when none is promoted."""
    with database.sessions(engine).begin() as session:
        is_reset = rankers.withdraw_promotion(session, now)
        if is_reset:
            audit.append(session, by, "ranker.reset", now)
        return is_reset
