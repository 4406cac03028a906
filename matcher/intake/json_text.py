"""Reads JSON text; what it refuses is told by position and never by content."""

import json
from collections.abc import Iterable
from typing import Any, NoReturn

from matcher.errors import InvalidInput, MalformedDocument, Problem
from matcher.texts import Phrase

DEEPEST = 50
"""Levels of nesting that a document may have; a profile needs four."""


class _Unfit(MalformedDocument):
    """The text is JSON, but of a kind that is not taken; the message is a predicate."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise _Unfit("names the same field twice in one object")
    return members


def _constant(_name: str) -> NoReturn:
    raise MalformedDocument("is not JSON: NaN and Infinity are not JSON numbers")


def _members(container: object) -> Iterable[object]:
    return container.values() if isinstance(container, dict) else container if isinstance(container, list) else ()


def too_deep(document: object) -> bool:
    """Whether objects and lists stand in one another more than DEEPEST levels deep.

    >>> too_deep({"fees": {"amount": 1}})
    False
    """
    level: list[object] = [document]
    for _ in range(DEEPEST):
        level = [member for container in level for member in _members(container) if isinstance(member, dict | list)]
    return bool(level)


def utf8_text(body: bytes) -> str:
    """The text of UTF-8 bytes, without a byte order mark; MalformedDocument, a predicate, when they are not UTF-8."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MalformedDocument(Phrase("is not UTF-8: byte %(byte)s cannot be read", byte=error.start + 1)) from None


def _reason(error: json.JSONDecodeError) -> str:
    line = "" if error.lineno == 1 else f"line {error.lineno}, "
    return f"{error.msg.removesuffix(' at')} at {line}column {error.colno}"


def parse_json(text: str) -> object:
    """The document that a JSON text says.

    Raises MalformedDocument, its message a predicate ("is not JSON: ..."), when it is no JSON (NaN and Infinity
    included), has a field twice in one object, a number of thousands of digits, or nests deeper than DEEPEST.
    """
    try:
        document: object = json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
    except json.JSONDecodeError as error:
        raise MalformedDocument(Phrase("is not JSON: %(reason)s", reason=_reason(error))) from None
    except RecursionError:
        raise MalformedDocument(Phrase("is nested deeper than %(deepest)s levels", deepest=DEEPEST)) from None
    except ValueError:
        raise _Unfit("has a number with too many digits") from None
    if too_deep(document):
        raise _Unfit(Phrase("is nested deeper than %(deepest)s levels", deepest=DEEPEST))
    return document


def parse_utf8_json(body: bytes) -> object:
    """As `parse_json`, from UTF-8 with or without a byte order mark; MalformedDocument when it is not UTF-8."""
    return parse_json(utf8_text(body))


def read_json(body: bytes) -> object:
    """The document in the body of a request.

    Raises MalformedDocument, its message a sentence, for what is no JSON, and InvalidInput for JSON that
    `parse_utf8_json` does not take.
    """
    try:
        return parse_utf8_json(body)
    except _Unfit as error:
        raise InvalidInput([Problem("", error.words)]) from None
    except MalformedDocument as error:
        raise MalformedDocument(Phrase("The document %(problem)s.", problem=error.words)) from None
