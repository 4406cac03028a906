"""What the facets are called in front of people."""

from collections.abc import Iterable, Sequence

FACET_LABELS = {
    "goals_claimed": "goals named as focus areas",
    "goals_evidenced": "goals shown in the texts",
    "told_evidenced": "what the text tells, shown in the texts",
    "nothing_against": "nothing against the goals",
    "closeness": "closeness to the situation",
    "background": "background wished for",
    "level": "goals covered at this level",
    "leadership": "own leadership",
    "references": "references",
    "credentials": "credentials",
    "coaching_hours": "hours of coaching",
    "start_and_times": "start and times",
    "style_wanted": "style wanted",
    "style_to_avoid": "goals covered in no style to avoid",
    "industry": "industry",
}

_MOST_LOSSES = 2


def most_lost(facets: Iterable[str], difference: Iterable[float]) -> str:
    """The facets that take most away, with how much; at most two, empty when none takes anything away.

    >>> most_lost(("level", "references", "industry"), (-0.01, 0.2, -0.04))
    'industry (-0.040) and goals covered at this level (-0.010)'
    """
    return in_words(losses(facets, difference)[:_MOST_LOSSES])


def losses(facets: Iterable[str], difference: Iterable[float]) -> list[tuple[str, float]]:
    """The facets that take something away, each with how much, as a number below 0; what takes most first.

    >>> losses(("level", "references", "industry"), (-0.01, 0.2, -0.04))
    [('industry', -0.04), ('level', -0.01)]
    """
    lost = sorted((float(lost), facet) for facet, lost in zip(facets, difference, strict=True) if lost < 0)
    return [(facet, amount) for amount, facet in lost]


def in_words(lost: Sequence[tuple[str, float]]) -> str:
    """Facets with what each takes away, as a person lists them; empty for none.

    >>> in_words([("industry", -0.04), ("level", -0.01), ("references", -0.01)])
    'industry (-0.040), goals covered at this level (-0.010) and references (-0.010)'
    """
    return enumerated([f"{FACET_LABELS[facet]} ({amount:+.3f})" for facet, amount in lost])


def enumerated(words: Sequence[str]) -> str:
    """Words as a person lists them; empty for none.

    >>> enumerated(["delegation", "execution", "rapport building"]), enumerated(["delegation"])
    ('delegation, execution and rapport building', 'delegation')
    """
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
