"""Secrets of webhooks are kept sealed; those that are there are sealed by `matcher db upgrade`, which has the key."""

from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Goes from 0021 to 0022."""
    op.alter_column("webhook", "secret", new_column_name="sealed_secret")
    op.alter_column("webhook", "old_secret", new_column_name="sealed_old_secret")
