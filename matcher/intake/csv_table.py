"""Reads a CSV file as a table, and writes profiles as one that reads back the same."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from matcher.domain import Coach, Need
from matcher.errors import MalformedDocument, Problem
from matcher.intake.json_text import utf8_text
from matcher.intake.lines import Chunk, chunks
from matcher.intake.quoting import list_cell, quoted
from matcher.intake.shape import Shape, shape_of
from matcher.intake.table import Header, Record, Table, header_of
from matcher.texts import Phrase


def _cells(chunk: Chunk) -> list[str]:
    if chunk.problem:
        raise MalformedDocument(Phrase("%(problem)s%(extent)s", problem=chunk.problem, extent=chunk.extent))
    try:
        rows = list(csv.reader(io.StringIO(utf8_text(chunk.content), newline=""), strict=True))
    except csv.Error as error:
        raise MalformedDocument(
            Phrase("is not CSV: %(reason)s%(extent)s", reason=str(error), extent=chunk.extent)
        ) from None
    if len(rows) != 1:
        raise MalformedDocument(
            Phrase("is not CSV: a quotation mark in a cell is not doubled%(extent)s", extent=chunk.extent)
        )
    return rows[0]


def _header(chunk: Chunk | None, model: type[Coach | Need]) -> Header:
    if chunk is None:
        raise MalformedDocument("The file is empty: its first line must name the columns.")
    try:
        cells = _cells(chunk)
    except MalformedDocument as error:
        raise MalformedDocument(Phrase("The header %(problem)s.", problem=error.words)) from None
    return header_of(cells, model)


def _record(chunk: Chunk, header: Header) -> Record | None:
    try:
        cells = _cells(chunk)
    except MalformedDocument as error:
        return Record(chunk.line, None, (Problem("", error.words),))
    return header.record(chunk.line, cells, chunk.extent)


def read_table(file: BinaryIO, model: type[Coach | Need]) -> Table:
    """The table in a CSV file (RFC 4180, commas, UTF-8); blank rows are left out.

    A cell holds plain text, a list with `;` between its entries, or a list of objects as JSON; an empty one is
    absent, and none has more than 131,072 characters (`csv.field_size_limit`). A row that is no CSV, no UTF-8 or has
    another number of cells than the header is a record without a document.
    Raises MalformedDocument for a header that is missing, not CSV, has a column twice or no known one.
    """
    rows = chunks(file, quoting=True)
    header = _header(next(rows, None), model)
    return Table(header.warnings, (record for row in rows if (record := _record(row, header))))


def written_csv(coaches: Iterable[Coach]) -> Iterator[str]:
    """The lines of a CSV file of profiles, from which `read_table` reads the same profiles."""
    columns = list(shape_of(Coach).columns())
    yield _line([name for name, _ in columns])
    for coach in coaches:
        document = json.loads(coach.model_dump_json(by_alias=True, exclude_defaults=True))
        yield _line([_written(document, name.split("."), shape) for name, shape in columns])


def _line(cells: Iterable[str]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerow(cells)
    return text.getvalue()


def _written(document: object, steps: list[str], shape: Shape) -> str:
    for step in steps:
        document = document.get(step) if isinstance(document, dict) else None
    if document is None:
        return ""
    if isinstance(document, list):
        return json.dumps(document, ensure_ascii=False) if shape.fields else list_cell(document)
    return quoted(document) if isinstance(document, str) else json.dumps(document)
