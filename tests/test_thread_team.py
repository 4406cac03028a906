"""A team does every part once, in the caller and in helpers, whatever becomes of either."""

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event, get_ident

import numpy as np
import pytest

from matcher.matching.team_encoder import TeamEncoder, shared
from matcher.matching.thread_team import ThreadTeam
from tests.factories import FakeEncoder
from tests.judged_world import packaged_encoder


def test_every_part_is_done_once_and_told_in_its_place() -> None:
    done: list[int] = []

    def doubled(part: int) -> int:
        done.append(part)
        return 2 * part

    assert ThreadTeam(3).each(doubled, range(40)) == [2 * part for part in range(40)]
    assert sorted(done) == list(range(40))
    assert ThreadTeam(3).each(doubled, []) == []


def test_a_helper_works_while_the_caller_does() -> None:
    # Each of the two parts waits for the other to have begun, so one thread alone would never end.
    begun = [Event(), Event()]

    def meet(part: int) -> int:
        begun[part].set()
        assert begun[1 - part].wait(30)
        return get_ident()

    threads = ThreadTeam(2).each(meet, [0, 1])
    assert len(set(threads)) == 2


def test_the_caller_waits_for_no_helper_that_has_not_begun() -> None:
    team, release, held = ThreadTeam(2), Event(), Event()

    def hold(part: int) -> None:
        if get_ident() != caller:
            held.set()
            release.wait(30)
        elif part == 0:
            held.wait(30)

    with ThreadPoolExecutor(1) as other:
        begun: Event = Event()

        def share() -> None:
            nonlocal caller
            caller = get_ident()
            begun.set()
            team.each(hold, [0, 1])

        caller = 0
        busy = other.submit(share)
        assert begun.wait(30)
        assert held.wait(30)
        try:
            assert team.each(lambda part: part + 1, [1, 2, 3]) == [2, 3, 4], "while the only helper is held up"
        finally:
            release.set()
        busy.result(30)


@pytest.mark.parametrize("size", [1, 2])
@pytest.mark.parametrize("wrong", [0, 5])
def test_what_goes_wrong_in_a_part_is_raised_and_no_further_part_is_begun_after(size: int, wrong: int) -> None:
    team = ThreadTeam(size)

    def work(part: int) -> int:
        if part == wrong:
            raise LookupError(part)
        return part

    with pytest.raises(LookupError, match=str(wrong)):
        team.each(work, range(9))
    assert team.each(work, [7, 8]) == [7, 8], "the team goes on"


def test_helpers_are_started_anew_in_a_process_that_was_forked() -> None:
    team = ThreadTeam(2)
    assert team.each(lambda part: part, [1, 2]) == [1, 2]
    assert _in_a_fork(lambda: len(set(team.each(_identity_in_a_while, range(6)))) == 2)


def _identity_in_a_while(_: int) -> int:
    time.sleep(0.05)
    return get_ident()


def _in_a_fork(holds: Callable[[], bool]) -> bool:
    child = os.fork()
    if not child:
        os._exit(0 if holds() else 1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_texts_that_are_shared_get_the_vectors_of_the_encoder() -> None:
    texts = ["One, and a few words more.", "Two", "Three words here", "Two"]
    encoder = TeamEncoder(FakeEncoder(16), ThreadTeam(2))
    np.testing.assert_array_equal(encoder.encode(texts), FakeEncoder(16).encode(texts))
    assert encoder.encode([]).shape == (0, 16)
    assert (encoder.name, encoder.dimension) == (FakeEncoder(16).name, 16)


def test_only_an_encoder_that_takes_text_by_text_is_shared() -> None:
    other, packaged = FakeEncoder(16), packaged_encoder()
    assert shared(other) is other
    assert isinstance(shared(packaged), TeamEncoder)
