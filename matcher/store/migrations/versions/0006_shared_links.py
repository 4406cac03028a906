"""Links that show a shortlist to a manager, and what managers say there."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Goes from 0005 to 0006."""
    op.create_table(
        "shared_link",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("token_hash", sa.Text, nullable=False),
        sa.Column("shortlist_id", sa.Text, nullable=False),
        sa.Column("coach_ids", sa.Text, nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.Column("revoked_at", _TIME),
        sa.Column("account_id", sa.Text),
        sa.PrimaryKeyConstraint("id", name="shared_link_key"),
        sa.UniqueConstraint("token_hash", name="shared_link_token_hash_unique"),
        sa.ForeignKeyConstraint(
            ["shortlist_id"], ["shortlist.id"], name="shared_link_shortlist_id_reference", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="shared_link_account_id_reference"),
    )
    op.create_index("shared_link_shortlist_id_index", "shared_link", ["shortlist_id"])
    link = sa.ForeignKey("shared_link.id", name="outcome_link_id_reference")
    # SQLite takes a reference with its column, and at no other time.
    op.add_column("outcome", sa.Column("link_id", sa.Text, link), inline_references=True)
