"""Reads the first sheet of an Excel workbook (.xlsx) as a table, a row at a time."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import Any, BinaryIO
from zipfile import BadZipFile, ZipFile

from defusedxml import DefusedXmlException

from matcher.domain import Coach, Need
from matcher.errors import MalformedDocument
from matcher.intake.table import Header, Record, Table, header_of
from matcher.texts import Phrase

MOST_UNPACKED = 400_000_000
"""Bytes of a workbook's parts together; a small file may unpack to any size."""

_UNREADABLE = Phrase("The file is not an Excel workbook (.xlsx) that can be read; save it anew, or as CSV.")
# What a damaged workbook makes the reader of it raise, which documents none of these, beside its own.
_DAMAGED: tuple[type[Exception], ...] = (
    BadZipFile,
    DefusedXmlException,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
)
_DAMAGED += (IndexError, EOFError, SyntaxError, NotImplementedError)


def read_workbook(file: BinaryIO, model: type[Coach | Need]) -> Table:
    """The table in the first sheet; blank rows are left out, and formulas count by the value that was saved.

    Cells hold what those of a CSV file do; numbers, dates and truth values may also be such cells.
    Raises MalformedDocument for a file that is no workbook, and for a header as `read_table` does.
    """
    rows = _rows(file)
    header = header_of(_filled(next(rows, (0, [""]))[1]), model)
    return Table(header.warnings, _records(rows, header))


def _records(rows: Iterator[tuple[int, list[str]]], header: Header) -> Iterator[Record]:
    width = len(header.names)
    for line, cells in rows:
        # A row of a sheet ends with its last cell that is filled, wherever that is.
        found = _filled(cells)
        if record := header.record(line, found + [""] * (width - len(found))):
            yield record


def _filled(cells: Sequence[str]) -> list[str]:
    last = max((place for place, cell in enumerate(cells) if cell.strip()), default=-1)
    return list(cells[: last + 1])


def _rows(file: BinaryIO) -> Iterator[tuple[int, list[str]]]:
    # Not before a workbook is sent: every start of the service would take longer for it.
    from openpyxl import load_workbook  # noqa: PLC0415
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    try:
        with ZipFile(file) as archive:
            size = sum(part.file_size for part in archive.infolist())
        if size <= MOST_UNPACKED:
            file.seek(0)
            workbook = load_workbook(file, read_only=True, data_only=True, keep_links=False)
            for line, row in enumerate(workbook.worksheets[0].iter_rows(values_only=True), start=1):
                yield line, [_text(value) for value in row]
            return
    except (*_DAMAGED, InvalidFileException):
        raise MalformedDocument(_UNREADABLE) from None
    raise MalformedDocument("The workbook is too large once it is unpacked; split it, or save it as CSV.")


def _text(value: Any) -> str:
    """A cell as it would stand in a CSV file.

    >>> [_text(value) for value in (None, 260.0, 12.5, True, datetime(2027, 1, 4))]
    ['', '260', '12.5', 'true', '2027-01-04']
    """
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer():
            return str(int(value))
        case datetime():
            return value.date().isoformat()
        case date() | time():
            return value.isoformat()
        case _:
            return str(value)
