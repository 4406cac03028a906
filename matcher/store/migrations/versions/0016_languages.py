"""The language in which an account sees the pages."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Goes from 0015 to 0016."""
    op.add_column("account", sa.Column("language", sa.Text))
