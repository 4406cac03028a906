"""Outcomes of shortlists, and rankers."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_TIME = sa.DateTime(timezone=True)
_CODE_POINT_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Goes from 0001 to 0002."""
    op.create_table(
        "outcome",
        sa.Column("shortlist_id", sa.Text, nullable=False),
        sa.Column("coach_id", _CODE_POINT_TEXT, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("rating", sa.Integer),
        sa.Column("reason", sa.Text),
        sa.Column("degree", sa.Text),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("recorded_at", _TIME, nullable=False),
        sa.Column("caller_id", sa.Text),
        sa.PrimaryKeyConstraint("shortlist_id", "coach_id", "event", name="outcome_key"),
        sa.ForeignKeyConstraint(
            ["shortlist_id"], ["shortlist.id"], name="outcome_shortlist_id_reference", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["caller_id"], ["caller.id"], name="outcome_caller_id_reference"),
    )
    op.create_table(
        "ranker",
        sa.Column("name", _CODE_POINT_TEXT, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("comparison", sa.Text, nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("promoted_at", _TIME),
        sa.Column("retired_at", _TIME),
        sa.PrimaryKeyConstraint("name", name="ranker_key"),
    )
