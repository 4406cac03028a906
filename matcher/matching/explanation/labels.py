"""What the facets are called in front of people."""

from collections.abc import Iterable

FACET_LABELS = {
    "goals_claimed": "goals named as focus areas",
    "goals_evidenced": "goals shown in the texts",
    "told_evidenced": "what the text tells, shown in the texts",
    "nothing_against": "nothing against the goals",
    "closeness": "closeness to the situation",
    "background": "background wished for",
    "level": "level of managers coached",
    "leadership": "own leadership",
    "references": "references",
    "credentials": "credentials",
    "coaching_hours": "hours of coaching",
    "start_and_times": "start and times",
    "style_wanted": "style wanted",
    "style_to_avoid": "style to avoid",
    "industry": "industry",
}

_MOST_LOSSES = 2


def most_lost(facets: Iterable[str], difference: Iterable[float]) -> str:
    """The facets that take most away, with how much; at most two, empty when none takes anything away.

    >>> most_lost(("level", "references", "industry"), (-0.01, 0.2, -0.04))
    'industry (-0.040) and level of managers coached (-0.010)'
    """
    losses = sorted((float(lost), facet) for facet, lost in zip(facets, difference, strict=True) if lost < 0)
    return " and ".join(f"{FACET_LABELS[facet]} ({lost:+.3f})" for lost, facet in losses[:_MOST_LOSSES])
