"""What somebody typed in the form of a need and sent when they were no longer signed in, carried along in one field."""

import json
from collections.abc import Mapping, Sequence

FIELD = "carried"

_NOT_CARRIED = ("csrf_token", FIELD)

Sent = Mapping[str, Sequence[str]]


def packed(sent: Sent) -> str:
    """The fields of a form as one text, without those that are blank; "" for nothing.

    >>> packed({"summary": ["Works alone."], "level": [""]})
    '{"summary": ["Works alone."]}'
    """
    typed = {name: list(values) for name, values in sent.items() if name not in _NOT_CARRIED and any(values)}
    return json.dumps(typed, ensure_ascii=False) if typed else ""


def unpacked(text: str) -> dict[str, list[str]]:
    """The fields that `packed` made a text of; none for any other text."""
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(fields, dict):
        return {}
    return {
        name: [_whole(value) for value in values]
        for name, values in fields.items()
        if isinstance(values, list) and all(isinstance(value, str) for value in values)
    }


def _whole(text: str) -> str:
    # JSON can name halves of characters, which no page can show.
    return text.encode(errors="replace").decode()
