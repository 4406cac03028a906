"""Reads a CSV file whose columns are the fields of a record, by dotted names such as `fees.amount`."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from matcher.domain import Coach, Need
from matcher.errors import MalformedDocument, Problem
from matcher.intake.json_text import parse_json, utf8_text
from matcher.intake.lines import Chunk, chunks
from matcher.intake.records import WHOLE
from matcher.intake.shape import Shape, nested, shape_of
from matcher.intake.wording import pointer_to, shown_name, unknown_field


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


def _cells(chunk: Chunk) -> list[str]:
    if chunk.problem:
        raise MalformedDocument(chunk.problem + chunk.extent)
    try:
        rows = list(csv.reader(io.StringIO(utf8_text(chunk.content), newline=""), strict=True))
    except csv.Error as error:
        raise MalformedDocument(f"is not CSV: {error}{chunk.extent}") from None
    if len(rows) != 1:
        raise MalformedDocument(f"is not CSV: a quotation mark in a cell is not doubled{chunk.extent}")
    return rows[0]


def _header(chunk: Chunk | None, known: Mapping[str, Shape], whole: str) -> list[str]:
    if chunk is None:
        raise MalformedDocument("The file is empty: its first line must name the columns.")
    try:
        names = [cell.strip() for cell in _cells(chunk)]
    except MalformedDocument as error:
        raise MalformedDocument(f"The header {error}.") from None
    if not known.keys() & set(names):
        raise MalformedDocument(
            f"The header names no field of {whole}; columns have names such as {next(iter(known))} and "
            f"{next(name for name in known if '.' in name)}, and commas between them."
        )
    twice = [shown_name(name) for name, count in Counter(filter(None, names)).items() if count > 1]
    if twice:
        raise MalformedDocument(f"The header has a column twice: {', '.join(twice)}.")
    return names


def _value(cell: str, shape: Shape) -> object:
    if shape.many and shape.fields:
        return parse_json(cell)
    if shape.many:
        return [part.strip() for part in cell.split(";") if part.strip()]
    return cell.strip()


def _record(chunk: Chunk, names: list[str], known: Mapping[str, Shape]) -> Record | None:
    try:
        cells = _cells(chunk)
    except MalformedDocument as error:
        return Record(chunk.line, None, (Problem("", str(error)),))
    if not any(map(str.strip, cells)):
        return None
    if len(cells) != len(names):
        detail = f"has {len(cells)} cells where the header has {len(names)}{chunk.extent}"
        return Record(chunk.line, None, (Problem("", detail),))
    values: dict[str, object] = {}
    problems = []
    for name, cell in zip(names, cells, strict=True):
        if name in known and cell.strip():
            try:
                values[name] = _value(cell, known[name])
            except MalformedDocument as error:
                values[name] = cell  # Kept, so that the field does not also count as missing.
                problems.append(Problem(pointer_to(*name.split(".")), str(error)))
    return Record(chunk.line, nested(values), tuple(problems))


def read_table(file: BinaryIO, model: type[Coach | Need]) -> Table:
    """The table in a CSV file (RFC 4180, commas, UTF-8); blank rows are left out.

    A cell holds plain text, a list with `;` between its entries, or a list of objects as JSON; an empty one is
    absent, and none has more than 131,072 characters (`csv.field_size_limit`). A row that is no CSV, no UTF-8 or has
    another number of cells than the header is a record without a document.
    Raises MalformedDocument for a header that is missing, not CSV, has a column twice or no known one.
    """
    known = dict(shape_of(model).columns())
    rows = chunks(file, quoting=True)
    names = _header(next(rows, None), known, WHOLE[model])
    warnings = tuple(
        Problem(pointer_to(shown_name(name)), unknown_field(name, known, WHOLE[model]))
        for name in dict.fromkeys(names)
        if name not in known
    )
    records = (record for row in rows if (record := _record(row, names, known)))
    return Table(warnings, records)
