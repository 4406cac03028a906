"""Rows of cells, whatever file they stand in, whose columns are the fields of a record by dotted names."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matcher.domain import Coach, Need
from matcher.errors import MalformedDocument, Problem
from matcher.intake.json_text import parse_json
from matcher.intake.quoting import list_entries, unquoted
from matcher.intake.records import WHOLE
from matcher.intake.shape import Shape, nested, shape_of
from matcher.intake.wording import pointer_to, shown_name, unknown_field
from matcher.texts import Phrase


@dataclass(frozen=True)
class Record:
    """A row as a document whose values are text, or lists; None when it cannot be told which cell is which."""

    line: int
    document: Mapping[str, Any] | None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Table:
    """The rows below the header, read as they are asked for, and a warning for each column that is left out."""

    warnings: tuple[Problem, ...]
    records: Iterator[Record]


@dataclass(frozen=True)
class Header:
    """The names of the columns, and the fields that a record has."""

    names: Sequence[str]
    known: Mapping[str, Shape]
    whole: str

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """One for each column that is no field."""
        return tuple(
            Problem(pointer_to(shown_name(name)), unknown_field(name, self.known, self.whole))
            for name in dict.fromkeys(self.names)
            if name not in self.known
        )

    def record(self, line: int, cells: Sequence[str], extent: str = "") -> Record | None:
        """The record in a row; None for a blank one. `extent` says which lines it takes, when they are several."""
        if not any(map(str.strip, cells)):
            return None
        if len(cells) != len(self.names):
            detail = Phrase(
                "has %(cells)s cells where the header has %(columns)s%(extent)s",
                cells=len(cells),
                columns=len(self.names),
                extent=extent,
            )
            return Record(line, None, (Problem("", detail),))
        values: dict[str, object] = {}
        problems = []
        for name, cell in zip(self.names, cells, strict=True):
            if name in self.known and cell.strip():
                try:
                    values[name] = _value(cell.strip(), self.known[name])
                except MalformedDocument as error:
                    values[name] = cell  # Kept, so that the field does not also count as missing.
                    problems.append(Problem(pointer_to(*name.split(".")), error.words))
        return Record(line, nested(values), tuple(problems))


def header_of(cells: Sequence[str], model: type[Coach | Need]) -> Header:
    """The header in a row. Raises MalformedDocument when it has a column twice, or no field of the record."""
    known, whole = dict(shape_of(model).columns()), WHOLE[model]
    names = [cell.strip() for cell in cells]
    if not known.keys() & set(names):
        raise MalformedDocument(
            Phrase(
                "The header names no field of %(whole)s; columns have names such as %(one)s and %(other)s, and commas "
                "between them.",
                whole=whole,
                one=next(iter(known)),
                other=next(name for name in known if "." in name),
            )
        )
    twice = [shown_name(name) for name, count in Counter(filter(None, names)).items() if count > 1]
    if twice:
        raise MalformedDocument(Phrase("The header has a column twice: %(columns)s.", columns=", ".join(twice)))
    return Header(names, known, whole)


def _value(cell: str, shape: Shape) -> object:
    if shape.many and shape.fields:
        return parse_json(cell)
    return list_entries(cell) if shape.many else unquoted(cell)
