"""Rows that say a record plainly are read in one go, to the same record."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain import Coach
from matcher.errors import InvalidInput
from matcher.intake.as_it_stands import read_as_it_stands
from matcher.intake.records import parse
from matcher.store.documents import written
from tests.factories import a_coach

PLAIN: dict[str, Any] = json.loads(
    written(a_coach(availability={"weekly": [{"day": "mon", "from": "09:00", "to": "12:00"}]}))
)

_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.sampled_from(
        [None, "", " ", " ", True, 1, 60, 60.0, 1.5, float("nan"), 10**30, "en", "video", "a\x00b", "\ud800"]
    )
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["rating", "text", "amount", "from"]), inner)
    ),
    max_leaves=5,
)
_FIELDS = st.sampled_from([*Coach.model_fields, "shoe_size"])


def test_the_judged_profiles_are_read_as_they_stand() -> None:
    for line in Path("fixtures/judged/coaches.jsonl").read_text("utf-8").splitlines():
        assert read_as_it_stands(Coach, line) == parse(Coach, json.loads(line)).value


def test_what_is_empty_is_as_if_it_were_absent() -> None:
    empty = {
        "headline": " ",
        "country": None,
        "references": [],
        "experience": {"roles_held": [], "coaching_years": None},
    }
    assert read_as_it_stands(Coach, json.dumps(PLAIN | empty)) == read_as_it_stands(Coach, json.dumps(PLAIN))


@given(changes=st.dictionaries(_FIELDS, _VALUES, max_size=3), inside=st.dictionaries(_FIELDS, _VALUES, max_size=2))
@settings(max_examples=300, deadline=None)
def test_what_is_read_as_it_stands_is_what_reading_step_by_step_finds(
    changes: dict[str, Any], inside: dict[str, Any]
) -> None:
    for document in (PLAIN | changes, PLAIN | {"fees": PLAIN["fees"] | inside}, changes):
        text = json.dumps(document)
        plain = read_as_it_stands(Coach, text)
        try:
            found = parse(Coach, json.loads(text), tolerant=True)
        except InvalidInput:
            assert plain is None
        else:
            assert plain is None or (plain == found.value and not found.warnings)


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(PLAIN)[:-1] + ', "name": "Twice"}',
        json.dumps(PLAIN | {"availability": {}}),
        json.dumps(PLAIN | {"methods": ["", "x"]}),
        json.dumps(PLAIN | {"availability": {"weekly": [{"day": "mon", "start": "09:00", "end": "12:00"}]}}),
        json.dumps(PLAIN | {"shoe_size": 43}),
        json.dumps([PLAIN]),
        "[" * 100_000,
        "{",
    ],
)
def test_an_empty_entry_and_what_is_lacking_doubled_unknown_or_wrong_is_left_to_reading_step_by_step(text: str) -> None:
    assert read_as_it_stands(Coach, text) is None
