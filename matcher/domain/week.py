"""Weekly windows of time, as coaches offer and needs ask for them."""

import re
from typing import Annotated

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from matcher.domain import vocabulary
from matcher.domain.fields import Code, Record

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


def minute_of_day(clock: str) -> int:
    """Minutes since local midnight of a clock time; "24:00" is the end of the day.

    >>> minute_of_day("09:30"), minute_of_day("24:00")
    (570, 1440)
    """
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def _from(value: object) -> object:
    if isinstance(value, str) and not _CLOCK.fullmatch(value):
        raise PydanticCustomError("clock", 'must be a time like "09:30", from 00:00 to 23:59')
    return value


def _to(value: object) -> object:
    return value if value == "24:00" else _from(value)


class Window(Record):
    """A span of local time that comes back every week; it ends after it starts, on the same day."""

    day: Annotated[str, Code("day", vocabulary.DAYS)]
    start: Annotated[str, BeforeValidator(_from)] = Field(alias="from", examples=["09:00"])
    end: Annotated[str, BeforeValidator(_to)] = Field(alias="to", examples=["17:30"])

    @field_validator("end")
    @classmethod
    def _ends_after_start(cls, end: str, info: ValidationInfo) -> str:
        if end <= info.data.get("start", ""):
            raise PydanticCustomError("window_order", "must be later than from; split a window that crosses midnight")
        return end

    @property
    def weekday(self) -> int:
        """0 for Monday to 6 for Sunday."""
        return vocabulary.DAYS.index(self.day)
