"""What a list says of how many coaches there are."""

from matcher.domain import Shortlist
from matcher.web import wording
from matcher.web.language import gettext, ngettext

_SPELLED = 3
"""The highest number that is written as a word."""


def standing(answer: Shortlist, candidates: int) -> str:
    """How many of so many coaches meet every requirement, and how many of them are shown."""
    if not candidates:
        return gettext("There are no coaches in the directory yet.")
    directory = ngettext("%(number)s coach", "%(number)s coaches", candidates, number=wording.decimal(candidates))
    if not answer.eligible_count:
        return ngettext(
            "The only coach in the directory does not meet every requirement.",
            "None of the %(coaches)s in the directory meets every requirement.",
            candidates,
            coaches=directory,
        )
    shown = answer.best_shown
    found = ngettext(
        "%(number)s of %(coaches)s in the directory meets every requirement.",
        "%(number)s of %(coaches)s in the directory meet every requirement.",
        answer.eligible_count,
        number=wording.decimal(answer.eligible_count),
        coaches=directory,
    )
    if answer.eligible_count == shown:
        return found
    best = ngettext(
        "This is the one that fits best.", "These are the %(number)s that fit best.", shown, number=few(shown)
    )
    return f"{found} {best}"


def few(number: int) -> str:
    """A number as it stands in a sentence on the coaches of a list: in a word where there are few.

    >>> few(3), few(4)
    ('three', '4')
    """
    return wording.number(number) if number <= _SPELLED else str(number)
