"""Many profiles in the body of one request, as JSON or JSON Lines; one that is bad does not hold up the others."""

import io
from itertools import islice

from matcher.domain import Coach
from matcher.errors import InvalidInput, MalformedDocument, Problem
from matcher.intake.as_it_stands import read_as_it_stands
from matcher.intake.json_text import parse_json, utf8_text
from matcher.intake.lines import Chunk, chunks
from matcher.intake.records import parse
from matcher.intake.rows import Row, first_of_each_id

MOST = 5_000
"""Profiles of one request."""


def coaches_in_document(document: object) -> list[Row[Coach]]:
    """The profiles in `{"coaches": [...]}`, numbered from 1. Raises InvalidInput for another form, and for too many."""
    if not isinstance(document, dict):
        raise InvalidInput([Problem("", "must be an object")])
    if unknown := document.keys() - {"coaches"}:
        raise InvalidInput([Problem("", f"has {len(unknown)} fields beside coaches, which is the only one")])
    listed = document.get("coaches")
    if not isinstance(listed, list):
        raise InvalidInput([Problem("/coaches", "must be a list")])
    _require_some(len(listed), "/coaches")
    return list(first_of_each_id(_row(number, one) for number, one in enumerate(listed, 1)))


def coaches_in_lines(body: bytes) -> list[Row[Coach]]:
    """The profiles of JSON Lines, by line; blank lines are left out. Raises InvalidInput for none, and for too many."""
    lines = list(islice(chunks(io.BytesIO(body)), MOST + 1))
    _require_some(len(lines), "")
    return list(first_of_each_id(map(_line, lines)))


def _line(chunk: Chunk) -> Row[Coach]:
    if chunk.problem:
        return Row(chunk.line, problems=(Problem("", chunk.problem),))
    try:
        text = utf8_text(chunk.content)
        plain = read_as_it_stands(Coach, text)
        return Row(chunk.line, plain) if plain is not None else _row(chunk.line, parse_json(text))
    except MalformedDocument as error:
        return Row(chunk.line, problems=(Problem("", str(error)),))


def _row(line: int, document: object) -> Row[Coach]:
    try:
        return Row(line, parse(Coach, document).value)
    except InvalidInput as error:
        return Row(line, problems=error.problems)


def _require_some(number: int, pointer: str) -> None:
    if not number:
        raise InvalidInput([Problem(pointer, "must have at least one profile")])
    if number > MOST:
        raise InvalidInput([Problem(pointer, f"has more than {MOST} profiles")])
