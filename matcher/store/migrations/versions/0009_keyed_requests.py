"""Requests under a key, so that one that is sent again is not done again."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Goes from 0008 to 0009."""
    op.create_table(
        "keyed_request",
        sa.Column("caller_id", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("run", sa.Text, nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("headers", sa.Text),
        sa.Column("body", sa.Text),
        sa.Column("shortlist_id", sa.Text),
        sa.PrimaryKeyConstraint("caller_id", "key", name="keyed_request_key"),
        sa.UniqueConstraint("run", name="keyed_request_run_unique"),
        sa.ForeignKeyConstraint(["caller_id"], ["caller.id"], name="keyed_request_caller_id_reference"),
        sa.ForeignKeyConstraint(
            ["shortlist_id"], ["shortlist.id"], name="keyed_request_shortlist_id_reference", ondelete="CASCADE"
        ),
    )
    op.create_index("keyed_request_claimed_at_index", "keyed_request", ["claimed_at"])
    op.create_index("keyed_request_shortlist_id_index", "keyed_request", ["shortlist_id"])
