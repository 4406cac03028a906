"""What callers may do, when they last did, and keys that hold for a while after they were replaced."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Goes from 0010 to 0011."""
    op.add_column("caller", sa.Column("scopes", sa.Text))
    op.add_column("caller", sa.Column("last_used_at", sa.DateTime(timezone=True)))
    op.add_column("caller", sa.Column("old_key_hash", sa.Text))
    op.add_column("caller", sa.Column("old_key_expires_at", sa.DateTime(timezone=True)))
    op.create_index("caller_old_key_hash_index", "caller", ["old_key_hash"])
