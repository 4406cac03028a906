"""Needs that are sent together, to be answered one after the other."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from matcher.domain.fields import Record

BatchStatus = Literal["queued", "running", "done", "cancelled", "failed"]


class Batch(Record):
    """How far a batch has come: of `total` needs, `done` have a shortlist and `failed` have problems instead."""

    id: str
    status: BatchStatus = Field(description="`failed`: all needs have been gone through, and none could be answered.")
    total: int
    done: int
    failed: int = Field(description="Needs that have problems instead of a shortlist.")
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None = Field(description="When the last need was gone through, or the batch cancelled.")
