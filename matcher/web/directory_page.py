"""The directory of coaches: looked through by words and facts, a page at a time, and taken along as a file."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import islice

from flask import Response, render_template, request
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from matcher.domain import vocabulary
from matcher.errors import NotFound
from matcher.intake import written_csv
from matcher.service import record_export
from matcher.store import coaches, database, directory
from matcher.store.directory import ORDERS, Entry, Order, Selection
from matcher.store.documents import read_coach
from matcher.texts import Phrase
from matcher.web import choices
from matcher.web.access import KEEPING_PROFILES, READING_PROFILES, open_to
from matcher.web.blueprint import service, web
from matcher.web.choices import Choice
from matcher.web.forms import FilledForm
from matcher.web.signed_in import account

PAGE = 50
"""Coaches on a page."""

LABELS = {
    "words": Phrase("Search"),
    "language": Phrase("Language"),
    "focus_area": Phrase("Focus area"),
    "industry": Phrase("Industry"),
    "level": Phrase("Level"),
    "style": Phrase("Style"),
    "credential": Phrase("Credential"),
    "accepting": Phrase("Can take somebody on now"),
    "order": Phrase("Order"),
}

ORDER_CHOICES = (
    Choice("name", Phrase("By name")),
    Choice("hours", Phrase("Most coaching hours first")),
    Choice("oldest", Phrase("Longest unchanged first")),
)

_LONGEST = 200
_AT_ONCE = 200
_KNOWN = {
    "language": frozenset(vocabulary.LANGUAGES),
    "focus_area": frozenset(vocabulary.FOCUS_AREAS),
    "industry": frozenset(vocabulary.INDUSTRIES),
    "level": frozenset(vocabulary.LEVELS),
    "style": frozenset(vocabulary.STYLES),
    "credential": frozenset(f"{body} {level}" for body, levels in vocabulary.CREDENTIALS.items() for level in levels),
}


@dataclass(frozen=True)
class Listed:
    """One page of a selection: its entries, each with the languages of the coach, and how many there are in all."""

    entries: tuple[tuple[Entry, str], ...]
    found: int
    all: int
    number: int

    @property
    def pages(self) -> int:
        """How many pages the selection has; 1 for none."""
        return max(1, -(-self.found // PAGE))

    @property
    def first(self) -> int:
        """The place of the first entry in the selection, from 1."""
        return (self.number - 1) * PAGE + 1


@web.get("/coaches")
@open_to(READING_PROFILES)
def list_coaches() -> str:
    """The coaches that fit what is asked for, a page of them."""
    selection = _selection(_today())
    with database.snapshots(service().engine).begin() as session:
        listed = _listed(session, selection)
        spoken = directory.codes_in_use(session, "language")
    return render_template(
        "directory.html",
        form=FilledForm(LABELS, {name: _shown(selection, name) for name in LABELS}),
        listed=listed,
        narrowed=replace(selection, order="name") != Selection(selection.today),
        narrowed_by_facts=replace(selection, words="") != Selection(selection.today),
        today=selection.today,
        languages=[Choice(code, choices.language_name(code)) for code in spoken],
        choices=choices,
        orders=ORDER_CHOICES,
        asked=_asked(selection),
    )


def _today() -> date:
    return datetime.now(UTC).date()


def _selection(today: date) -> Selection:
    """What the address asks for; a code that does not exist asks for nothing."""
    asked = {name: request.args.get(name, "")[:_LONGEST] for name in LABELS}
    codes = {kind: asked[kind] for kind, known in _KNOWN.items() if asked[kind] in known}
    by_name: Order = "name"
    order = next((known for known in ORDERS if known == asked["order"]), by_name)
    words = " ".join(asked["words"].replace("\x00", " ").split())
    return Selection(today, words, **codes, accepting=bool(asked["accepting"]), order=order)


def _shown(selection: Selection, name: str) -> str:
    value = getattr(selection, name)
    return value if isinstance(value, str) else "yes" if value else ""


def _asked(selection: Selection) -> dict[str, str]:
    """The selection as parameters of an address."""
    asked = {name: _shown(selection, name) for name in LABELS}
    return {name: value for name, value in asked.items() if value and (name, value) != ("order", "name")}


def _listed(session: Session, selection: Selection) -> Listed:
    found = directory.count(session, selection)
    wanted = request.args.get("page", "")
    last = max(1, -(-found // PAGE))
    number = min(max(1, int(wanted)), last) if wanted.isascii() and wanted.isdigit() and len(wanted) < 9 else 1
    entries = directory.entries(session, selection, (number - 1) * PAGE, PAGE)
    spoken = directory.codes_of(session, [entry.coach_id for entry in entries], "language")
    named = ((entry, ", ".join(map(choices.language_name, spoken[entry.coach_id]))) for entry in entries)
    return Listed(tuple(named), found, coaches.count(session), number)


@web.get("/coach-export/<kind>")
@open_to(KEEPING_PROFILES)
def export_coaches(kind: str) -> Response:
    """All coaches that fit what is asked for, as a file that the import reads back."""
    if kind not in ("csv", "jsonl"):
        raise NotFound("Profiles are exported as csv or jsonl.")
    engine, selection = service().engine, _selection(_today())
    with database.snapshots(engine).begin() as session:
        ids = directory.ids(session, selection)
    by = account().requester.actor
    record_export(engine, by, "directory.exported", datetime.now(UTC), format=kind, profiles=len(ids))
    documents = _documents(engine, ids)
    if kind == "csv":
        # Without the mark spreadsheets take the letters of a UTF-8 file for others.
        lines = written_csv(read_coach(coach_id, document) for coach_id, document in documents)
        text = (mark + line for mark, line in zip(_first("\ufeff"), lines, strict=False))
    else:
        text = (document + "\n" for _, document in documents)
    response = Response(text, mimetype="text/csv" if kind == "csv" else "application/jsonl")
    response.headers["Content-Disposition"] = f'attachment; filename="coaches-{selection.today}.{kind}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _first(mark: str) -> Iterator[str]:
    yield mark
    while True:
        yield ""


def _documents(engine: Engine, ids: list[str]) -> Iterator[tuple[str, str]]:
    # Read while the answer is sent, a few hundred at a time, when the request is over for Flask.
    remaining = iter(ids)
    while chunk := list(islice(remaining, _AT_ONCE)):
        with database.snapshots(engine).begin() as session:
            found = coaches.documents(session, chunk)
        yield from ((coach_id, found[coach_id]) for coach_id in chunk if coach_id in found)
