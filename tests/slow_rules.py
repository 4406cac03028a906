"""The rules of the contract and those beside it, read out coach by coach: slow, without numpy and our index."""

from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from matcher.domain import Coach, Need, ReferenceRates, Window
from matcher.domain.vocabulary import DAYS


def reasons_against(coach: Coach, need: Need, rates: ReferenceRates, today: date) -> list[str]:
    start_by = need.start_by or today
    wanted = need.requirements
    holds = {
        "language": not need.languages or bool(set(need.languages) & set(coach.languages)),
        "modality": not need.modalities or any(can_meet(coach, need, modality) for modality in need.modalities),
        "budget": need.budget is None or is_affordable(coach, need, rates),
        "capacity": (coach.availability.capacity or 0) >= 1,
        "start": (coach.availability.accepting_from or today) <= start_by,
        "availability": not need.availability.weekly
        or longest_time(coach, need, start_by) >= timedelta(minutes=need.sessions.minutes),
        "credential": wanted.min_credential_rank is None
        or any(
            held.verified
            and held.rank >= wanted.min_credential_rank
            and (held.valid_until is None or held.valid_until >= start_by)
            for held in coach.credentials
        ),
        "references": sum(reference.verified for reference in coach.references)
        >= (wanted.min_verified_references or 0),
        "conflict": not need.organisation.strip()
        or need.organisation.strip().casefold() not in [name.strip().casefold() for name in coach.conflicts],
        "excluded": coach.id not in wanted.exclude_coaches,
        "contract": not wanted.framework_contract or is_contracted(coach, start_by),
    }
    return [reason for reason, holding in holds.items() if not holding]


def is_contracted(coach: Coach, day: date) -> bool:
    contract = coach.supplier and coach.supplier.contract
    return contract is not None and (contract.valid_from or day) <= day <= (contract.valid_until or day)


def can_meet(coach: Coach, need: Need, modality: str) -> bool:
    if modality == "in_person" and (not need.location or need.location not in coach.locations):
        return False
    return modality in coach.modalities


def is_affordable(coach: Coach, need: Need, rates: ReferenceRates) -> bool:
    price = Fraction(coach.fees.amount) * need.sessions.minutes / (coach.fees.minutes or 60)
    origin, target = coach.fees.currency, need.budget.currency
    if origin != target:
        if origin not in rates.per_euro or target not in rates.per_euro:
            return False
        price = price / rates.per_euro[origin] * rates.per_euro[target]
    return price <= Fraction(need.budget.per_session)


def longest_time(coach: Coach, need: Need, start_by: date) -> timedelta:
    """For how long a window of both overlaps in the week of `start_by`; zero where none does."""
    monday = start_by - timedelta(days=start_by.weekday())
    needed = [span(window, monday, need.timezone) for window in need.availability.weekly]
    offered = [
        span(window, monday + timedelta(weeks=week), coach.timezone)
        for window in coach.availability.weekly
        for week in (-1, 0, 1)
    ]
    overlaps = [min(ends, end) - max(starts, start) for starts, ends in offered for start, end in needed]
    return max([timedelta(0), *overlaps])


def span(window: Window, monday: date, zone: str) -> tuple[datetime, datetime]:
    day = monday + timedelta(days=DAYS.index(window.day))
    return instant(day, window.start, zone), instant(day, window.end, zone)


def instant(day: date, clock: str, zone: str) -> datetime:
    if clock == "24:00":
        day, clock = day + timedelta(days=1), "00:00"
    return datetime.combine(day, time.fromisoformat(clock), ZoneInfo(zone)).astimezone(UTC)
