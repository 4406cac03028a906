"""Shortlists that refine another one."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Goes from 0009 to 0010."""
    for name in ("refines_id", "first_id"):
        reference = sa.ForeignKey("shortlist.id", name=f"shortlist_{name}_reference")
        # SQLite takes a reference with its column, and at no other time.
        op.add_column("shortlist", sa.Column(name, sa.Text, reference), inline_references=True)
        op.create_index(f"shortlist_{name}_index", "shortlist", [name])
