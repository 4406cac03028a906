"""A secret of a webhook that was replaced, and until when it still signs."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0016"


def upgrade() -> None:
    """Goes from 0016 to 0019."""
    op.add_column("webhook", sa.Column("old_secret", sa.Text))
    op.add_column("webhook", sa.Column("old_secret_expires_at", sa.DateTime(timezone=True)))
