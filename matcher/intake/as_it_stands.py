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
    """Makes the objects of a document, without what is empty; but a list without entries stays where an object has
    other members, since a model takes it for none, and most documents need not be written anew for it."""

    left_out: bool = False

    def __call__(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) < len(pairs):
            raise _NotPlain
        empty, lists = list[str](), 0
        for name, value in pairs:
            # Called for every member of a file: asked in one go, and text first, takes half the time.
            if isinstance(value, str):
                if not value or value.isspace():
                    empty.append(name)
            elif isinstance(value, list):
                lists += not value
                _refuse_empty(value)
            elif value is None or value == {}:
                empty.append(name)
        if len(empty) + lists == len(pairs):
            self.left_out = True
            return {}
        for name in empty:
            self.left_out = True
            del members[name]
        return members


def _refuse_empty(entries: list[Any]) -> None:
    for entry in entries:
        if isinstance(entry, str):
            if not entry or entry.isspace():
                raise _NotPlain
        elif entry is None or entry in ([], {}):
            raise _NotPlain
        elif isinstance(entry, list):
            _refuse_empty(entry)


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
