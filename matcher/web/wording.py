"""Money, dates and counts as people read them."""

from datetime import UTC, date, datetime
from decimal import Decimal

from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal

from matcher.domain.money import minor_digits
from matcher.web.choices import ENGLISH

_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_PLACE_OF_A_NUMBER = {"leadership_years": "years of leading people", "coaching_hours": "hours of coaching"}


def money(amount: Decimal, currency: str) -> str:
    """An amount with its currency; whole amounts without decimals, others with no fewer than the currency has.

    >>> money(Decimal(1250), "EUR"), money(Decimal("312.5"), "GBP"), money(Decimal(200), "CHF")
    ('€1,250', '£312.50', 'CHF 200')
    >>> money(Decimal("0.1250"), "KWD"), money(Decimal("83.335"), "EUR")
    ('KWD 0.125', '€83.335')
    """
    whole = amount == amount.to_integral_value()
    stated = -int(amount.normalize().as_tuple().exponent)
    places = "" if whole else "." + "0" * max(minor_digits(currency), stated)
    symbol = "¤ " if ENGLISH.currency_symbols.get(currency, currency).isalpha() else "¤"
    return format_currency(amount, currency, f"{symbol}#,##0{places}", ENGLISH, currency_digits=False).replace(
        "\xa0", " "
    )


def percent(rate: Decimal) -> str:
    """A rate in hundredths.

    >>> percent(Decimal("21.0")), percent(Decimal("5.5"))
    ('21 %', '5.5 %')
    """
    return f"{format_decimal(rate, locale=ENGLISH)} %"


def day(value: date) -> str:
    """A date in words.

    >>> day(date(2027, 1, 4))
    '4 January 2027'
    """
    return format_date(value, "long", ENGLISH)


def moment(value: datetime) -> str:
    """A time in UTC.

    >>> moment(datetime(2027, 1, 4, 9, 5, tzinfo=UTC))
    '4 January 2027, 09:05 UTC'
    """
    return format_datetime(value.astimezone(UTC), "d MMMM y, HH:mm 'UTC'", locale=ENGLISH)


def counted(number: int, one: str, many: str) -> str:
    """A number with its noun.

    >>> counted(1, "coach", "coaches"), counted(1200, "coach", "coaches")
    ('1 coach', '1,200 coaches')
    """
    return f"{format_decimal(number, locale=ENGLISH)} {one if number == 1 else many}"


def number(value: int) -> str:
    """A number as it stands in a sentence.

    >>> number(2), number(12)
    ('two', '12')
    """
    return _WORDS[value] if value < len(_WORDS) else str(value)


def place(source: str) -> str:
    """Where a passage stands in a profile.

    >>> place("references/1"), place("bio"), place("experience/levels_coached"), place("credentials/0")
    ('reference 2', 'bio', 'levels coached', 'credential 1')
    """
    *_, before, last = ("", *source.split("/"))
    if last.isdigit():
        return f"{before.removesuffix('s')} {int(last) + 1}"
    return _PLACE_OF_A_NUMBER.get(last, last.replace("_", " "))
