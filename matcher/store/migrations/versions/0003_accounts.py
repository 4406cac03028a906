"""Accounts, and the organisation that each need and shortlist belongs to."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_TIME = sa.DateTime(timezone=True)
_CODE_POINT_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Goes from 0002 to 0003."""
    _create_accounts()
    for table in ("need", "shortlist", "outcome"):
        account = sa.ForeignKey("account.id", name=f"{table}_account_id_reference")
        # SQLite takes a reference with its column, and at no other time.
        op.add_column(table, sa.Column("account_id", sa.Text, account), inline_references=True)
    for table in ("need", "shortlist"):
        op.add_column(table, sa.Column("owner", sa.Text))
        _give_to_organisations(table)


def _create_accounts() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("email", _CODE_POINT_TEXT, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("organisation", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("password_hash", sa.Text),
        sa.Column("must_change_password", sa.Boolean, nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("disabled_at", _TIME),
        sa.PrimaryKeyConstraint("id", name="account_key"),
        sa.UniqueConstraint("email", name="account_email_unique"),
    )
    op.create_table(
        "sign_in",
        sa.Column("key_hash", sa.Text, nullable=False),
        sa.Column("account_id", sa.Text, nullable=False),
        sa.Column("begun_at", _TIME, nullable=False),
        sa.Column("seen_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("key_hash", name="sign_in_key"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="sign_in_account_id_reference"),
    )
    op.create_index("sign_in_account_id_index", "sign_in", ["account_id"])
    op.create_table(
        "sign_in_attempt",
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("since", _TIME, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("subject", name="sign_in_attempt_key"),
    )


def _give_to_organisations(name: str) -> None:
    """What callers asked for goes to their organisation, where they have one; what the form asked for, to "default"."""
    asked = sa.table(name, sa.column("caller_id"), sa.column("owner"))
    caller = sa.table("caller", sa.column("id"), sa.column("organisation"))
    organisation = sa.select(caller.c.organisation).where(caller.c.id == asked.c.caller_id).scalar_subquery()
    op.execute(asked.update().where(asked.c.caller_id.is_not(None)).values(owner=organisation))
    op.execute(asked.update().where(asked.c.caller_id.is_(None)).values(owner="default"))
