"""Tells schemathesis how JSON Lines are sent; it imports this (SCHEMATHESIS_HOOKS) where the API is fuzzed."""

import json
from typing import Any

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def one_line(_context: object, value: Any) -> bytes:
    """A document as the only line."""
    return json.dumps(value).encode() + b"\n"
