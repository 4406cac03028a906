"""The facets: each measures, for all candidates at once, one thing that speaks for a coach."""

from collections.abc import Mapping
from types import MappingProxyType

from matcher.matching.facets.credibility import coaching_hours, credentials, leadership, references
from matcher.matching.facets.goals import (
    goals_claimed,
    goals_evidenced,
    nothing_against,
    told_evidenced,
)
from matcher.matching.facets.measured import Candidates, Facet, Measured
from matcher.matching.facets.suited import level, style_to_avoid
from matcher.matching.facets.wishes import background, industry, start_and_times, style_wanted

FACETS: Mapping[str, Facet] = MappingProxyType(
    {
        "goals_claimed": goals_claimed,
        "goals_evidenced": goals_evidenced,
        "told_evidenced": told_evidenced,
        "nothing_against": nothing_against,
        "background": background,
        "level": level,
        "leadership": leadership,
        "references": references,
        "credentials": credentials,
        "coaching_hours": coaching_hours,
        "start_and_times": start_and_times,
        "style_wanted": style_wanted,
        "style_to_avoid": style_to_avoid,
        "industry": industry,
    }
)
"""Every facet by name, in the order in which contributions are listed."""

__all__ = ["FACETS", "Candidates", "Facet", "Measured"]
