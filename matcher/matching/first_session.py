"""When a coach could first meet somebody, as far as both have said when they have time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from matcher.domain import Coach, Need, Window, minute_of_day

_DAYS_LOOKED_AT = 28
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class FirstSession:
    """The earliest stretch of time that is long enough; `start` and `end` are in one zone."""

    start: datetime
    end: datetime


def first_session(coach: Coach, need: Need, after: date) -> FirstSession | None:
    """The first time after that day at which the coach takes somebody on and has long enough for a session.

    Where the need names times, the coach's and these must overlap, and the answer is in the need's zone; else it is
    in the coach's. None where the coach names no times, or none within four weeks that would do.
    """
    first = max(after + _DAY, coach.availability.accepting_from or after + _DAY)
    length = timedelta(minutes=need.sessions.minutes)
    own = list(_stretches(coach.availability.weekly, coach.timezone, first))
    if need.availability.weekly and need.timezone:
        zone = ZoneInfo(need.timezone)
        wanted = list(_stretches(need.availability.weekly, need.timezone, first))
        found = [(max(a[0], b[0]), min(a[1], b[1])) for a in own for b in wanted]
    else:
        zone, found = ZoneInfo(coach.timezone), own
    long_enough = [(start, end) for start, end in found if end - start >= length]
    if not long_enough:
        return None
    start, end = min(long_enough)
    return FirstSession(start.astimezone(zone), end.astimezone(zone))


def _stretches(windows: tuple[Window, ...], zone_name: str, first: date) -> Iterator[tuple[datetime, datetime]]:
    """The windows on the days from `first` on, in UTC, since clocks of one zone cannot be subtracted over a change."""
    zone = ZoneInfo(zone_name)
    for day in (first + place * _DAY for place in range(_DAYS_LOOKED_AT)):
        for window in windows:
            if window.weekday == day.weekday():
                yield _instant(day, window.start, zone), _instant(day, window.end, zone)


def _instant(day: date, clock: str, zone: ZoneInfo) -> datetime:
    days, minutes = divmod(minute_of_day(clock), 1440)
    return datetime.combine(day + days * _DAY, time(minutes // 60, minutes % 60), zone).astimezone(UTC)
