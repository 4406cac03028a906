"""Until when a one-time password can be used; those that were handed out before count from the upgrade on."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_TIME = sa.DateTime(timezone=True)
_DAYS = 7


def upgrade() -> None:
    """Goes from 0006 to 0007."""
    op.add_column("account", sa.Column("password_expires_at", _TIME))
    account = sa.table(
        "account", sa.column("must_change_password", sa.Boolean), sa.column("password_expires_at", _TIME)
    )
    until = datetime.now(UTC) + timedelta(days=_DAYS)
    op.execute(account.update().where(account.c.must_change_password).values(password_expires_at=until))
