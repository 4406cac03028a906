"""The parts that sentences on a coach are made of: lists, numbers with their nouns, and quotations."""

from matcher.domain import WishKind
from matcher.domain.vocabulary import label
from matcher.matching.explanation.labels import enumerated
from matcher.matching.explanation.standing import Standing
from matcher.matching.passages import Passage
from matcher.texts import IN_ENGLISH, Phrase, Texts

MOST_LISTED = 6
"""How many things a sentence lists."""


def listed(codes: tuple[str, ...], texts: Texts = IN_ENGLISH) -> str:
    """Codes as a person lists what they stand for; of many the first few, and how many more.

    >>> listed(("delegation", "giving_feedback", "execution"))
    'delegation, giving feedback and execution'
    """
    named = [texts.gettext(label(code)) for code in codes]
    if len(named) > MOST_LISTED:
        named[MOST_LISTED - 1 :] = [texts.gettext("%(number)s more", number=len(named) - MOST_LISTED + 1)]
    return enumerated(named, texts)


def managers(levels: tuple[str, ...], texts: Texts = IN_ENGLISH) -> str:
    """Managers of those levels, in words.

    >>> managers(("middle", "senior", "executive")), managers(("executive",))
    ('middle and senior managers and executives', 'executives')
    """
    others = tuple(level for level in levels if level != "executive")
    groups = [texts.gettext("%(levels)s managers", levels=listed(others, texts))] if others else []
    return enumerated([*groups, texts.gettext("executives")] if "executive" in levels else groups, texts)


def years(number: float, texts: Texts = IN_ENGLISH) -> str:
    """A number of years, to one decimal.

    >>> years(1), years(0.04)
    ('1 year', 'less than one year')
    """
    if 0 < number < 1:
        return texts.gettext("less than one year")
    shown = round(number, 1)
    return texts.ngettext("%(number)s year", "%(number)s years", shown, number=digits(shown, texts))


def hours(number: float, texts: Texts = IN_ENGLISH) -> str:
    """A number of hours, to one decimal.

    >>> hours(1250.0), hours(0.5)
    ('1,250 hours', 'less than one hour')
    """
    if 0 < number < 1:
        return texts.gettext("less than one hour")
    shown = round(number, 1)
    return texts.ngettext("%(number)s hour", "%(number)s hours", shown, number=digits(shown, texts))


def days(number: int, texts: Texts = IN_ENGLISH) -> str:
    """A number of days."""
    return texts.ngettext("%(number)s day", "%(number)s days", number, number=digits(number, texts))


def digits(number: float, texts: Texts) -> str:
    """A number as people of the language write it."""
    return texts.digits(f"{number:,.10g}")


_SOURCES = {
    "headline": Phrase("headline"),
    "bio": Phrase("bio"),
    "approach": Phrase("approach"),
    "references": Phrase("reference"),
    "experience": Phrase("roles held"),
}
"""What the fields are called that passages stand in."""


def quoted(passage: Passage, texts: Texts = IN_ENGLISH) -> str:
    """A passage on one line in quotation marks, with the kind of field that it stands in.

    >>> quoted(Passage("references/2", "She listens."))
    '“She listens.” (reference)'
    """
    return f"{in_the_text(passage, texts)} ({texts.said(_SOURCES[passage.source.split('/')[0]])})"


def in_the_text(passage: Passage, texts: Texts = IN_ENGLISH) -> str:
    """A passage of the need on one line in quotation marks.

    >>> in_the_text(Passage("summary", "Nobody who   lectures."))
    '“Nobody who lectures.”'
    """
    words = " ".join(passage.text.split())
    return texts.gettext("“%(words)s”", words=words)


def read_from(coach: Standing, kind: WishKind, styles: tuple[str, ...]) -> str:
    """Where the wish for, or against, those styles was read, the clearest one quoted; empty where it is stated."""
    wishes = [wish for wish in coach.candidates.reading.counting(kind) if wish.style in styles]
    if not wishes:
        return ""
    clearest = max(wishes, key=lambda wish: wish.clearness)
    return coach.texts.gettext(", read from %(words)s", words=in_the_text(clearest.passage, coach.texts))
