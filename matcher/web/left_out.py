"""Coaches whom a need leaves out by name, as they are shown: each with its name, and why it was dropped, if it was."""

from collections.abc import Collection, Mapping

from matcher.domain import DROPPED_FOR, DroppedCoach, Shortlist
from matcher.errors import NotFound
from matcher.store import coaches, database
from matcher.web.blueprint import service
from matcher.web.choices import Choice
from matcher.web.language import gettext, said
from matcher.web.need_form import Sent, first
from matcher.web.signed_in import account

EARLIER = "earlier"
"""The field of a need's form that names the shortlist which it was filled in from."""

FIELD = "requirements.exclude_coaches"
"""The field of those who are left out."""


def earlier_list(sent: Sent) -> Shortlist | None:
    """The shortlist that a form was filled in from; None when it was from none, or that one is not there any more."""
    try:
        sealed = service().desk.find(first(sent, EARLIER), account().requester)
    except NotFound:
        return None
    return Shortlist.model_validate_json(sealed.answer)


def dropped_again(sent: Sent, excluded: Collection[str]) -> tuple[DroppedCoach, ...]:
    """Those of the coaches left out who were dropped from the list before, with the reason given there."""
    earlier = earlier_list(sent)
    return tuple(one for one in earlier.dropped if one.coach_id in excluded) if earlier else ()


def choices(sent: Sent) -> tuple[Choice, ...]:
    """All who are left out, and those of the list before who were and are not any more, to be left out again."""
    earlier = earlier_list(sent)
    before = earlier.need.requirements.exclude_coaches if earlier else ()
    why = {one.coach_id: why_dropped(one) for one in earlier.dropped} if earlier else {}
    ids = list(dict.fromkeys((*before, *filter(None, sent.get(FIELD, ())))))
    names = names_of(ids)
    return tuple(Choice(one, names.get(one, one), why.get(one, "")) for one in ids)


def why_dropped(one: DroppedCoach) -> str:
    """Why a coach was dropped, in the words that follow the name."""
    why = said(DROPPED_FOR[one.reason])
    return gettext("%(reason)s (“%(words)s”)", reason=why, words=one.words) if one.words else why


def names_of(coach_ids: Collection[str]) -> Mapping[str, str]:
    """The names of coaches of the directory by id; those who are gone have none."""
    with database.snapshots(service().engine).begin() as session:
        return coaches.names(session, coach_ids)
