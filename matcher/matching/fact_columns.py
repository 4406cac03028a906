"""The facts of coaches as columns, one value a coach."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.domain import Coach, vocabulary
from matcher.matching.columns import Columns, ints, numbers
from matcher.matching.flags import Flags

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

UNLIMITED = np.iinfo(np.int32).max
"""A day (proleptic Gregorian ordinal) after every other: of what does not expire."""

FROM_TODAY = 0
"""A day before every other: a coach who accepts from today."""

MONEY_UNITS = 10_000
"""Amounts are kept as whole ten-thousandths, so that comparisons are exact."""

TIMEZONES: tuple[str, ...] = tuple(sorted(vocabulary.TIMEZONES))


@dataclass(frozen=True)
class Facts(Columns):
    """One value a coach. A NaN is an unknown number."""

    languages: Flags
    modalities: Flags
    timezone: Ints
    """Place in TIMEZONES."""
    fee_amount: Ints
    """In ten-thousandths of the currency's unit."""
    fee_currency: Ints
    """Place in vocabulary.CURRENCIES."""
    fee_minutes: Ints
    capacity: Ints
    """0 when unknown."""
    accepting_from: Ints
    """Ordinal day, or FROM_TODAY."""
    contract_from: Ints
    """Ordinal day on which the framework contract begins; UNLIMITED where there is none: it never does."""
    contract_until: Ints
    """The last day that it is valid on, or UNLIMITED."""
    focus_areas: Flags
    styles: Flags
    industries: Flags
    levels: Flags
    coaching_hours: Floats
    coaching_years: Floats
    leadership_years: Floats


def facts_of(coaches: Sequence[Coach]) -> Facts:
    """The facts of those coaches, a row each, in that order."""
    currency = {code: place for place, code in enumerate(vocabulary.CURRENCIES)}
    timezone = {name: place for place, name in enumerate(TIMEZONES)}
    return Facts(
        languages=Flags.of([coach.languages for coach in coaches], vocabulary.LANGUAGES),
        modalities=Flags.of([coach.modalities for coach in coaches], vocabulary.MODALITIES),
        timezone=ints([timezone[coach.timezone] for coach in coaches]),
        fee_amount=ints([int(coach.fees.amount * MONEY_UNITS) for coach in coaches]),
        fee_currency=ints([currency[coach.fees.currency] for coach in coaches]),
        fee_minutes=ints([coach.fees.priced_minutes for coach in coaches]),
        capacity=ints([coach.availability.capacity or 0 for coach in coaches]),
        accepting_from=ints(
            [day.toordinal() if (day := coach.availability.accepting_from) else FROM_TODAY for coach in coaches]
        ),
        contract_from=ints([_contract_days(coach)[0] for coach in coaches]),
        contract_until=ints([_contract_days(coach)[1] for coach in coaches]),
        focus_areas=Flags.of([coach.focus_areas for coach in coaches], vocabulary.FOCUS_AREAS),
        styles=Flags.of([coach.styles for coach in coaches], vocabulary.STYLES),
        industries=Flags.of([coach.industries for coach in coaches], vocabulary.INDUSTRIES),
        levels=Flags.of([coach.experience.levels_coached for coach in coaches], vocabulary.LEVELS),
        coaching_hours=numbers([coach.experience.coaching_hours for coach in coaches]),
        coaching_years=numbers([coach.experience.coaching_years for coach in coaches]),
        leadership_years=numbers([coach.experience.leadership_years for coach in coaches]),
    )


def _contract_days(coach: Coach) -> tuple[int, int]:
    """The first and the last day of the framework contract; it begins after every day where there is none."""
    contract = coach.supplier.contract if coach.supplier else None
    if contract is None:
        return UNLIMITED, UNLIMITED
    begins = contract.valid_from.toordinal() if contract.valid_from else 0
    return begins, contract.valid_until.toordinal() if contract.valid_until else UNLIMITED
