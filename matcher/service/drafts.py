"""What somebody has begun to type, kept until its shortlist is drawn up, it is discarded, or it is too old."""

from datetime import datetime, timedelta

from sqlalchemy import Engine

from matcher.domain import Account
from matcher.settings import Settings
from matcher.store import database, drafts
from matcher.store.drafts import Draft


def keep_draft(engine: Engine, settings: Settings, account: Account, draft: Draft, before: str) -> bool:
    """Keeps a draft as the account's own; False when there is one of another page, which stays.

    `before` is the id of the page that led to the draft's, "" for none. Drafts of anybody that are too old by now are
    deleted.
    """
    with database.sessions(engine).begin() as session:
        drafts.forget_kept_before(session, draft.kept_at - _longest(settings))
        return drafts.keep(session, account.id, draft, before)


def current_draft(engine: Engine, settings: Settings, account: Account, now: datetime) -> Draft | None:
    """The draft of an account; None when there is none, or it is too old."""
    with database.snapshots(engine).begin() as session:
        found = drafts.get(session, account.id)
    return None if found is None or found.kept_at < now - _longest(settings) else found


def forget_draft(engine: Engine, account: Account, draft_id: str) -> None:
    """Deletes the draft with that id, if it is the account's."""
    with database.sessions(engine).begin() as session:
        drafts.forget(session, account.id, draft_id)


def _longest(settings: Settings) -> timedelta:
    return timedelta(days=settings.draft_days)
