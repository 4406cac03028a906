"""Since when nothing of a batch could be answered, and when that was tried last."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Goes from 0022 to 0023."""
    for name in ("failing_since", "failed_at"):
        op.add_column("shortlist_batch", sa.Column(name, sa.DateTime(timezone=True)))
