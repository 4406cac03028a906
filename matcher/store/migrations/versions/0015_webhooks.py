"""Webhooks, and what they are told."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Goes from 0014 to 0015."""
    op.create_table(
        "webhook",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("owner", sa.Text),
        sa.Column("caller_id", sa.Text),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("events", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="webhook_key"),
        sa.ForeignKeyConstraint(["caller_id"], ["caller.id"], name="webhook_caller_id_reference"),
    )
    for column in ("owner", "caller_id"):
        op.create_index(f"webhook_{column}_index", "webhook", [column])
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("webhook_id", sa.Text, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True)),
        sa.Column("delivered_at", sa.DateTime(timezone=True)),
        sa.Column("told", sa.Text),
        sa.PrimaryKeyConstraint("id", name="webhook_delivery_key"),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhook.id"], name="webhook_delivery_webhook_id_reference", ondelete="CASCADE"
        ),
    )
    for column in ("webhook_id", "created_at", "due_at"):
        op.create_index(f"webhook_delivery_{column}_index", "webhook_delivery", [column])
