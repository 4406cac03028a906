"""Dated reference rates between currencies, and amounts as they are billed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import floor

_WITHOUT_MINOR_UNIT = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_WITH_THOUSANDTHS = "BHD IQD JOD KWD LYD OMR TND"
_WITH_TEN_THOUSANDTHS = "CLF UYW"
_DIGITS: Mapping[str, int] = {
    code: digits
    for digits, codes in ((0, _WITHOUT_MINOR_UNIT), (3, _WITH_THOUSANDTHS), (4, _WITH_TEN_THOUSANDTHS))
    for code in codes.split()
}
"""Minor units by ISO 4217, list one, where they are not hundredths; CLDR counts those in common use instead."""

Day = date
"""The type, under a name that a field called `date` does not hide."""


@dataclass(frozen=True)
class ReferenceRates:
    """Units of each currency for one euro, exact, with where they come from and their date.

    A currency that is not among them cannot be converted. `older` gives the date of each rate that
    is older than `date`, such as that of a currency which the source no longer quotes.
    """

    source: str
    date: date
    # Mappings have no hash; source and date tell the days apart.
    per_euro: Mapping[str, Fraction] = field(hash=False)
    older: Mapping[str, Day] = field(default_factory=dict, hash=False)

    def factor(self, origin: str, target: str) -> Fraction | None:
        """What one unit of `origin` is worth in `target`; None when either has no rate.

        >>> rates = ReferenceRates("test", date(2026, 1, 1), {"EUR": Fraction(1), "GBP": Fraction(4, 5)})
        >>> rates.factor("GBP", "EUR"), rates.factor("XAU", "XAU"), rates.factor("XAU", "EUR")
        (Fraction(5, 4), Fraction(1, 1), None)
        """
        if origin == target:
            return Fraction(1)
        if origin not in self.per_euro or target not in self.per_euro:
            return None
        return self.per_euro[target] / self.per_euro[origin]


def minor_digits(currency: str) -> int:
    """How many decimal places amounts of a currency have (ISO 4217); two for one of which the list names none.

    >>> minor_digits("EUR"), minor_digits("JPY"), minor_digits("KWD")
    (2, 0, 3)
    """
    return _DIGITS.get(currency, 2)


def billed(amount: Fraction, currency: str) -> Decimal:
    """An exact amount, not below zero, rounded half up to the minor unit of its currency.

    >>> billed(Fraction(2001, 200), "EUR"), billed(Fraction(25, 2), "JPY"), billed(Fraction(1, 3), "KWD")
    (Decimal('10.01'), Decimal('13'), Decimal('0.333'))
    """
    digits = minor_digits(currency)
    # Whole minor units first: no precision of a context comes in between.
    return Decimal(floor(amount * 10**digits + Fraction(1, 2))).scaleb(-digits)
