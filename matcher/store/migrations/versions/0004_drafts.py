"""What people have begun to type."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Goes from 0003 to 0004."""
    op.create_table(
        "draft",
        sa.Column("account_id", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("fields", sa.Text, nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="draft_key"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="draft_account_id_reference"),
    )
