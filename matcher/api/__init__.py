"""The JSON API, `/api/v1`: parse, call, serialise."""

from matcher.api.addresses import CoachId
from matcher.api.blueprint import api

__all__ = ["CoachId", "api"]
