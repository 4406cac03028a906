"""The small form that refines a shortlist: its goals and limits, filled in as they are, and what was changed there."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from matcher.domain import LIMITS, LimitName, Need, Shortlist, vocabulary
from matcher.intake import DROPPED
from matcher.service import Service
from matcher.store.shortlists import SealedShortlist
from matcher.texts import Phrase
from matcher.web import choices, need_form, week_grid, wording
from matcher.web.choices import Choice, Group, title
from matcher.web.language import gettext
from matcher.web.live_line import LiveLine, can_do
from matcher.web.need_filled import filled_with
from matcher.web.need_form import NeedForm, Sent, first

EXACT = "times.dropped"
"""The field that says that times which the grid of hours cannot show are dropped."""

ADDED, ADDED_IMPORTANCE = "add", "add.importance"

_FIELDS = (
    "budget.per_session",
    "budget.currency",
    "start_by",
    "languages",
    "modalities",
    "location",
    "timezone",
    week_grid.FIELD,
    "requirements.min_credential_rank",
    "requirements.min_verified_references",
)
"""The fields of the limits, named as in the form of a need."""

_IMPORTANCES = choices.IMPORTANCES[1:]
_STATED = (Choice(DROPPED, Phrase("No goal")), *_IMPORTANCES)
_USUAL_IMPORTANCE = "2"


@dataclass(frozen=True)
class GoalField:
    """One goal of the form; `note` says how much one that was read counts."""

    field: str
    label: str
    note: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class RefineForm:
    """The form as it is shown, with all that can be chosen in it; `exact_times` are those that the grid cannot show.

    `drop` is the form that drops a coach, as it was sent; `live` says how many can do it with these limits.
    """

    form: NeedForm
    goals: tuple[GoalField, ...]
    more_goals: tuple[Group, ...]
    languages: tuple[Choice, ...]
    currencies: tuple[Choice, ...]
    exact_times: str
    drop: NeedForm
    is_open: bool
    live: LiveLine


def refine_form(
    service: Service,
    answer: Shortlist,
    sealed: SealedShortlist,
    form: NeedForm | None,
    live: LiveLine | None = None,
) -> RefineForm:
    """The form that refines a shortlist: as it stands, or as it was sent."""
    with service.desk.catalogue.opened() as (_, edition):
        index = edition.index
    changed = form is not None and first(form.sent, "do") in ("", "change", "count")
    shown = form if form and changed else filled_with(answer.need)
    goals = tuple(_goals(answer.need, sealed))
    areas = {goal.field for goal in goals}
    days = week_grid.day_names()
    _, others = week_grid.split(answer.need.availability.weekly)
    return RefineForm(
        form=shown,
        goals=goals,
        more_goals=tuple(
            Group(group.words, tuple(area for area in group.choices if f"importance.{area.value}" not in areas))
            for group in choices.FOCUS_AREAS
        ),
        languages=choices.languages(index, shown.sent.get("languages", ())),
        currencies=choices.currencies(service.desk.rates.on(datetime.now(UTC).date())),
        exact_times=", ".join(f"{days[one.day]} {one.start}–{one.end}" for one in others),
        drop=form if form and not changed else NeedForm(),
        is_open=changed,
        live=live or LiveLine(count=can_do(answer.eligible_count)),
    )


def _goals(need: Need, sealed: SealedShortlist) -> Iterator[GoalField]:
    counted = {goal["area"]: goal["weight"] for goal in json.loads(sealed.facts).get("goals", ())}
    for area, weight in counted.items():
        read = (
            Choice("", Phrase("As read, %(share)s", share=wording.percent(weight))),
            *_IMPORTANCES,
            Choice(DROPPED, Phrase("No goal")),
        )
        note = "" if need.focus_areas else gettext("read from the text")
        yield GoalField(f"importance.{area}", title(area), note, _STATED if need.focus_areas else read)


def changes(sent: Sent, need: Need) -> dict[str, Any]:
    """The refinement that the form asks for, as a document. Raises InvalidInput for limits that cannot be read."""
    limits = {name: sent.get(name, ()) for name in _FIELDS}
    filled = filled_with(need).sent
    if first(sent, EXACT):
        filled = {name: values for name, values in filled.items() if not name.startswith("times.")}
    changed = need_form.read_need({**filled, **limits})
    return {"goals": list(_changed_goals(sent, need))} | _changed_limits(need, changed)


def _changed_goals(sent: Sent, need: Need) -> Iterator[dict[str, Any]]:
    stated = {goal.area: str(goal.importance) for goal in need.focus_areas}
    for area in vocabulary.FOCUS_AREAS:
        typed = first(sent, f"importance.{area}")
        if typed not in ("", stated.get(area)):
            yield {"area": area, "importance": _number("0" if typed == DROPPED else typed)}
    if added := first(sent, ADDED):
        yield {"area": added, "importance": _number(first(sent, ADDED_IMPORTANCE) or _USUAL_IMPORTANCE)}


def _number(typed: str) -> int | str:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 3 else typed


def _changed_limits(old: Need, new: Need) -> dict[str, Any]:
    before, after = _limits(old), _limits(new)
    lift = [name for name in LIMITS if name in before and name not in after]
    document: dict[str, Any] = {name: value for name, value in after.items() if before.get(name) != value}
    proof = {name: document.pop(name) for name in list(document) if name.startswith("min_")}
    if new.timezone and (new.timezone != old.timezone or "availability" in document):
        document["timezone"] = new.timezone
    return {"limits": document | ({"requirements": proof} if proof else {}), "lift": lift}


def _limits(need: Need) -> Mapping[LimitName, Any]:
    """The limits that a need states, by name."""
    document = need.model_dump(mode="json", by_alias=True, exclude_none=True)
    found = {name: document.get(name, document["requirements"].get(name)) for name in LIMITS}
    if not need.availability.weekly:
        found["availability"] = None
    return {name: value for name, value in found.items() if value not in (None, "", [])}
