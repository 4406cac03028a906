"""Changes of very many profiles, which a process that answers requests takes in step by step."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, update

from matcher.matching.index import CoachIndex
from matcher.matching.reading import Reader
from matcher.service import catalogue, put_coaches
from matcher.service.catalogue import Catalogue
from matcher.store import coaches, database
from matcher.store.tables import CoachRow
from tests.factories import a_coach
from tests.judged_world import ENCODER, an_index
from tests.test_index import assert_same

NOW = datetime(2026, 12, 1, tzinfo=UTC)
LONGEST = 20


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "_AT_ONCE", 2)
    monkeypatch.setattr(catalogue, "_A_STEP", 3)


@pytest.fixture
def known(engine: Engine) -> Iterator[Catalogue]:
    """A catalogue that knows of one coach."""
    put(engine, "a")
    one = Catalogue(engine, ENCODER, Reader(ENCODER).areas)
    one.load()
    yield one
    # Its thread gives its connection back before the engine goes.
    for thread in threading.enumerate():
        if thread.name == catalogue.CATCHING_UP:
            thread.join(LONGEST)


def put(engine: Engine, *ids: str, bio: str = "I led a plant.") -> None:
    """Stores each profile in a transaction of its own."""
    for coach_id in ids:
        put_coaches(engine, ENCODER, [a_coach(id=coach_id, bio=f"{bio} I am {coach_id}.")], NOW)


def drop(engine: Engine, coach_id: str) -> None:
    with database.sessions(engine).begin() as session:
        coaches.delete(session, coach_id, NOW)


def seen(one: Catalogue) -> CoachIndex:
    with one.opened() as (_, edition):
        return edition.index


def wait_until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + LONGEST
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_few_changes_are_in_the_very_next_answer(engine: Engine, known: Catalogue) -> None:
    put(engine, "b", "c")
    assert seen(known).ids == ("a", "b", "c")


def test_many_changes_are_all_there_in_the_end_and_no_request_waits_for_them(engine: Engine, known: Catalogue) -> None:
    put(engine, *"bcdefghi")
    assert len(seen(known)) < 9
    wait_until(lambda: len(seen(known)) == 9)
    put(engine, "b", *"defgh", bio="I sold boats.")
    drop(engine, "i")
    wait_until(lambda: seen(known).passages_gone >= 7 and "i" not in seen(known).ids)
    wait_until(lambda: latest(known) == reached(engine))
    sold = [a_coach(id=one, bio=f"I sold boats. I am {one}.") for one in ("b", *"defgh")]
    assert_same(seen(known), an_index(*sold, *(a_coach(id=one, bio=f"I led a plant. I am {one}.") for one in "ac")))


def test_profiles_of_one_transaction_come_together(engine: Engine, known: Catalogue) -> None:
    for ids in ("bcde", "fghi"):
        put_coaches(engine, ENCODER, [a_coach(id=coach_id) for coach_id in ids], NOW)
    numbers = [len(seen(known))]
    wait_until(lambda: numbers.append(len(seen(known))) or numbers[-1] == 9)
    assert numbers[0] == 1
    assert set(numbers) <= {1, 5, 9}


def test_who_is_shown_is_shown_as_stored_whatever_else_is_to_be_taken_in(engine: Engine, known: Catalogue) -> None:
    put(engine, *"bcdefghi")
    with known.opened() as (session, edition):
        assert known.abreast(session, edition, ["a"]) is edition
    put(engine, "a", bio="I sold boats.")
    with known.opened() as (session, edition):
        newest = known.abreast(session, edition, ["a"])
        assert known.abreast(session, newest, ["a"]) is newest
    said = [passage.text for passage in newest.index.passages_of(newest.index.row_of("a") or 0)]
    assert "I sold boats. I am a." in said


def test_who_is_deleted_is_gone_at_once_whatever_else_is_to_be_taken_in(engine: Engine, known: Catalogue) -> None:
    put(engine, *"bcdefghi")
    drop(engine, "a")
    assert "a" not in seen(known).ids
    wait_until(lambda: latest(known) == reached(engine))
    assert seen(known).ids == tuple("bcdefghi")


def test_changes_that_cannot_be_taken_in_are_tried_again(
    engine: Engine, known: Catalogue, capsys: pytest.CaptureFixture[str]
) -> None:
    put(engine, *"bcdefghi")
    document = swapped(engine, "b", "{}")
    assert seen(known).ids == ("a",)
    wait_until(lambda: "profiles not taken in" in capsys.readouterr().out)
    swapped(engine, "b", document)
    wait_until(lambda: len(seen(known)) == 9)


def swapped(engine: Engine, coach_id: str, document: str) -> str:
    """Stores that document in place of the one that is answered."""
    row = update(CoachRow).where(CoachRow.id == coach_id)
    with database.sessions(engine).begin() as session:
        before = coaches.documents(session, [coach_id])[coach_id]
        session.execute(row.values(document=document))
    return before


def latest(one: Catalogue) -> int:
    with one.opened() as (_, edition):
        return edition.revision


def reached(engine: Engine) -> int:
    with database.snapshots(engine).begin() as session:
        return coaches.revision(session)
