"""What somebody has begun to type: one draft an account, which nobody else reads."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from matcher.store.database import insert, rows_changed
from matcher.store.tables import DraftRow


@dataclass(frozen=True)
class Draft:
    """The fields of a form as one text, into which the store does not look. `id` names the page they were typed on."""

    id: str
    fields: str
    kept_at: datetime


def keep(session: Session, account_id: str, draft: Draft, before: str) -> bool:
    """Keeps a draft in place of what was typed on the same page, or on the page `before`, of which it is the next.

    False when there is one of another page, which stays.
    """
    row = DraftRow
    statement = insert(session, row).values(account_id=account_id, **vars(draft))
    # One statement, so that of two pages of one person, at two workers, only one's is ever kept.
    newer = statement.on_conflict_do_update(
        index_elements=[row.account_id],
        set_=vars(draft),
        where=row.id.in_([draft.id, before]),
    )
    return rows_changed(session, newer) == 1


def get(session: Session, account_id: str) -> Draft | None:
    """The draft of an account; None when there is none."""
    row = session.scalar(select(DraftRow).where(DraftRow.account_id == account_id))
    return None if row is None else Draft(row.id, row.fields, row.kept_at)


def forget(session: Session, account_id: str, draft_id: str) -> None:
    """Deletes the draft of an account, if it is the one with that id."""
    session.execute(delete(DraftRow).where(DraftRow.account_id == account_id, DraftRow.id == draft_id))


def forget_kept_before(session: Session, moment: datetime) -> None:
    """Deletes every draft that was last kept before that moment, whoever's it is."""
    session.execute(delete(DraftRow).where(DraftRow.kept_at < moment))
