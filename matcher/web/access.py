"""Who may open a page, as its view says it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from flask import current_app, request
from werkzeug.wrappers import Response

from matcher.domain import Task

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Access:
    """Who may open a page, and what it answers to a form that is out of date.

    `before_change`: also those who must replace a one-time password first. `again` shows the form again with what was
    typed; without one the form is refused. `upload`: its form carries a file, which may be larger than other bodies;
    `too_large` answers to one that is larger still.
    """

    task: Task | None = None
    signed_out: bool = False
    before_change: bool = False
    upload: bool = False
    again: Callable[[], Response] | None = None
    too_large: Callable[[], Response] | None = None


EVERYBODY = Access(signed_out=True)
SIGNED_IN = Access()
OWN_ACCOUNT = Access("own_account", before_change=True)
ASKING = Access("ask")
SEEING_LISTS = Access("see_lists")
ORDERING = Access("order")
MATCHING = Access("match")
READING_PROFILES = Access("read_profiles")
KEEPING_PROFILES = Access("keep_profiles")
UPLOADING = Access("keep_profiles", upload=True)
ADMINISTRATION = Access("administer")

_MARK = "open_to"
ASSETS = "web.static"


def open_to(
    access: Access, again: Callable[[], Response] | None = None, too_large: Callable[[], Response] | None = None
) -> Callable[[View], View]:
    """Says who may open the page of a view, and how its form is shown again when it is out of date or too large."""

    def mark(view: View) -> View:
        setattr(view, _MARK, replace(access, again=again, too_large=too_large))
        return view

    return mark


def access_asked_for() -> Access | None:
    """Who may open what is asked for; None for a view that does not say so, which nobody may."""
    if request.endpoint == ASSETS:
        return EVERYBODY
    return getattr(current_app.view_functions[str(request.endpoint)], _MARK, None)
