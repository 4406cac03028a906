"""How many coaches can do what the form asks for so far, and what that costs in all, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from matcher.domain import ExclusionReason, Need
from matcher.errors import InvalidInput
from matcher.service import Service, WhoCan, who_can
from matcher.web import need_form, week_grid, wording
from matcher.web.need_form import Sent

_WITHOUT: Mapping[ExclusionReason, str] = {
    "language": "Without the languages asked for",
    "modality": "If any way to meet would do",
    "budget": "Without the limit of the budget",
    "start": "If the start could wait",
    "credential": "Without the credential asked for",
    "references": "Without the verified references",
    "excluded": "If nobody were left out by name",
    "contract": "Without the framework contract",
}


@dataclass(frozen=True)
class LiveLine:
    """What is said of the form so far; `problem` in place of a count when the form cannot be counted by."""

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
        return LiveLine(problem=f"Not counted yet. {wrong[0]}")
    found = who_can(service.desk, need, now)
    return LiveLine(
        count=_count(found),
        costliest=_costliest(found, need),
        smallest=_smallest(found),
        total=_total(need),
    )


def _count(found: WhoCan) -> str:
    if not found.coaches:
        return "There are no coaches in the directory yet."
    if found.eligible == 0:
        return f"None of the {found.coaches} coaches can do this."
    if found.eligible == found.coaches:
        return "The only coach can do this." if found.coaches == 1 else f"All {found.coaches} coaches can do this."
    return f"{found.eligible} of {wording.counted(found.coaches, 'coach', 'coaches')} can do this."


def _costliest(found: WhoCan, need: Need) -> str:
    if found.costliest is None:
        return ""
    reason, could = found.costliest.reason, found.eligible + found.costliest.frees
    if reason == "availability":
        return f"Without “{week_grid.in_short(need.availability.weekly)}” {could} could."
    if reason == "start" and need.start_by is None:
        return f"The start is open, so it is today; if it could wait, {could} could."
    return f"{_WITHOUT[reason]}, {could} could."


def _smallest(found: WhoCan) -> str:
    smallest = found.costliest.smallest if found.costliest else None
    if smallest is None or found.costliest is None or smallest.frees == found.costliest.frees:
        return ""
    return f"A small step: {smallest.change}."


def _total(need: Need) -> str:
    if need.budget is None:
        return ""
    currency = need.budget.currency
    if need.sessions.count is None:
        return "Say how many sessions, and the total stands here."
    whole = wording.money(need.budget.per_session * need.sessions.count, currency)
    each = wording.money(need.budget.per_session, currency)
    return (
        f"{wording.counted(need.sessions.count, 'session', 'sessions')} at {each}: at most {whole} in all, without VAT."
    )
