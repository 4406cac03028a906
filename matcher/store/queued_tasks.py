"""What is to be done, in the order in which it is due; each thing is queued once and taken by one worker."""

from datetime import datetime

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from matcher.store.database import insert
from matcher.store.tables import QueuedTaskRow


def put(session: Session, queue: str, subject: str, message: str, due_at: datetime) -> None:
    """Queues something; what is queued already stays, and is due at the earlier of both times."""
    row = QueuedTaskRow
    statement = insert(session, row).values(subject=subject, queue=queue, message=message, due_at=due_at)
    earlier = row.due_at > due_at
    session.execute(
        statement.on_conflict_do_update(index_elements=[row.subject], set_={"due_at": due_at}, where=earlier)
    )


def withdraw(session: Session, subject: str) -> None:
    """Takes something from its queue undone; does nothing when it is not queued."""
    session.execute(delete(QueuedTaskRow).where(QueuedTaskRow.subject == subject))


def is_due(session: Session, queue: str, now: datetime) -> bool:
    """Whether there is anything to take from a queue."""
    row = QueuedTaskRow
    return bool(session.scalar(select(exists().where(row.queue == queue, row.due_at <= now))))


def take(session: Session, queue: str, now: datetime) -> str | None:
    """The message of a queue that is due for longest, which is queued no longer; None when nothing is due."""
    row = QueuedTaskRow
    due = select(row.subject, row.message).where(row.queue == queue, row.due_at <= now)
    oldest = due.order_by(row.due_at, row.subject).limit(1)
    # What another worker takes at this moment is passed over.
    found = session.execute(oldest.with_for_update(skip_locked=True)).first()
    if found is None:
        return None
    session.execute(delete(row).where(row.subject == found.subject))
    return str(found.message)
