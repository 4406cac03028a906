"""Dated reference rates between currencies."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

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
    per_euro: Mapping[str, Fraction]
    older: Mapping[str, Day] = field(default_factory=dict)

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
