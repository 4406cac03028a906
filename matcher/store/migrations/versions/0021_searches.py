"""An index by which the searches of an organisation are listed, the newest first, without reading their answers."""

from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Goes from 0020 to 0021."""
    op.create_index("shortlist_search", "shortlist", ["owner", "first_id", "created_at", "account_id"])
