"""What the facets are called in front of people."""

from collections.abc import Iterable, Sequence

from matcher.texts import IN_ENGLISH, Phrase, Texts

FACET_LABELS = {
    "goals_claimed": Phrase("goals named as focus areas"),
    "goals_evidenced": Phrase("goals shown in the texts"),
    "told_evidenced": Phrase("what the text tells, shown in the texts"),
    "nothing_against": Phrase("nothing against the goals"),
    "background": Phrase("background wished for"),
    "level": Phrase("goals covered at this level"),
    "leadership": Phrase("own leadership"),
    "references": Phrase("references"),
    "credentials": Phrase("credentials"),
    "coaching_hours": Phrase("hours of coaching"),
    "start_and_times": Phrase("start and times"),
    "style_wanted": Phrase("style wanted"),
    "style_to_avoid": Phrase("goals covered in no style to avoid"),
    "industry": Phrase("industry"),
    # Of earlier versions, whose shortlists are told of as they were sealed.
    "closeness": Phrase("closeness to the situation"),
}

_MOST_LOSSES = 2


def most_lost(facets: Iterable[str], difference: Iterable[float], texts: Texts = IN_ENGLISH) -> str:
    """The facets that take most away, with how much; at most two, empty when none takes anything away.

    >>> most_lost(("level", "references", "industry"), (-0.01, 0.2, -0.04))
    'industry (-0.040) and goals covered at this level (-0.010)'
    """
    return in_words(losses(facets, difference)[:_MOST_LOSSES], texts)


def losses(facets: Iterable[str], difference: Iterable[float]) -> list[tuple[str, float]]:
    """The facets that take something away, each with how much, as a number below 0; what takes most first.

    >>> losses(("level", "references", "industry"), (-0.01, 0.2, -0.04))
    [('industry', -0.04), ('level', -0.01)]
    """
    lost = sorted((float(lost), facet) for facet, lost in zip(facets, difference, strict=True) if lost < 0)
    return [(facet, amount) for amount, facet in lost]


def in_words(lost: Sequence[tuple[str, float]], texts: Texts = IN_ENGLISH) -> str:
    """Facets with what each takes away, as a person lists them; empty for none.

    >>> in_words([("industry", -0.04), ("level", -0.01), ("references", -0.01)])
    'industry (-0.040), goals covered at this level (-0.010) and references (-0.010)'
    >>> in_words([("closeness", -0.2)])  # Of a shortlist that was sealed when there was this facet.
    'closeness to the situation (-0.200)'
    """
    told = (f"{texts.said(FACET_LABELS[facet])} ({texts.digits(f'{amount:+.3f}')})" for facet, amount in lost)
    return enumerated(list(told), texts)


def enumerated(words: Sequence[str], texts: Texts = IN_ENGLISH) -> str:
    """Words as a person lists them; empty for none.

    >>> enumerated(["delegation", "execution", "rapport building"]), enumerated(["delegation"])
    ('delegation, execution and rapport building', 'delegation')
    """
    if len(words) < 2:
        return "".join(words)
    between = texts.gettext("and")
    return f"{', '.join(words[:-1])} {between} {words[-1]}"
