"""The page that lists the searches of the own organisation, so that each can be gone on with."""

from dataclasses import dataclass
from itertools import islice

from flask import render_template, request
from sqlalchemy.orm import Session

from matcher.domain import Shortlist
from matcher.store import database, outcomes, searches
from matcher.store.searches import Search
from matcher.web import outcome_history, presentation, wording
from matcher.web.access import MATCHING, open_to
from matcher.web.blueprint import service, web
from matcher.web.choices import title
from matcher.web.language import gettext, ngettext
from matcher.web.signed_in import account

PAGE = 25
"""Searches on a page."""

_GOALS_NAMED = 3


@dataclass(frozen=True)
class SearchShown:
    """One search as it is listed; `state` is empty while nothing is recorded."""

    shortlist_id: str
    title: str
    goals: str
    begun: str
    who: str
    coaches: str
    lists: int
    state: str


@dataclass(frozen=True)
class Listed:
    """One page of searches, how many there are, and whether they are the reader's own alone."""

    entries: tuple[SearchShown, ...]
    found: int
    number: int
    own: bool

    @property
    def pages(self) -> int:
        """How many pages there are; 1 for no search."""
        return max(1, -(-self.found // PAGE))


@web.get("/shortlists")
@open_to(MATCHING)
def list_searches() -> str:
    """The searches of the organisation, a page of them; with `whose=mine` those that the reader began."""
    own = request.args.get("whose") == "mine"
    with database.snapshots(service().engine).begin() as session:
        return render_template("searches.html", listed=_listed(session, own), asked={"whose": "mine"} if own else {})


def _listed(session: Session, own: bool) -> Listed:
    mine = account().id if own else None
    found = searches.count(session, account().organisation, mine)
    wanted, last = request.args.get("page", ""), max(1, -(-found // PAGE))
    number = min(max(1, int(wanted)), last) if wanted.isascii() and wanted.isdigit() and len(wanted) < 9 else 1
    page = searches.page(session, account().organisation, (number - 1) * PAGE, PAGE, mine)
    return Listed(tuple(_shown(session, search) for search in page), found, number, own)


def _shown(session: Session, search: Search) -> SearchShown:
    answer = Shortlist.model_validate_json(search.answer)
    goals = [title(goal.area) for goal in islice(answer.grid, _GOALS_NAMED)]
    more = len(answer.grid) - len(goals)
    return SearchShown(
        shortlist_id=search.shortlist_id,
        title=presentation.title(answer.need),
        goals=_with_more(", ".join(goals), more),
        begun=wording.moment(search.begun_at),
        who=search.account or (gettext("%(name)s, a program", name=search.caller) if search.caller else ""),
        coaches=", ".join(coach.name for coach in answer.coaches[:_GOALS_NAMED]),
        lists=search.lists,
        state=outcome_history.state(answer, outcomes.history(session, search.shortlist_id)),
    )


def _with_more(goals: str, more: int) -> str:
    if not more:
        return goals
    return ngettext("%(goals)s and %(number)s more", "%(goals)s and %(number)s more", more, goals=goals)
