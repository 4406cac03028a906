"""The language in which an account sees the pages."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0011"


def upgrade() -> None:
    """Goes from 0011 to 0016."""
    op.add_column("account", sa.Column("language", sa.Text))
