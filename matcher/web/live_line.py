"""How many coaches can do what the form asks for so far, and what that costs in all, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from matcher.domain import ExclusionReason, Need
from matcher.errors import InvalidInput
from matcher.service import Service, WhoCan, who_can
from matcher.texts import Phrase
from matcher.web import need_form, week_grid, wording
from matcher.web.language import gettext, language, ngettext, said
from matcher.web.need_form import Sent

_WITHOUT: Mapping[ExclusionReason, str] = {
    "language": Phrase("Without the languages asked for"),
    "modality": Phrase("If any way to meet would do"),
    "budget": Phrase("Without the limit of the budget"),
    "start": Phrase("If the start could wait"),
    "credential": Phrase("Without the credential asked for"),
    "references": Phrase("Without the verified references"),
    "excluded": Phrase("If nobody were left out by name"),
    "contract": Phrase("Without the framework contract"),
}


@dataclass(frozen=True)
class LiveLine:
    """What is said of the form so far; `problem` in place of a count when the form cannot be counted by.

    `smallest` is the smallest change of the costliest wish that lets somebody in.
    """

    count: str = ""
    costliest: str = ""
    smallest: str = ""
    total: str = ""
    problem: str = ""


def live_line(service: Service, sent: Sent, now: datetime) -> LiveLine:
    """What can be said of what was typed, without its texts."""
    try:
        need = need_form.read_terms(sent)
    except InvalidInput as error:
        form = need_form.with_problems(sent, error.problems)
        wrong = [message.full for message in form.messages.values()] or list(form.general)
        return not_counted(wrong[0])
    return line_of(service, need, now)


def not_counted(why: str) -> LiveLine:
    """What is said of a form with something wrong in it."""
    return LiveLine(problem=gettext("Not counted yet. %(why)s", why=why))


def line_of(service: Service, need: Need, now: datetime) -> LiveLine:
    """What can be said of a need."""
    found = who_can(service.desk, need, now, language())
    return LiveLine(
        count=_count(found),
        costliest=_costliest(found, need),
        smallest=_smallest(found),
        total=_total(need),
    )


def can_do(count: int) -> str:
    """How many coaches can do what is asked for, of a list that was drawn up."""
    can = ngettext("%(number)s coach", "%(number)s coaches", count, number=wording.decimal(count))
    return gettext("%(coaches)s can do this.", coaches=can)


def _count(found: WhoCan) -> str:
    if not found.coaches:
        return gettext("There are no coaches in the directory yet.")
    if found.eligible == 0:
        return ngettext(
            "The only coach cannot do this.",
            "None of the %(number)s coaches can do this.",
            found.coaches,
            number=wording.decimal(found.coaches),
        )
    if found.eligible == found.coaches:
        number = wording.decimal(found.coaches)
        return ngettext(
            "The only coach can do this.", "All %(number)s coaches can do this.", found.coaches, number=number
        )
    return ngettext(
        "%(number)s of %(coaches)s coaches can do this.",
        "%(number)s of %(coaches)s coaches can do this.",
        found.eligible,
        number=wording.decimal(found.eligible),
        coaches=wording.decimal(found.coaches),
    )


def _costliest(found: WhoCan, need: Need) -> str:
    if found.costliest is None:
        return ""
    reason, could = found.costliest.reason, found.eligible + found.costliest.frees
    number = wording.decimal(could)
    if reason == "availability":
        times = week_grid.in_short(need.availability.weekly)
        return ngettext(
            "Without “%(times)s” %(number)s could.",
            "Without “%(times)s” %(number)s could.",
            could,
            times=times,
            number=number,
        )
    if reason == "start" and need.start_by is None:
        return ngettext(
            "The start is open, so it is today; if it could wait, %(number)s could.",
            "The start is open, so it is today; if it could wait, %(number)s could.",
            could,
            number=number,
        )
    without = said(_WITHOUT[reason])
    return ngettext(
        "%(without)s, %(number)s could.", "%(without)s, %(number)s could.", could, without=without, number=number
    )


def _smallest(found: WhoCan) -> str:
    smallest = found.costliest.smallest if found.costliest else None
    return f"{smallest.change[:1].upper()}{smallest.change[1:]}" if smallest else ""


def _total(need: Need) -> str:
    if need.budget is None:
        return ""
    currency = need.budget.currency
    if need.sessions.count is None:
        return gettext("Say how many sessions, and the total stands here.")
    whole = wording.money(need.budget.per_session * need.sessions.count, currency)
    each = wording.money(need.budget.per_session, currency)
    return ngettext(
        "%(number)s session at %(each)s: at most %(whole)s in all, without VAT.",
        "%(number)s sessions at %(each)s: at most %(whole)s in all, without VAT.",
        need.sessions.count,
        each=each,
        whole=whole,
    )
