"""Shows coaches of a shortlist to a manager by a link, and notes with whom the manager would like to talk."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from matcher.domain import Actor, Outcome, Requester
from matcher.domain.audit import Action, need_hash
from matcher.domain.link import FEWEST_DAYS, MOST_DAYS, SharedLink
from matcher.errors import Gone, InvalidInput, NotFound, Problem
from matcher.service.outcomes import note_outcome
from matcher.service.shortlists import sealed_shortlist
from matcher.store import audit, database, links, outcomes, shortlists
from matcher.store.outcomes import RecordedOutcome
from matcher.store.shortlists import SealedShortlist
from matcher.texts import Phrase


@dataclass(frozen=True)
class OpenedLink:
    """What stands behind a link: the shortlist as it was sealed, and the first talks asked for so far."""

    link: SharedLink
    sealed: SealedShortlist
    talks: tuple[RecordedOutcome, ...]


def make_link(
    engine: Engine, shortlist_id: str, coach_ids: Sequence[str], *, days: int, requester: Requester, now: datetime
) -> str:
    """Makes a link to those coaches of a shortlist that is open for so many days, and answers its token.

    Raises NotFound for a shortlist that is not there, or not for that requester, and InvalidInput for coaches whom it
    does not show, for none, and for too few or too many days.
    """
    with database.sessions(engine).begin() as session:
        sealed = sealed_shortlist(session, shortlist_id, requester)
        shown = [coach["coach_id"] for coach in json.loads(sealed.answer)["coaches"]]
        problems = []
        if not coach_ids or set(coach_ids) - set(shown):
            problems.append(Problem("/coach", "must be at least one of those on the list"))
        if not FEWEST_DAYS <= days <= MOST_DAYS:
            problems.append(
                Problem(
                    "/days",
                    Phrase("must be a whole number from %(fewest)s to %(most)s", fewest=FEWEST_DAYS, most=MOST_DAYS),
                )
            )
        if problems:
            raise InvalidInput(problems)
        chosen = [coach_id for coach_id in shown if coach_id in coach_ids]
        token = links.add(session, sealed.id, chosen, requester, now=now, expires_at=now + timedelta(days=days))
        made = links.with_token(session, token)
        if made is None:
            raise LookupError("a link that was made is not there")
        _tell_audit(session, requester.actor, "link.made", made, sealed, now=now, coaches=chosen, days=days)
        return token


def links_of(engine: Engine, shortlist_id: str, requester: Requester) -> list[SharedLink]:
    """All links to a shortlist, the newest first. Raises NotFound for a shortlist as `make_link` does."""
    with database.snapshots(engine).begin() as session:
        return links.of_shortlist(session, sealed_shortlist(session, shortlist_id, requester).id)


def revoke_link(engine: Engine, shortlist_id: str, link_id: str, requester: Requester, now: datetime) -> None:
    """Closes a link at once, for good. Raises NotFound when there is none, and for a shortlist as `make_link` does."""
    with database.sessions(engine).begin() as session:
        sealed = sealed_shortlist(session, shortlist_id, requester)
        found = next((one for one in links.of_shortlist(session, sealed.id) if one.id == link_id), None)
        if found is None:
            raise NotFound("There is no such link.")
        links.revoke(session, sealed.id, link_id, now)
        if found.revoked_at is None:
            _tell_audit(session, requester.actor, "link.revoked", found, sealed, now=now)


def opened_link(engine: Engine, token: str, now: datetime) -> OpenedLink:
    """What the link with that token shows, which the audit log notes.

    Raises NotFound when there is none, and Gone when it is open no more.
    """
    with database.sessions(engine).begin() as session:
        link = _open(session, token, now)
        sealed = shortlists.get_anyones(session, link.shortlist_id)
        if sealed is None:
            raise LookupError("a link outlived its shortlist")
        talks = tuple(one for one in outcomes.history(session, sealed.id) if one.outcome.event == "first_talk")
        _tell_audit(session, _manager(link), "link.opened", link, sealed, now=now)
        return OpenedLink(link, sealed, talks)


def ask_for_talk(engine: Engine, token: str, coach_id: str, now: datetime) -> None:
    """Notes that the manager would like to talk with a coach; what is noted already stays as it is.

    Raises NotFound and Gone as `opened_link` does, and InvalidInput for a coach whom the link does not show.
    """
    with database.sessions(engine).begin() as session:
        link = _open(session, token, now)
        if coach_id not in link.coach_ids:
            raise InvalidInput([Problem("/coach", "must be one of those on the page")])
        theirs = [one for one in outcomes.of_shortlist(session, link.shortlist_id) if one.coach_id == coach_id]
        # A talk that has been held was asked for by then.
        days = [now.astimezone(UTC).date(), *(one.on for one in theirs if one.event == "talk_held")]
        outcome = Outcome(coach_id=coach_id, event="first_talk", on=min(days))
        if not outcomes.record_from_link(session, link, outcome, now):
            return
        if owner := shortlists.requester_of(session, link.shortlist_id):
            note_outcome(session, link.shortlist_id, outcome, owner, now)
        told = outcome.model_dump(mode="json", exclude_none=True)
        audit.append(session, _manager(link), "outcome.recorded", now, link.shortlist_id, outcome=told)


def take_back_talk(engine: Engine, token: str, coach_id: str, now: datetime) -> None:
    """Takes back what was asked for through this link, and nothing else. Raises NotFound and Gone likewise."""
    with database.sessions(engine).begin() as session:
        link = _open(session, token, now)
        if outcomes.withdraw_from_link(session, link, coach_id, "first_talk"):
            told = {"coach_id": coach_id, "event": "first_talk"}
            audit.append(session, _manager(link), "outcome.taken_back", now, link.shortlist_id, outcome=told)


def _manager(link: SharedLink) -> Actor:
    """Whoever has the address of the link; nobody knows more of them."""
    return Actor("link", link.id)


def _tell_audit(
    session: Session,
    by: Actor,
    action: Action,
    link: SharedLink,
    sealed: SealedShortlist,
    *,
    now: datetime,
    **told: object,
) -> None:
    audit.append(session, by, action, now, sealed.id, link=link.id, need=need_hash(sealed.answer), **told)


def _open(session: Session, token: str, now: datetime) -> SharedLink:
    link = links.with_token(session, token)
    if link is None:
        raise NotFound("No link has this address. Check that it was copied whole, or ask for it once more.")
    if link.state(now) != "open":
        raise Gone("Nothing is wrong with what you did. Ask the person who sent you the link for a new one.")
    return link
