"""The tables of work that goes on apart from requests: the queue, and batches of needs."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from matcher.store.rows import CODE_POINT_TEXT, Row


class QueuedTaskRow(Row):
    """Something to be done once it is due. It is named by what it is and what it is about, so it is queued once.

    The message holds ids alone. Each queue is worked on by itself.
    """

    __tablename__ = "queued_task"

    subject: Mapped[str] = mapped_column(CODE_POINT_TEXT, primary_key=True)
    queue: Mapped[str]
    message: Mapped[str]
    due_at: Mapped[datetime] = mapped_column(index=True)


class ShortlistBatchRow(Row):
    """Needs that were sent together; how far they have come is told by their lines.

    `owner` is the organisation that it belongs to; null for a caller without one, to whom alone it belongs. It is
    `failing_since` then, less time in which nobody tried, and at `failed_at` last; null since a line was answered.
    """

    __tablename__ = "shortlist_batch"

    id: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str | None] = mapped_column(index=True)
    caller_id: Mapped[str | None] = mapped_column(ForeignKey("caller.id"), index=True)
    total: Mapped[int]
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None] = mapped_column(index=True)
    cancelled: Mapped[bool]
    failing_since: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]


class BatchLineRow(Row):
    """One need of a batch: waiting with its document, or answered, by problems or by a shortlist that holds the need.

    `run` is of the worker that has it, since `claimed_at`. An answered line without problems whose shortlist is null is
    one whose shortlist was deleted.
    """

    __tablename__ = "batch_line"

    batch_id: Mapped[str] = mapped_column(ForeignKey("shortlist_batch.id", ondelete="CASCADE"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    given_id: Mapped[str | None]
    document: Mapped[str | None]
    run: Mapped[str | None] = mapped_column(index=True)
    claimed_at: Mapped[datetime | None]
    attempts: Mapped[int]
    answered_at: Mapped[datetime | None]
    problems: Mapped[str | None]
    shortlist_id: Mapped[str | None] = mapped_column(ForeignKey("shortlist.id", ondelete="SET NULL"), index=True)
