"""The backgrounds of coaches that are told apart: what somebody did before or beside coaching, how, and where."""

from collections.abc import Mapping
from types import MappingProxyType

from matcher.domain import vocabulary

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "general_management": "running a company or a site",
        "founder": "a business of one's own",
        "board": "boards",
        "production": "production",
        "engineering": "engineering",
        "software_it": "software and IT",
        "product": "product management",
        "projects": "projects",
        "research": "research",
        "sales": "sales",
        "marketing": "marketing and communication",
        "purchasing_logistics": "purchasing and logistics",
        "finance": "finance",
        "law": "law",
        "human_resources": "human resources",
        "advising": "consulting",
        "medicine_care": "medicine and care",
        "psychology": "psychology",
        "teaching": "teaching",
        "public_service": "public service",
        "uniform": "armed forces and emergency services",
        "hospitality_service": "hospitality and service",
        "shop": "the shop floor of retail",
        "trades": "trades and building sites",
        "creative": "arts, design and media",
        "sport": "sport",
        "social_work": "social work and charities",
        "farming": "farming",
        "crew": "crews in the air, at sea or on rails",
        "labour_relations": "works councils and unions",
        "led": "leading people",
        "top_level": "top management",
        "from_the_ranks": "coming up from the ranks",
        "merger": "mergers",
        "restructuring": "restructuring",
        "growth": "start-ups and growth",
        "family_business": "family businesses",
        "abroad": "working abroad or across cultures",
        "shifts": "shift work",
        "regulated": "regulated work",
        "own_hardship": "hardship of one's own",
        "career_change": "a change of career",
        "large_group": "large groups",
    }
)
"""What the work was, in what position, and what was gone through or known from inside, in words; `fixtures/README.md`
says more of each. Gender, age, nationality and family are none of them, and texts that wish for those were learned to
tell of none."""

INDUSTRY_GROUPS: tuple[str, ...] = tuple(dict.fromkeys(vocabulary.INDUSTRY_GROUP.values()))
"""Where the work was."""

BACKGROUNDS: tuple[str, ...] = (*KINDS, *INDUSTRY_GROUPS)


def told(background: str) -> str:
    """A background as a person reads it.

    >>> told("led"), told("life_sciences_and_health")
    ('leading people', 'life sciences and health')
    """
    return KINDS.get(background) or vocabulary.label(background)
