"""Work apart from requests: the queue, and batches of needs with their lines."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_CODE_POINT_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Goes from 0011 to 0012."""
    op.create_table(
        "queued_task",
        sa.Column("subject", _CODE_POINT_TEXT, nullable=False),
        sa.Column("queue", sa.Text, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("subject", name="queued_task_key"),
    )
    op.create_index("queued_task_due_at_index", "queued_task", ["due_at"])
    op.create_table(
        "shortlist_batch",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("owner", sa.Text),
        sa.Column("caller_id", sa.Text),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("cancelled", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="shortlist_batch_key"),
        sa.ForeignKeyConstraint(["caller_id"], ["caller.id"], name="shortlist_batch_caller_id_reference"),
    )
    for column in ("owner", "caller_id", "finished_at"):
        op.create_index(f"shortlist_batch_{column}_index", "shortlist_batch", [column])
    _create_lines()


def _create_lines() -> None:
    op.create_table(
        "batch_line",
        sa.Column("batch_id", sa.Text, nullable=False),
        sa.Column("line", sa.Integer, nullable=False),
        sa.Column("given_id", sa.Text),
        sa.Column("document", sa.Text),
        sa.Column("run", sa.Text),
        sa.Column("claimed_at", sa.DateTime(timezone=True)),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("problems", sa.Text),
        sa.Column("shortlist_id", sa.Text),
        sa.PrimaryKeyConstraint("batch_id", "line", name="batch_line_key"),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["shortlist_batch.id"], name="batch_line_batch_id_reference", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["shortlist_id"], ["shortlist.id"], name="batch_line_shortlist_id_reference", ondelete="SET NULL"
        ),
    )
    for column in ("run", "shortlist_id"):
        op.create_index(f"batch_line_{column}_index", "batch_line", [column])
