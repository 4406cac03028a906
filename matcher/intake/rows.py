"""Coaches and needs from a file, row by row: JSON Lines, CSV or Excel. A bad row does not hold up the others."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Generic, TypeVar

from matcher.domain import Coach, Need
from matcher.errors import InvalidInput, MalformedDocument, Problem
from matcher.intake.as_it_stands import read_as_it_stands
from matcher.intake.csv_table import read_table
from matcher.intake.excel_table import read_workbook
from matcher.intake.json_text import parse_json, utf8_text
from matcher.intake.lines import Chunk, chunks
from matcher.intake.records import Read, parse
from matcher.intake.table import Record, Table
from matcher.texts import Phrase

R = TypeVar("R", Coach, Need)

JSON_LINES = (".jsonl", ".ndjson")
CSV = (".csv",)
EXCEL = (".xlsx",)


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
        text = utf8_text(chunk.content)
        if (plain := read_as_it_stands(model, text)) is not None:
            return Row(chunk.line, plain)
        read: Read[R] = parse(model, parse_json(text), tolerant=True)
    except MalformedDocument as error:
        return Row(chunk.line, problems=(Problem("", error.words),))
    except InvalidInput as error:
        return Row(chunk.line, problems=error.problems)
    return Row(chunk.line, read.value, warnings=read.warnings)


def _table_row(model: type[R], record: Record, warnings: tuple[Problem, ...]) -> Row[R]:
    if record.document is None:
        return Row(record.line, problems=record.problems, warnings=warnings)
    try:
        read: Read[R] = parse(model, record.document, text=True, tolerant=True, found=record.problems)
    except InvalidInput as error:
        return Row(record.line, problems=error.problems, warnings=warnings)
    return Row(record.line, read.value, warnings=(*warnings, *read.warnings))


def _table_rows(model: type[R], file: BinaryIO, read: Callable[[BinaryIO, type[R]], Table]) -> Iterator[Row[R]]:
    table = read(file, model)
    warnings = table.warnings
    for record in table.records:
        yield _table_row(model, record, warnings)
        warnings = ()


def first_of_each_id(rows: Iterable[Row[R]]) -> Iterator[Row[R]]:
    """The rows; of those with one id the first stands, and the others are bad."""
    line_of: dict[str, int] = {}
    for row in rows:
        if row.value is None or row.value.id is None:
            yield row
        elif row.value.id in line_of:
            detail = Phrase("also stands in line %(line)s", line=line_of[row.value.id])
            yield Row(row.line, problems=(Problem("/id", detail),), warnings=row.warnings)
        else:
            line_of[row.value.id] = row.line
            yield row


def _rows_in(model: type[R], file: BinaryIO, suffix: str) -> Iterator[Row[R]]:
    if suffix in JSON_LINES:
        return (_json_row(model, chunk) for chunk in chunks(file))
    return _table_rows(model, file, read_table if suffix in CSV else read_workbook)


def _known_suffix(name: str) -> str:
    suffix = Path(name).suffix.lower()
    if suffix not in (*JSON_LINES, *CSV, *EXCEL):
        raise MalformedDocument(
            Phrase(
                "The file's name must end in %(lines)s (JSON Lines), %(csv)s or %(excel)s (Excel).",
                lines=", ".join(JSON_LINES),
                csv=", ".join(CSV),
                excel=", ".join(EXCEL),
            )
        )
    return suffix


def _opened(model: type[R], path: Path, suffix: str) -> Iterator[Row[R]]:
    with path.open("rb") as file:
        yield from _rows_in(model, file, suffix)


def coach_rows(path: Path) -> Iterator[Row[Coach]]:
    """The coaches in a file, read as they are asked for; blank lines are skipped, an empty JSON Lines file has none.

    Unknown fields are warnings; those of a CSV header stand with the first row. Of the good rows with one id the
    first stands and the others are bad.
    Raises MalformedDocument at once for another suffix, and at the first row for a header that cannot be used.
    """
    return first_of_each_id(_opened(Coach, path, _known_suffix(path.name)))


def coach_rows_in(file: BinaryIO, name: str) -> Iterator[Row[Coach]]:
    """The coaches in a file that is open, as `coach_rows` reads those in one of that name."""
    return first_of_each_id(_rows_in(Coach, file, _known_suffix(name)))


def need_rows(path: Path) -> Iterator[Row[Need]]:
    """The needs in a file, as `coach_rows` reads coaches; a need without an id never counts as a repeated one."""
    return first_of_each_id(_opened(Need, path, _known_suffix(path.name)))
