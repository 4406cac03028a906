"""Databases as earlier versions of the service left them."""

from datetime import UTC, datetime

from alembic import command
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from matcher.domain import Coach
from matcher.store import database, schema

NOW = datetime(2027, 1, 4, 9, 30, tzinfo=UTC)


def bring_to(engine: Engine, revision: str) -> None:
    """Gives an empty database the schema of an earlier version."""
    with database.transaction(engine) as connection:
        config = schema._config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def older_profile(session: Session, coach: Coach) -> None:
    """A profile as it was kept before there was a directory."""
    session.execute(
        text("INSERT INTO coach VALUES (:id, :document, 'x', 1, :no, :now, :now)"),
        {
            "id": coach.id,
            "document": coach.model_dump_json(by_alias=True, exclude_defaults=True),
            "no": False,
            "now": NOW.isoformat(" ", "seconds"),
        },
    )


def older_caller(session: Session, name: str, organisation: str | None) -> None:
    """A caller as it was kept before callers had scopes; its name is its id too."""
    session.execute(
        text(
            "INSERT INTO caller (id, name, organisation, key_hash, key_prefix, created_at) "
            "VALUES (:name, :name, :organisation, :name, '', :now)"
        ),
        {"name": name, "organisation": organisation, "now": NOW.isoformat(" ", "seconds")},
    )


def older_shortlist(session: Session, shortlist_id: str, caller_id: str | None) -> None:
    """A shortlist with its need, as they were kept before each belonged to an organisation."""
    row = {"id": shortlist_id, "caller": caller_id, "now": NOW.isoformat(" ", "seconds")}
    session.execute(
        text(
            "INSERT INTO need (id, organisation, document, content_hash, caller_id, received_at) "
            "VALUES (:id, '', '{}', '', :caller, :now)"
        ),
        row,
    )
    session.execute(
        text(
            "INSERT INTO shortlist (id, need_id, caller_id, created_at, answer, assessment, facts) "
            "VALUES (:id, :id, :caller, :now, '{}', :nothing, '{}')"
        ),
        row | {"nothing": b""},
    )
