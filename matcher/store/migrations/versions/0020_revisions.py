"""A mark for each revision of the profiles, by which files made of them are known to fit."""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Goes from 0019 to 0020."""
    table = op.create_table(
        "profile_revision",
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("mark", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("revision", name="profile_revision_key"),
    )
    reached = op.get_bind().scalar(sa.text("SELECT value FROM setting WHERE name = 'revision'"))
    if int(reached or 0):
        op.bulk_insert(table, [{"revision": int(reached), "mark": uuid4().hex}])
