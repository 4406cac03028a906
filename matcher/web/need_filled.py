"""The form of a need, filled with one that was asked for before."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from matcher.domain import Need, Window, vocabulary
from matcher.intake import DROPPED
from matcher.web import week_grid
from matcher.web.need_form import SPANS, NeedForm


def filled_with(need: Need, dropped: Collection[str] = ()) -> NeedForm:
    """The form from which `read_need` reads that need again; `dropped` are areas and styles that were passed over."""
    document = need.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"availability"})
    goals = {f"importance.{goal['area']}": [str(goal["importance"])] for goal in document.pop("focus_areas")}
    styles = {f"style.{code}": [wish] for wish, codes in document.pop("styles").items() for code in codes}
    hours, others = week_grid.split(need.availability.weekly)
    return NeedForm(
        {
            **dict(flat(document)),
            **{f"importance.{code}": [DROPPED] for code in vocabulary.FOCUS_AREAS if code in dropped},
            **{f"style.{code}": [DROPPED] for code in vocabulary.STYLES if code in dropped},
            **goals,
            **styles,
            week_grid.FIELD: hours,
            **dict(_spans(others)),
        }
    )


def flat(document: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, list[str]]]:
    """The fields of a form for a part of a need, each name after the prefix."""
    for name, value in document.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{name}.")
        else:
            yield (
                prefix + name,
                ["true" if item is True else str(item) for item in (value if isinstance(value, list) else [value])],
            )


def _spans(windows: Sequence[Window]) -> Iterator[tuple[str, list[str]]]:
    for day in vocabulary.DAYS:
        for span, window in zip(SPANS, [window for window in windows if window.day == day], strict=False):
            yield f"times.{day}.{span}.from", [window.start]
            yield f"times.{day}.{span}.to", ["00:00" if window.end == "24:00" else window.end]
