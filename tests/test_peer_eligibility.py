"""The hard requirements in SQL, which are measured beside those in process, exclude the same coaches."""

from collections.abc import Iterator

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.peers.eligibility import EligibilityTable, compare, eligibility_table
from benchmarks.peers.server import postgresql_server
from matcher.domain import Coach, Need
from matcher.matching.index import CoachIndex
from tests.factories import a_coach, a_need
from tests.judged_world import an_index, judged
from tests.test_eligibility import COACHES, NEEDS, RATES, TODAY
from training.judgements import JUDGED_ON, JUDGED_RATES


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[psycopg.Connection]:
    folder = tmp_path_factory.mktemp("peer")
    with postgresql_server(folder) as address, psycopg.connect(address, autocommit=True) as connection:
        yield connection


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(COACHES, min_size=8, max_size=8), st.lists(NEEDS, min_size=8, max_size=8))
def test_any_coaches_and_needs_are_told_apart_alike(
    connection: psycopg.Connection, coaches: list[Coach], needs: list[Need]
) -> None:
    index = an_index(*(coach.model_copy(update={"id": str(number)}) for number, coach in enumerate(coaches)))
    compare(eligibility_table(index, connection), needs, RATES, TODAY)


def test_judged_coaches_and_needs_are_told_apart_alike(connection: psycopg.Connection) -> None:
    needs = list(judged().needs.values())
    found = compare(eligibility_table(an_index(*judged().coaches.values()), connection), needs, JUDGED_RATES, JUDGED_ON)
    assert [len(seconds) for seconds in found.values()] == [len(needs)] * 3


def test_another_answer_than_that_in_process_is_told(connection: psycopg.Connection) -> None:
    index: CoachIndex = an_index(a_coach(id="a"), a_coach(id="b", availability={"capacity": 0}))
    table = eligibility_table(index, connection)
    other = EligibilityTable(an_index(a_coach(id="a"), a_coach(id="b")), table.connection)
    with pytest.raises(RuntimeError, match="others eligible"):
        compare(other, [a_need()], RATES, TODAY)
