"""Money, dates and counts as people read them, in the language of the page."""

from datetime import UTC, date, datetime
from decimal import Decimal

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from matcher.locales import day_in, money_in
from matcher.texts import Phrase
from matcher.web.language import gettext, language, locale, said

_WORDS = (
    Phrase("no"),
    Phrase("one"),
    Phrase("two"),
    Phrase("three"),
    Phrase("four"),
    Phrase("five"),
    Phrase("six"),
    Phrase("seven"),
    Phrase("eight"),
    Phrase("nine"),
    Phrase("ten"),
)
_PLACES = {
    "references": Phrase("reference %(number)s"),
    "credentials": Phrase("credential %(number)s"),
    "bio": Phrase("bio"),
    "approach": Phrase("approach"),
    "headline": Phrase("headline"),
    "focus_areas": Phrase("focus areas"),
    "styles": Phrase("styles"),
    "industries": Phrase("industries"),
    "levels_coached": Phrase("levels coached"),
    "roles_held": Phrase("roles held"),
    "level": Phrase("level"),
    "leadership_years": Phrase("years of leading people"),
    "coaching_hours": Phrase("hours of coaching"),
}


def money(amount: Decimal, currency: str) -> str:
    """An amount with its currency.

    >>> money(Decimal("312.5"), "GBP")
    '£312.50'
    """
    return money_in(amount, currency, language())


def rate(value: Decimal) -> str:
    """A rate that is given in hundredths.

    >>> rate(Decimal("21.0")), rate(Decimal("5.5"))
    ('21%', '5.5%')
    """
    return _in_hundredths(format_decimal(value, locale=locale()))


def day(value: date) -> str:
    """A date in words.

    >>> day(date(2027, 1, 4))
    '4 January 2027'
    """
    return day_in(value, language())


def rate_source(told: str) -> str:
    """Whose rates they are, and the day of each that is older, as `ReferenceRate.source` tells it.

    >>> rate_source("ECB; HRK of 2022-12-30")
    'ECB; HRK of 30 December 2022'
    """
    name, *older = told.split("; ")
    dated = [one.partition(" of ") for one in older]
    days = [gettext("%(currency)s of %(day)s", currency=code, day=day(date.fromisoformat(on))) for code, _, on in dated]
    return "; ".join([said(name), *days])


def moment(value: datetime) -> str:
    """A time in UTC.

    >>> moment(datetime(2027, 1, 4, 9, 5, tzinfo=UTC))
    '4 January 2027, 09:05 UTC'
    """
    pattern = "d MMMM y, HH:mm 'UTC'" if language() == "en" else "d. MMMM y, HH:mm 'Uhr (UTC)'"
    return format_datetime(value.astimezone(UTC), pattern, locale=locale())


def clock(value: datetime) -> str:
    """A day of the week with its date.

    >>> clock(datetime(2027, 1, 4, 9, 5))
    'Monday, 4 January 2027'
    """
    return f"{format_date(value.date(), 'EEEE', locale())}, {day(value.date())}"


def decimal(value: float, places: int | None = None) -> str:
    """A number in digits; with so many decimal places, where they are given.

    >>> decimal(1200), decimal(2.5), decimal(0.5, 3)
    ('1,200', '2.5', '0.500')
    """
    pattern = None if places is None else f"#,##0.{'0' * places}"
    return format_decimal(value, format=pattern, locale=locale())


def signed(value: float, places: int) -> str:
    """A number with its sign.

    >>> signed(0.03, 3), signed(-0.04, 2)
    ('+0.030', '−0.04')
    """
    return f"{'−' if value < 0 else '+'}{decimal(abs(value), places)}"


def percent(share: float, places: int = 0) -> str:
    """A share of the whole in hundredths.

    >>> percent(0.0412, 1), percent(0.5)
    ('4.1%', '50%')
    """
    return _in_hundredths(decimal(share * 100, places))


def _in_hundredths(number: str) -> str:
    return gettext("%(number)s%%", number=number)


def number(value: int) -> str:
    """A number as it stands in a sentence.

    >>> number(2), number(12)
    ('two', '12')
    """
    return said(_WORDS[value]) if value < len(_WORDS) else str(value)


def listed(words: list[str]) -> str:
    """Words as a person lists them, the last after an "and".

    >>> listed(["Ada", "Bo", "Cy"]), listed(["Ada"])
    ('Ada, Bo and Cy', 'Ada')
    """
    return " ".join([", ".join(words[:-1]), gettext("and"), words[-1]]) if len(words) > 1 else "".join(words)


def place(source: str) -> str:
    """Where a passage stands in a profile.

    >>> place("references/1"), place("bio"), place("experience/levels_coached"), place("credentials/0")
    ('reference 2', 'bio', 'levels coached', 'credential 1')
    """
    *_, before, last = ("", *source.split("/"))
    if last.isdigit() and before in _PLACES:
        return gettext(_PLACES[before].message, number=int(last) + 1)
    return said(_PLACES.get(last, Phrase(last.replace("_", " "))))
