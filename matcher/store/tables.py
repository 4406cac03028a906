"""The tables. Documents are JSON text, kept byte for byte on either database."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Double, ForeignKey, Index, column
from sqlalchemy.orm import Mapped, mapped_column

from matcher.store.account_tables import AccountRow, DraftRow, SignInAttemptRow, SignInRow, SignOnRow
from matcher.store.audit_tables import AuditEntryRow, AuditHeadRow
from matcher.store.punchout_tables import BuyerRow, VisitRow
from matcher.store.rows import CODE_POINT_TEXT, Row
from matcher.store.webhook_tables import DeliveryRow, WebhookRow
from matcher.store.work_tables import BatchLineRow, QueuedTaskRow, ShortlistBatchRow

__all__ = [
    "AccountRow",
    "AuditEntryRow",
    "AuditHeadRow",
    "BatchLineRow",
    "BuyerRow",
    "CallerRow",
    "CoachRow",
    "DeliveryRow",
    "DirectoryCodeRow",
    "DirectoryEntryRow",
    "DraftRow",
    "EmbeddingRow",
    "KeyedRequestRow",
    "NeedRow",
    "OutcomeRow",
    "ProfileImportRow",
    "QueuedTaskRow",
    "RankerRow",
    "RevisionRow",
    "Row",
    "SettingRow",
    "SharedLinkRow",
    "ShortlistBatchRow",
    "ShortlistRow",
    "SignInAttemptRow",
    "SignInRow",
    "SignOnRow",
    "StagedProfileRow",
    "VisitRow",
    "WebhookRow",
]

_IN_USE = column("revoked_at").is_(None)


class CoachRow(Row):
    """A profile, or the tombstone of one: its id and the revision at which it went."""

    __tablename__ = "coach"
    __table_args__ = (CheckConstraint("deleted = (document IS NULL)", name="tombstone_is_empty"),)

    id: Mapped[str] = mapped_column(CODE_POINT_TEXT, primary_key=True)
    document: Mapped[str | None]
    content_hash: Mapped[str | None]
    revision: Mapped[int] = mapped_column(index=True)
    deleted: Mapped[bool]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class DirectoryEntryRow(Row):
    """What the directory finds, sorts and lists a profile by, read off its document; it comes and goes with it.

    `search_text` stands last: rows are read without it unless a text is searched for.
    """

    __tablename__ = "directory_entry"

    coach_id: Mapped[str] = mapped_column(CODE_POINT_TEXT, ForeignKey("coach.id"), primary_key=True)
    name: Mapped[str]
    headline: Mapped[str]
    sort_name: Mapped[str] = mapped_column(CODE_POINT_TEXT, index=True)
    coaching_hours: Mapped[float | None] = mapped_column(Double)
    capacity: Mapped[int | None]
    accepting_from: Mapped[date | None]
    availability_hash: Mapped[str]
    availability_confirmed_at: Mapped[datetime]
    confirmed_at: Mapped[datetime] = mapped_column(index=True)
    search_text: Mapped[str]


class DirectoryCodeRow(Row):
    """One code of a profile, such as a language; credentials alone may end, those that do not have no day."""

    __tablename__ = "directory_code"

    kind: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    coach_id: Mapped[str] = mapped_column(CODE_POINT_TEXT, ForeignKey("coach.id"), primary_key=True, index=True)
    valid_until: Mapped[date | None]


class EmbeddingRow(Row):
    """The vector that an encoder gives a text, as little-endian 32-bit floats."""

    __tablename__ = "embedding"

    encoder: Mapped[str] = mapped_column(primary_key=True)
    text_hash: Mapped[str] = mapped_column(primary_key=True)
    vector: Mapped[bytes]


class CallerRow(Row):
    """Someone who may use the API, known by the hash of a key.

    `scopes` is null for a caller that may do everything. A key that was replaced holds until `old_key_expires_at`.
    """

    __tablename__ = "caller"
    __table_args__ = (Index("caller_name_in_use", "name", unique=True, sqlite_where=_IN_USE, postgresql_where=_IN_USE),)

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(CODE_POINT_TEXT)
    organisation: Mapped[str | None]
    key_hash: Mapped[str] = mapped_column(unique=True)
    key_prefix: Mapped[str]
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    scopes: Mapped[str | None]
    last_used_at: Mapped[datetime | None]
    old_key_hash: Mapped[str | None] = mapped_column(index=True)
    old_key_expires_at: Mapped[datetime | None]


class NeedRow(Row):
    """A need as it was received; `given_id` is the caller's own and may repeat.

    `organisation` is that of the manager, `owner` the one whose people asked: null for a caller without one.
    """

    __tablename__ = "need"

    id: Mapped[str] = mapped_column(primary_key=True)
    given_id: Mapped[str | None]
    organisation: Mapped[str]
    document: Mapped[str]
    content_hash: Mapped[str] = mapped_column(index=True)
    caller_id: Mapped[str | None] = mapped_column(ForeignKey("caller.id"))
    received_at: Mapped[datetime]
    owner: Mapped[str | None]
    account_id: Mapped[str | None] = mapped_column(ForeignKey("account.id"))


class ShortlistRow(Row):
    """An answer as it was given, with what it was computed from; rows are inserted, never updated.

    `owner` is the organisation that it belongs to; null for a caller without one, to whom alone it belongs.
    `refines_id` is the one that this refines, `first_id` that from which the chain began; both null for a first one.
    """

    __tablename__ = "shortlist"
    # By which searches are listed: the answers are large, and lie before what is looked for.
    __table_args__ = (Index("shortlist_search", "owner", "first_id", "created_at", "account_id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    need_id: Mapped[str] = mapped_column(ForeignKey("need.id"), index=True)
    caller_id: Mapped[str | None] = mapped_column(ForeignKey("caller.id"), index=True)
    created_at: Mapped[datetime]
    answer: Mapped[str]
    assessment: Mapped[bytes]
    facts: Mapped[str]
    owner: Mapped[str | None]
    account_id: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    refines_id: Mapped[str | None] = mapped_column(ForeignKey("shortlist.id"), index=True)
    first_id: Mapped[str | None] = mapped_column(ForeignKey("shortlist.id"), index=True)


class SharedLinkRow(Row):
    """A link that shows coaches of a shortlist, known by the hash of its token; it goes with the shortlist."""

    __tablename__ = "shared_link"

    id: Mapped[str] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    shortlist_id: Mapped[str] = mapped_column(ForeignKey("shortlist.id", ondelete="CASCADE"), index=True)
    coach_ids: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    account_id: Mapped[str | None] = mapped_column(ForeignKey("account.id"))


class KeyedRequestRow(Row):
    """A request that a caller sent under a key of its own, and its answer once there is one.

    `run` names the attempt that answers it. The body of an answer that is a shortlist is not kept here a second time:
    it stands in the shortlist, with which this row goes.
    """

    __tablename__ = "keyed_request"

    caller_id: Mapped[str] = mapped_column(ForeignKey("caller.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    run: Mapped[str] = mapped_column(unique=True)
    claimed_at: Mapped[datetime] = mapped_column(index=True)
    status: Mapped[int | None]
    headers: Mapped[str | None]
    body: Mapped[str | None]
    shortlist_id: Mapped[str | None] = mapped_column(ForeignKey("shortlist.id", ondelete="CASCADE"), index=True)


class OutcomeRow(Row):
    """What became of a coach of a shortlist; it goes with the shortlist.

    `link_id` is that of the link through which the manager said it, who has no account.
    """

    __tablename__ = "outcome"

    shortlist_id: Mapped[str] = mapped_column(ForeignKey("shortlist.id", ondelete="CASCADE"), primary_key=True)
    coach_id: Mapped[str] = mapped_column(CODE_POINT_TEXT, primary_key=True)
    event: Mapped[str] = mapped_column(primary_key=True)
    rating: Mapped[int | None]
    reason: Mapped[str | None]
    degree: Mapped[str | None]
    on: Mapped[date]
    recorded_at: Mapped[datetime]
    caller_id: Mapped[str | None] = mapped_column(ForeignKey("caller.id"))
    account_id: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    link_id: Mapped[str | None] = mapped_column(ForeignKey("shared_link.id"))


class RankerRow(Row):
    """A ranker beside the packaged one, with how it compares to the one in use when it was made."""

    __tablename__ = "ranker"

    name: Mapped[str] = mapped_column(CODE_POINT_TEXT, primary_key=True)
    document: Mapped[str]
    comparison: Mapped[str]
    created_at: Mapped[datetime]
    promoted_at: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]


class SettingRow(Row):
    """What the store remembers by name, such as the revision that profiles have reached."""

    __tablename__ = "setting"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class RevisionRow(Row):
    """A revision that profiles have reached, with a random mark: one that is reached again, after older data were
    restored, has another."""

    __tablename__ = "profile_revision"

    revision: Mapped[int] = mapped_column(primary_key=True)
    mark: Mapped[str]


class ProfileImportRow(Row):
    """A file of profiles that was uploaded: what it would change, what is wrong with it, and how far it has come.

    `run` names the thread that imports it, so that another one takes over from it at most once.
    """

    __tablename__ = "profile_import"

    id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    file_name: Mapped[str]
    uploaded_at: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(index=True)
    added: Mapped[int]
    replaced: Mapped[int]
    unchanged: Mapped[int]
    findings: Mapped[str]
    run: Mapped[str | None]
    reached: Mapped[int]
    finished: Mapped[bool]


class StagedProfileRow(Row):
    """A profile of an uploaded file, by its line, until it is imported or the upload is dropped."""

    __tablename__ = "staged_profile"

    import_id: Mapped[str] = mapped_column(ForeignKey("profile_import.id", ondelete="CASCADE"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    document: Mapped[str]
