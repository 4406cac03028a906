"""How each language writes dates and money."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency

from matcher.domain.money import minor_digits
from matcher.texts import Language

LOCALES: Mapping[Language, Locale] = {"en": Locale("en", "GB"), "de": Locale("de", "DE")}
"""How each language writes dates, numbers and names; its tag is that of the pages."""


def day_in(value: date, language: Language) -> str:
    """A date in words.

    >>> day_in(date(2027, 1, 4), "en"), day_in(date(2027, 1, 4), "de")
    ('4 January 2027', '4. Januar 2027')
    """
    return format_date(value, "long", LOCALES[language])


def money_in(amount: Decimal, currency: str, language: Language) -> str:
    """An amount with its currency; whole amounts without decimals, others with no fewer than the currency has.

    >>> money_in(Decimal(1250), "EUR", "en"), money_in(Decimal("312.5"), "GBP", "en")
    ('€1,250', '£312.50')
    >>> money_in(Decimal(200), "CHF", "en")
    'CHF 200'
    >>> money_in(Decimal("0.1250"), "KWD", "en"), money_in(Decimal("83.335"), "EUR", "en")
    ('KWD 0.125', '€83.335')
    >>> money_in(Decimal("312.5"), "EUR", "de")
    '312,50 €'
    """
    locale = LOCALES[language]
    whole = amount == amount.to_integral_value()
    stated = -int(amount.normalize().as_tuple().exponent)
    number = "#,##0" if whole else "#,##0." + "0" * max(minor_digits(currency), stated)
    gap = " " if locale.currency_symbols.get(currency, currency).isalpha() else ""
    pattern = f"¤{gap}{number}" if language == "en" else f"{number} ¤"
    return format_currency(amount, currency, pattern, locale, currency_digits=False).replace("\xa0", " ")
