"""Buyers that shop from a procurement portal, and the visits of their people."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_CODE_POINT_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_IN_USE = sa.text("revoked_at IS NULL")


def upgrade() -> None:
    """Goes from 0013 to 0014."""
    time = sa.DateTime(timezone=True)
    op.create_table(
        "buyer",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("name", _CODE_POINT_TEXT, nullable=False),
        sa.Column("organisation", sa.Text, nullable=False),
        sa.Column("domain", sa.Text, nullable=False),
        sa.Column("identity", sa.Text, nullable=False),
        sa.Column("secret_hash", sa.Text, nullable=False),
        sa.Column("origins", sa.Text, nullable=False),
        sa.Column("unspsc", sa.Text, nullable=False),
        sa.Column("created_at", time, nullable=False),
        sa.Column("revoked_at", time),
        sa.PrimaryKeyConstraint("id", name="buyer_key"),
    )
    for name, columns in (("buyer_name_in_use", ["name"]), ("buyer_party_in_use", ["domain", "identity"])):
        op.create_index(name, "buyer", columns, unique=True, sqlite_where=_IN_USE, postgresql_where=_IN_USE)
    op.create_table(
        "visit",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("buyer_id", sa.Text, nullable=False),
        sa.Column("token_hash", sa.Text, nullable=False),
        sa.Column("request", sa.Text, nullable=False),
        sa.Column("created_at", time, nullable=False),
        sa.Column("opens_until", time, nullable=False),
        sa.Column("opened_at", time),
        sa.Column("expires_at", time),
        sa.Column("account_id", sa.Text),
        sa.PrimaryKeyConstraint("id", name="visit_key"),
        sa.UniqueConstraint("token_hash", name="visit_token_hash_unique"),
        sa.UniqueConstraint("account_id", name="visit_account_id_unique"),
        sa.ForeignKeyConstraint(["buyer_id"], ["buyer.id"], name="visit_buyer_id_reference"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="visit_account_id_reference"),
    )
    op.create_index("visit_buyer_id_index", "visit", ["buyer_id"])
