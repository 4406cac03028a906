"""Profiles, needs and comparisons as the JSON text that is stored, and back."""

import hashlib

from pydantic import ValidationError

from matcher.domain import Coach, Comparison, Need
from matcher.errors import ConfigurationError


def written(record: Coach | Need) -> str:
    """The record in the form of the contract, without what is left at its default; equal records, equal text."""
    return record.model_dump_json(by_alias=True, exclude_defaults=True)


def content_hash(document: str) -> str:
    """SHA-256 of a document's UTF-8, in hexadecimal."""
    return hashlib.sha256(document.encode()).hexdigest()


def read_coach(coach_id: str, document: str) -> Coach:
    """The profile that a document holds.

    Raises ConfigurationError when a later version of the vocabulary no longer allows it.
    """
    try:
        return Coach.model_validate_json(document)
    except ValidationError:
        raise ConfigurationError(
            f"The stored profile {coach_id!r} does not fit this version of the service; import it again."
        ) from None


def read_comparison(ranker: str, document: str) -> Comparison:
    """The comparison that a document holds. Raises ConfigurationError when a later version no longer reads it."""
    try:
        return Comparison.model_validate_json(document)
    except ValidationError:
        raise ConfigurationError(
            f"The stored comparison of the ranker {ranker!r} does not fit this version of the service."
        ) from None
