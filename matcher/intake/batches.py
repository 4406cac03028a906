"""Many needs sent together: each is read by itself, so what is wrong with one keeps out no other."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from pydantic import TypeAdapter, ValidationError

from matcher.domain import ShortlistRequest
from matcher.domain.fields import Identifier
from matcher.errors import InvalidInput, MalformedDocument, Problem
from matcher.intake.json_text import parse_utf8_json
from matcher.intake.lines import chunks
from matcher.intake.records import MOST_PROBLEMS, shortlist_request_from
from matcher.intake.wording import pointer_to, shown_name, unknown_field

MOST_NEEDS = 10_000
"""Needs of one batch."""

_FIELDS = ("needs", "limit")
_IDENTIFIER: TypeAdapter[str] = TypeAdapter(Identifier)


@dataclass(frozen=True)
class BatchNeed:
    """A need of a batch, by its line, or what is wrong with it; `given_id` is the sender's own, where it has one."""

    line: int
    given_id: str | None
    request: ShortlistRequest | None
    problems: tuple[Problem, ...] = ()


def batch_needs(document: object) -> list[BatchNeed]:
    """The needs of a document, `{"needs": [...], "limit": 3}`, by their places from 1; `limit` is theirs by default.

    Raises InvalidInput when the document itself is none such, or holds no need or more than MOST_NEEDS.
    """
    if not isinstance(document, dict):
        raise InvalidInput([Problem("", "must be an object")])
    needs, limit = document.get("needs"), document.get("limit")
    problems = [
        Problem(pointer_to(shown_name(name)), unknown_field(name, _FIELDS, "a batch"))
        for name in islice((name for name in document if name not in _FIELDS), MOST_PROBLEMS)
    ]
    if limit is not None and (type(limit) is not int or not 1 <= limit <= 100):
        problems.append(Problem("/limit", "must be a whole number from 1 to 100"))
    if not isinstance(needs, list):
        problems.append(Problem("/needs", "must be a list of needs"))
    if problems or not isinstance(needs, list):
        raise InvalidInput(problems)
    _refuse_too_many(len(needs))
    return [_need(line, need, limit) for line, need in enumerate(needs, start=1)]


def batch_needs_in_lines(body: bytes) -> list[BatchNeed]:
    """The needs of JSON Lines, each with its `limit` beside its fields, by their lines; blank lines are passed over.

    Raises InvalidInput when there is no need, or more than MOST_NEEDS.
    """
    needs = list(_lines(body))
    _refuse_too_many(len(needs))
    return needs


def _lines(body: bytes) -> Iterator[BatchNeed]:
    for number, chunk in enumerate(chunks(io.BytesIO(body))):
        if number > MOST_NEEDS:
            return
        if chunk.problem:
            yield BatchNeed(chunk.line, None, None, (Problem("", chunk.problem),))
            continue
        try:
            document = parse_utf8_json(chunk.content)
        except MalformedDocument as error:
            yield BatchNeed(chunk.line, None, None, (Problem("", str(error)),))
        else:
            yield _need(chunk.line, document)


def _refuse_too_many(needs: int) -> None:
    if not needs:
        raise InvalidInput([Problem("/needs", "has no need")])
    if needs > MOST_NEEDS:
        raise InvalidInput([Problem("/needs", f"has more than {MOST_NEEDS} needs")])


def _need(line: int, document: object, limit: int | None = None) -> BatchNeed:
    if isinstance(document, dict) and limit is not None and document.get("limit") is None:
        document = document | {"limit": limit}
    try:
        request = shortlist_request_from(document)
    except InvalidInput as error:
        return BatchNeed(line, _id_of(document), None, error.problems)
    return BatchNeed(line, request.id, request)


def _id_of(document: object) -> str | None:
    """The id of a need that is wrong otherwise, so that its sender knows it by more than its line."""
    try:
        return _IDENTIFIER.validate_python(document.get("id") if isinstance(document, dict) else None, strict=True)
    except ValidationError:
        return None
