"""The audit log: entries that nothing changes or deletes, and how far it has come."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

_REFUSED = "the audit log is only added to"
_SQLITE = (
    "CREATE TRIGGER audit_entry_stays_{event} BEFORE {EVENT} ON audit_entry "
    "BEGIN SELECT RAISE(ABORT, '" + _REFUSED + "'); END"
)
_POSTGRESQL = (
    "CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{_REFUSED}'; END $$",
    "CREATE TRIGGER audit_entry_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry "
    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()",
)


def upgrade() -> None:
    """Goes from 0012 to 0013."""
    by_code_point = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.create_table(
        "audit_entry",
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("at", by_code_point, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("actor_kind", sa.Text, nullable=False),
        sa.Column("actor_id", sa.Text),
        sa.Column("organisation", sa.Text),
        sa.Column("subject", sa.Text),
        sa.Column("details", sa.Text, nullable=False),
        sa.Column("previous", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="audit_entry_key"),
        sa.UniqueConstraint("previous", name="audit_entry_previous_unique"),
    )
    for column in ("at", "action", "actor_id", "subject"):
        op.create_index(f"audit_entry_{column}_index", "audit_entry", [column])
    head = op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="audit_head_key"),
        sa.CheckConstraint("id = 1", name="audit_head_only_one"),
    )
    op.bulk_insert(head, [{"id": 1, "count": 0, "hash": "0" * 64}])
    for statement in _triggers(op.get_bind().dialect.name):
        op.execute(statement)


def _triggers(dialect: str) -> tuple[str, ...]:
    if dialect == "postgresql":
        return _POSTGRESQL
    return tuple(_SQLITE.format(event=event.lower(), EVENT=event) for event in ("UPDATE", "DELETE"))
