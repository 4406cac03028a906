"""Whom an identity provider knows an account as, and the sign-ins that are under way there."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Goes from 0007 to 0008."""
    op.add_column("account", sa.Column("identity_issuer", sa.Text))
    op.add_column("account", sa.Column("identity_subject", sa.Text))
    op.create_index("account_identity", "account", ["identity_issuer", "identity_subject"], unique=True)
    op.create_table(
        "sign_on",
        sa.Column("key_hash", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key_hash", name="sign_on_key"),
    )
