"""Coaches and needs of every kind that an explanation may have to speak of, for hypothesis to draw from."""

import json
from importlib.resources import files

from hypothesis import strategies as st

from matcher.domain.vocabulary import FOCUS_AREAS, INDUSTRIES, LEVELS, STYLES
from tests.factories import a_coach, a_need

ABOUT = json.loads(files("matcher.matching").joinpath("focus_areas.json").read_text("utf-8"))


def some(values: tuple[str, ...], most: int) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), max_size=most, unique=True)


FREE = [{"day": "mon", "from": "09:00", "to": end} for end in ("10:00", "17:00")]
COACHES = st.builds(
    a_coach,
    bio=st.sampled_from(["", ABOUT["delegation"]["profile"], f"{ABOUT['boundaries']['profile']}\nAnd\n\nlima mike"]),
    focus_areas=some(FOCUS_AREAS[:4], 3) | st.just(list(FOCUS_AREAS)),
    styles=some(STYLES[:4], 3) | st.just(list(STYLES)),
    industries=some(INDUSTRIES[:6], 2),
    experience=st.fixed_dictionaries(
        {"levels_coached": some(LEVELS, 4)},
        optional={
            "leadership_years": st.sampled_from([0, 0.04, 1, 4.9, 4.99, 5, 80]),
            "coaching_hours": st.sampled_from([0, 0.5, 1, 499.96, 500, 123_456.5, 200_000]),
        },
    ),
    credentials=st.lists(
        st.fixed_dictionaries(
            {"body": st.just("AC"), "level": st.sampled_from(["Foundation", "Master"]), "verified": st.booleans()},
            optional={"valid_until": st.sampled_from(["2026-06-01", "2027-01-04"])},
        ),
        max_size=2,
    ),
    references=st.lists(
        st.fixed_dictionaries(
            {"rating": st.sampled_from([1, 3.5, 4, 4.5, 5]), "verified": st.booleans()},
            optional={
                "date": st.sampled_from(["2010-01-01", "2026-11-01"]),
                "text": st.just(ABOUT["execution"]["profile"]),
            },
        ),
        max_size=3,
    ),
    availability=st.fixed_dictionaries(
        {"capacity": st.just(1), "weekly": st.sampled_from(FREE).map(lambda window: [window])},
        optional={
            "accepting_from": st.sampled_from(["2020-01-01", "2026-12-01", "2026-12-10", "2027-01-03", "2027-01-04"])
        },
    ),
)
NEEDS = st.builds(
    lambda summary, **fields: a_need(summary=summary or ("" if fields["focus_areas"] else "xx"), **fields),
    start_by=st.sampled_from([None, "2027-01-04"]),
    summary=st.sampled_from(["", ABOUT["delegation"]["need"], "xx"]),
    focus_areas=(some(FOCUS_AREAS[:4], 3) | st.just(list(FOCUS_AREAS))).map(lambda areas: [{"area": a} for a in areas]),
    level=st.none() | st.sampled_from(LEVELS),
    industry=st.none() | st.sampled_from(INDUSTRIES[:6]),
    styles=st.fixed_dictionaries({}, optional={"preferred": some(STYLES[:4], 3), "avoid": some(STYLES[2:5], 2)}),
    timezone=st.just("Europe/Amsterdam"),
    availability=st.sampled_from([{}, {"weekly": [{"day": "mon", "from": "09:00", "to": "17:00"}]}]),
)
