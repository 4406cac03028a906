"""Coaches and needs from a file, row by row: JSON Lines or CSV. A bad row does not hold up the others."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from matcher.domain import Coach, Need
from matcher.errors import InvalidInput, MalformedDocument, Problem
from matcher.intake.csv_table import Record, read_table
from matcher.intake.json_text import parse_utf8_json
from matcher.intake.lines import Chunk, chunks
from matcher.intake.records import Read, parse

R = TypeVar("R", Coach, Need)

JSON_LINES = (".jsonl", ".ndjson")
CSV = (".csv",)


@dataclass(frozen=True)
class Row(Generic[R]):
    """One row of a file, with the line that it starts in: a value, or else the problems with it."""

    line: int
    value: R | None = None
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()


def _json_row(model: type[R], chunk: Chunk) -> Row[R]:
    if chunk.problem:
        return Row(chunk.line, problems=(Problem("", chunk.problem),))
    try:
        read: Read[R] = parse(model, parse_utf8_json(chunk.content), tolerant=True)
    except MalformedDocument as error:
        return Row(chunk.line, problems=(Problem("", str(error)),))
    except InvalidInput as error:
        return Row(chunk.line, problems=error.problems)
    return Row(chunk.line, read.value, warnings=read.warnings)


def _json_rows(model: type[R], path: Path) -> Iterator[Row[R]]:
    with path.open("rb") as file:
        for chunk in chunks(file):
            yield _json_row(model, chunk)


def _csv_row(model: type[R], record: Record, warnings: tuple[Problem, ...]) -> Row[R]:
    if record.document is None:
        return Row(record.line, problems=record.problems, warnings=warnings)
    try:
        read: Read[R] = parse(model, record.document, text=True, tolerant=True, found=record.problems)
    except InvalidInput as error:
        return Row(record.line, problems=error.problems, warnings=warnings)
    return Row(record.line, read.value, warnings=(*warnings, *read.warnings))


def _csv_rows(model: type[R], path: Path) -> Iterator[Row[R]]:
    with path.open("rb") as file:
        table = read_table(file, model)
        warnings = table.warnings
        for record in table.records:
            yield _csv_row(model, record, warnings)
            warnings = ()


def _first_of_each_id(rows: Iterable[Row[R]]) -> Iterator[Row[R]]:
    line_of: dict[str, int] = {}
    for row in rows:
        if row.value is None or row.value.id is None:
            yield row
        elif row.value.id in line_of:
            detail = f"also stands in line {line_of[row.value.id]}"
            yield Row(row.line, problems=(Problem("/id", detail),), warnings=row.warnings)
        else:
            line_of[row.value.id] = row.line
            yield row


def _rows(model: type[R], path: Path) -> Iterator[Row[R]]:
    suffix = path.suffix.lower()
    if suffix in JSON_LINES:
        return _first_of_each_id(_json_rows(model, path))
    if suffix in CSV:
        return _first_of_each_id(_csv_rows(model, path))
    raise MalformedDocument(f"The file's name must end in {', '.join(JSON_LINES)} (JSON Lines) or {', '.join(CSV)}.")


def coach_rows(path: Path) -> Iterator[Row[Coach]]:
    """The coaches in a file, read as they are asked for; blank lines are skipped, an empty JSON Lines file has none.

    Unknown fields are warnings; those of a CSV header stand with the first row. Of the good rows with one id the
    first stands and the others are bad.
    Raises MalformedDocument at once for another suffix, and at the first row for a CSV header that cannot be used.
    """
    return _rows(Coach, path)


def need_rows(path: Path) -> Iterator[Row[Need]]:
    """The needs in a file, as `coach_rows` reads coaches; a need without an id never counts as a repeated one."""
    return _rows(Need, path)
