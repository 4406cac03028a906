"""Reads a document that says a record plainly in one go, as nearly all rows of a file do.

What `matcher.intake.records` does for all others, step by step, takes most of the time of reading: it collects all that
is wrong.
"""

import json
from dataclasses import dataclass
from typing import Any, TypeVar

from matcher.domain import Coach, Need

R = TypeVar("R", Coach, Need)


class _NotPlain(ValueError):
    """A name stands twice, or an entry of a list is empty."""


@dataclass
class _Members:
    """Makes the objects of a document, without what is empty."""

    left_out: bool = False

    def __call__(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) < len(pairs):
            raise _NotPlain
        empty = [name for name, value in members.items() if _is_empty(value)]
        for name in empty:
            del members[name]
        self.left_out = self.left_out or bool(empty)
        return members


def _is_empty(value: object) -> bool:
    if isinstance(value, str):
        return not value or value.isspace()
    if isinstance(value, list) and any(map(_is_empty, value)):
        raise _NotPlain
    return value is None or value in ([], {})


def read_as_it_stands(model: type[R], text: str) -> R | None:
    """The record that a JSON text says; None where it must be read step by step, to say it or what is wrong with it.

    It is the one that `parse` finds, which would find neither a problem nor a warning.
    """
    members = _Members()
    try:
        # Pydantic takes the last of two members with one name, and blank text for a text.
        document = json.loads(text, object_pairs_hook=members)
        stated = json.dumps(document) if members.left_out else text
        return model.model_validate_json(stated, strict=True, by_alias=True, by_name=False)
    except (ValueError, RecursionError):
        return None
