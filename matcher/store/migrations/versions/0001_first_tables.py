"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_TIME = sa.DateTime(timezone=True)
_CODE_POINT_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Goes from nothing to 0001."""
    _create_profiles()
    _create_callers()
    _create_needs()
    settings = op.create_table(
        "setting",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name="setting_key"),
    )
    op.bulk_insert(settings, [{"name": "revision", "value": "0"}])


def _create_profiles() -> None:
    op.create_table(
        "coach",
        sa.Column("id", _CODE_POINT_TEXT, nullable=False),
        sa.Column("document", sa.Text),
        sa.Column("content_hash", sa.Text),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("deleted", sa.Boolean, nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("updated_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="coach_key"),
        sa.CheckConstraint("deleted = (document IS NULL)", name="coach_tombstone_is_empty"),
    )
    op.create_index("coach_revision_index", "coach", ["revision"])
    op.create_table(
        "embedding",
        sa.Column("encoder", sa.Text, nullable=False),
        sa.Column("text_hash", sa.Text, nullable=False),
        sa.Column("vector", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("encoder", "text_hash", name="embedding_key"),
    )


def _create_callers() -> None:
    op.create_table(
        "caller",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("name", _CODE_POINT_TEXT, nullable=False),
        sa.Column("organisation", sa.Text),
        sa.Column("key_hash", sa.Text, nullable=False),
        sa.Column("key_prefix", sa.Text, nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("revoked_at", _TIME),
        sa.PrimaryKeyConstraint("id", name="caller_key"),
        sa.UniqueConstraint("key_hash", name="caller_key_hash_unique"),
    )
    in_use = sa.column("revoked_at").is_(None)
    op.create_index("caller_name_in_use", "caller", ["name"], unique=True, sqlite_where=in_use, postgresql_where=in_use)


def _create_needs() -> None:
    op.create_table(
        "need",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("given_id", sa.Text),
        sa.Column("organisation", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("content_hash", sa.Text, nullable=False),
        sa.Column("caller_id", sa.Text),
        sa.Column("received_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="need_key"),
        sa.ForeignKeyConstraint(["caller_id"], ["caller.id"], name="need_caller_id_reference"),
    )
    op.create_index("need_content_hash_index", "need", ["content_hash"])
    op.create_table(
        "shortlist",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("need_id", sa.Text, nullable=False),
        sa.Column("caller_id", sa.Text),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("assessment", sa.LargeBinary, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="shortlist_key"),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name="shortlist_need_id_reference"),
        sa.ForeignKeyConstraint(["caller_id"], ["caller.id"], name="shortlist_caller_id_reference"),
    )
    op.create_index("shortlist_need_id_index", "shortlist", ["need_id"])
    op.create_index("shortlist_caller_id_index", "shortlist", ["caller_id"])
