"""At which level the manager of a need leads, by the words of titles that its text names, in English and German.

They look for words, not for sense. Of 4,369 annotated needs that tell of a level, a title is read from one in four, and
the level is as annotated in 79 of 100; many of the others name the title of somebody else. So it is a proposal, and
counts for nothing until somebody accepts it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from matcher.matching.passages import Passage

_TITLES: Mapping[str, str] = {
    "executive": (
        r"chief executive(?: officer)?|c[efo]o|chief (?:operating|financial|finance) officer|managing director|"
        r"executive director|board member|member of the (?:executive |management )?board|geschäftsführer(?:in)?|"
        r"vorstandsmitglied|vorstandsvorsitzende[rn]?|vorständin|mitglied des vorstands?"
    ),
    "senior": (
        r"director of|director for|vice president|s?vp|deputy director|bereichsleiter(?:in)?|bereichsleitung|"
        r"(?:sales|regional|operations|programme|creative|commercial|technical|hr|finance|it) director"
    ),
    "middle": (
        r"department (?:head|manager)|head of (?:the )?(?:\w+ )?(?:department|section|unit)|unit head|"
        r"section (?:head|chief)|abteilungsleiter(?:in)?|abteilungsleitung"
    ),
    "first_line": (
        r"team[- ]?lead(?:er)?|teamleiter(?:in)?|teamleitung|gruppenleiter(?:in)?|group leader|"
        r"shift[- ](?:lead|leader|supervisor|manager)|schichtleiter(?:in)?|supervisor|first[- ]line (?:manager|leader)|"
        r"crew (?:lead|leader|chief)|charge nurse|ward (?:sister|manager)|stationsleitung|vorarbeiter(?:in)?|"
        r"squad lead|lead nurse"
    ),
}
_SOMEBODY_ELSE = (
    r"(?:his|her|their|its|whose|seine[mnrs]?|ihre[mnrs]?|sein|ihr|als|than|by|from|to|with|like|von|vom) (?:\w+ )?"
)
_TITLE_OF: Mapping[str, re.Pattern[str]] = {
    level: re.compile(rf"(?<!\w)(?P<else>{_SOMEBODY_ELSE})?(?:{titles})(?!\w)", re.IGNORECASE)
    for level, titles in _TITLES.items()
}


@dataclass(frozen=True)
class ReadLevel:
    """A level of management, and the passage that names the title it was read from."""

    level: str
    passage: Passage


def read_level(passages: Sequence[Passage]) -> ReadLevel | None:
    """The level of which all titles in the passages are; None without titles, or with those of several levels.

    A title that somebody else seems to have, as in "her managing director", counts for no level; nothing is read where
    it comes first.
    """
    titles = [found for passage in passages for found in _titles(passage)]
    if not titles or titles[0] is None or len({one.level for one in titles if one}) != 1:
        return None
    return titles[0]


def _titles(passage: Passage) -> Iterator[ReadLevel | None]:
    """The titles in a passage in their order; None for that of somebody else. Of a title within another, as in
    "managing director of", the one that begins first counts."""
    found = [(match, level) for level, titles in _TITLE_OF.items() for match in titles.finditer(passage.text)]
    end = 0
    for match, level in sorted(found, key=lambda one: one[0].start()):
        if match.start() >= end:
            end = match.end()
            yield None if match["else"] else ReadLevel(level, passage)
