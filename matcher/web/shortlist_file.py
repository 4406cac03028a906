"""A shortlist as a file for a spreadsheet."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from flask import Response

from matcher.domain import Coach, Need, Shortlist, ShortlistedCoach
from matcher.domain.audit import need_hash
from matcher.service import history_of, record_export
from matcher.store.outcomes import RecordedOutcome
from matcher.texts import Phrase
from matcher.web import coach_facts, offer_shown, outcome_history
from matcher.web.access import MATCHING, open_to
from matcher.web.blueprint import service, web
from matcher.web.language import said
from matcher.web.presentation import ROLE_MEANINGS
from matcher.web.shortlist_pages import sealed_shortlist
from matcher.web.signed_in import account

BYTE_ORDER_MARK = "\ufeff"
"""Without it, spreadsheets take UTF-8 for something else."""

_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
_COLUMNS = (
    Phrase("Rank"),
    Phrase("Coach"),
    Phrase("Id"),
    Phrase("Score"),
    Phrase("Band"),
    Phrase("Roles"),
    Phrase("Price per session"),
    Phrase("Price in all"),
    Phrase("Currency"),
)
_WORDS = (Phrase("Reasons"), Phrase("Reservation"), Phrase("What happened"))


@web.get("/shortlists/<shortlist_id>/coaches.csv")
@open_to(MATCHING)
def shortlist_file(shortlist_id: str) -> Response:
    """The coaches of the shortlist, a row each; nothing of what was written about the manager."""
    kept = sealed_shortlist(shortlist_id)
    recorded = history_of(service().engine, shortlist_id, account().requester)
    record_export(
        service().engine,
        account().requester.actor,
        "shortlist.exported",
        datetime.now(UTC),
        shortlist_id,
        need=need_hash(kept.sealed.answer),
        coaches=[coach.coach_id for coach in kept.answer.coaches],
    )
    profiles = coach_facts.sealed_profiles(kept.sealed.facts)
    response = Response(written(kept.answer, profiles, recorded, datetime.now(UTC)), mimetype="text/csv")
    name = f"shortlist-{kept.answer.created_at:%Y-%m-%d}-{kept.answer.id[:8]}.csv"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "no-store"
    return response


def written(
    answer: Shortlist, profiles: Mapping[str, Coach], recorded: Sequence[RecordedOutcome], now: datetime
) -> str:
    """The file: comma-separated, with a byte order mark, and no cell that a spreadsheet would compute."""
    file = io.StringIO()
    lines = csv.writer(file)
    rows = list(_rows(answer, profiles, recorded, now))
    facts = list(dict.fromkeys(name for _, own, _ in rows for name in own))
    lines.writerow([*map(said, _COLUMNS), *facts, *map(said, _WORDS)])
    for first, own, last in rows:
        lines.writerow([harmless(cell) for cell in (*first, *(own.get(name, "") for name in facts), *last)])
    return BYTE_ORDER_MARK + file.getvalue()


def harmless(cell: object) -> str:
    """A cell as text that no spreadsheet takes for a formula.

    >>> harmless("=1+1"), harmless("Ada"), harmless(None)
    ("'=1+1", 'Ada', '')
    """
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_FORMULAS) else text


_Row = tuple[tuple[object, ...], dict[str, str], tuple[str, ...]]


def _rows(
    answer: Shortlist, profiles: Mapping[str, Coach], recorded: Sequence[RecordedOutcome], now: datetime
) -> Iterator[_Row]:
    histories = {one.coach_id: one for one in outcome_history.histories(answer, recorded)}
    for coach in answer.coaches:
        happened = "; ".join(f"{entry.words} ({entry.day})" for entry in histories[coach.coach_id].entries)
        offered = offer_shown.cells(coach.offer) if coach.offer else {}
        own = offered | _facts(profiles.get(coach.coach_id), answer.need, now)
        yield _numbers(coach), own, (" ".join(coach.reasons), coach.reservation, happened)


def _numbers(coach: ShortlistedCoach) -> tuple[object, ...]:
    price = coach.price
    return (
        coach.rank,
        coach.name,
        coach.coach_id,
        f"{coach.score:.3f}",
        coach.band,
        ", ".join(said(ROLE_MEANINGS[role][0]) for role in coach.roles),
        price and price.per_session,
        price and price.engagement,
        price and price.currency,
    )


def _facts(coach: Coach | None, need: Need, now: datetime) -> dict[str, str]:
    found = coach_facts.facts(coach, need, now.date()) if coach else ()
    return {name: "; ".join(lines) for name, lines in found}
