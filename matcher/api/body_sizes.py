"""Which requests may have a larger body than others, and how large."""

from collections.abc import Mapping
from types import MappingProxyType

from flask import request

from matcher.api.context import service

LIMIT_OF: Mapping[str, str] = MappingProxyType(
    {"api.batches.create": "max_batch_bytes", "api.coach_batches.put": "max_upload_bytes"}
)
"""The setting that limits the body, by the name of the view."""


def allow_large_body() -> None:
    """Lets the body be as large as the view takes. Runs before anything reads it."""
    if setting := LIMIT_OF.get(request.endpoint or ""):
        request.max_content_length = getattr(service().settings, setting)
