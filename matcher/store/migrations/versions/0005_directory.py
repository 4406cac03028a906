"""The directory of profiles, and files of profiles that wait to be imported."""

import hashlib
import json
import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_TIME = sa.DateTime(timezone=True)
_CODE_POINT_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_AT_ONCE = 500


def upgrade() -> None:
    """Goes from 0004 to 0005."""
    entry, code = _create_directory()
    _create_imports()
    connection = op.get_bind()
    coach = sa.table("coach", *map(sa.column, ("id", "document", "updated_at")))
    query = sa.select(coach.c.id, coach.c.document, sa.type_coerce(coach.c.updated_at, _TIME)).where(
        coach.c.document.is_not(None)
    )
    for rows in connection.execute(query).partitions(_AT_ONCE):
        profiles = [(coach_id, json.loads(document), moment) for coach_id, document, moment in rows]
        connection.execute(entry.insert(), [_entry(*profile) for profile in profiles])
        if codes := [row for coach_id, profile, _ in profiles for row in _codes(coach_id, profile)]:
            connection.execute(code.insert(), codes)


def _create_directory() -> tuple[sa.Table, sa.Table]:
    entry = op.create_table(
        "directory_entry",
        sa.Column("coach_id", _CODE_POINT_TEXT, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("headline", sa.Text, nullable=False),
        sa.Column("sort_name", _CODE_POINT_TEXT, nullable=False),
        sa.Column("coaching_hours", sa.Double),
        sa.Column("capacity", sa.Integer),
        sa.Column("accepting_from", sa.Date),
        sa.Column("availability_hash", sa.Text, nullable=False),
        sa.Column("availability_confirmed_at", _TIME, nullable=False),
        sa.Column("confirmed_at", _TIME, nullable=False),
        sa.Column("search_text", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("coach_id", name="directory_entry_key"),
        sa.ForeignKeyConstraint(["coach_id"], ["coach.id"], name="directory_entry_coach_id_reference"),
    )
    op.create_index("directory_entry_sort_name_index", "directory_entry", ["sort_name"])
    op.create_index("directory_entry_confirmed_at_index", "directory_entry", ["confirmed_at"])
    code = op.create_table(
        "directory_code",
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("coach_id", _CODE_POINT_TEXT, nullable=False),
        sa.Column("valid_until", sa.Date),
        sa.PrimaryKeyConstraint("kind", "code", "coach_id", name="directory_code_key"),
        sa.ForeignKeyConstraint(["coach_id"], ["coach.id"], name="directory_code_coach_id_reference"),
    )
    op.create_index("directory_code_coach_id_index", "directory_code", ["coach_id"])
    return entry, code


def _create_imports() -> None:
    op.create_table(
        "profile_import",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("account_id", sa.Text, nullable=False),
        sa.Column("file_name", sa.Text, nullable=False),
        sa.Column("uploaded_at", _TIME, nullable=False),
        sa.Column("seen_at", _TIME, nullable=False),
        sa.Column("added", sa.Integer, nullable=False),
        sa.Column("replaced", sa.Integer, nullable=False),
        sa.Column("unchanged", sa.Integer, nullable=False),
        sa.Column("findings", sa.Text, nullable=False),
        sa.Column("run", sa.Text),
        sa.Column("reached", sa.Integer, nullable=False),
        sa.Column("finished", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="profile_import_key"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="profile_import_account_id_reference"),
    )
    op.create_index("profile_import_seen_at_index", "profile_import", ["seen_at"])
    op.create_table(
        "staged_profile",
        sa.Column("import_id", sa.Text, nullable=False),
        sa.Column("line", sa.Integer, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("import_id", "line", name="staged_profile_key"),
        sa.ForeignKeyConstraint(
            ["import_id"], ["profile_import.id"], name="staged_profile_import_id_reference", ondelete="CASCADE"
        ),
    )


def _entry(coach_id: str, profile: dict[str, Any], moment: Any) -> dict[str, Any]:
    experience, availability = profile.get("experience", {}), profile.get("availability", {})
    texts = [profile["name"], coach_id, *(profile.get(name, "") for name in ("headline", "bio", "approach"))]
    texts += [*experience.get("roles_held", []), *profile.get("methods", []), *profile.get("locations", [])]
    texts += [reference.get("text", "") for reference in profile.get("references", [])]
    # As the service writes it, so that an availability that is put again is not taken for another one.
    written = json.dumps(availability, ensure_ascii=False, separators=(",", ":"))
    return {
        "coach_id": coach_id,
        "name": profile["name"],
        "headline": profile.get("headline", ""),
        "sort_name": _folded(profile["name"]),
        "coaching_hours": experience.get("coaching_hours"),
        "capacity": availability.get("capacity"),
        "accepting_from": _day(availability.get("accepting_from")),
        "availability_hash": hashlib.sha256(written.encode()).hexdigest(),
        "availability_confirmed_at": moment,
        "confirmed_at": moment,
        "search_text": _folded("\n".join(texts)),
    }


def _codes(coach_id: str, profile: dict[str, Any]) -> Iterator[dict[str, Any]]:
    codes = {
        "language": profile.get("languages", []),
        "focus_area": profile.get("focus_areas", []),
        "industry": profile.get("industries", []),
        "level": profile.get("experience", {}).get("levels_coached", []),
        "style": profile.get("styles", []),
    }
    found: dict[tuple[str, str], date | None] = {(kind, code): None for kind, all_ in codes.items() for code in all_}
    held = [(f"{one['body']} {one['level']}", _day(one.get("valid_until"))) for one in profile.get("credentials", [])]
    # Of the same credential twice, the one that lasts longer counts, and one without an end longest.
    for code, end in sorted(held, key=lambda one: one[1] or date.max):
        found["credential", code] = end
    for (kind, code), end in found.items():
        yield {"kind": kind, "code": code, "coach_id": coach_id, "valid_until": end}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _folded(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in apart if not unicodedata.combining(character))
