"""A team does every part once, in the caller and in helpers, whatever becomes of either."""

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread, get_ident

import pytest

from matcher.matching.thread_team import ThreadTeam


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


@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("wrong", [0, 5])
def test_what_goes_wrong_in_a_part_is_raised_and_no_further_part_is_begun_after(size: int, wrong: int) -> None:
    team, begun, raised = ThreadTeam(size), list[int](), Event()

    def work(part: int) -> int:
        begun.append(part)
        if part == wrong:
            raised.set()
            raise LookupError(part)
        if part > wrong:
            # Of one who does another part meanwhile, until the failure is surely known.
            assert raised.wait(30)
            time.sleep(0.3)
        return part

    with pytest.raises(LookupError, match=str(wrong)):
        team.each(work, range(90))
    assert set(begun) <= set(range(wrong + size)) and len(begun) == len(set(begun))
    assert team.each(lambda part: part, [7, 8]) == [7, 8], "the team goes on"


@pytest.mark.parametrize("size", [1, 2, 3])
def test_of_two_parts_that_go_wrong_the_first_is_raised(size: int) -> None:
    second = Event()

    def work(part: int) -> None:
        if part == 0 and size > 1:
            assert second.wait(30)
            time.sleep(0.1)
        if part == 1:
            second.set()
        raise LookupError(part)

    team = ThreadTeam(size)
    for _ in range(5):
        with pytest.raises(LookupError, match="0"):
            team.each(work, range(9))
        second.clear()


def test_what_goes_wrong_in_a_helper_is_raised_in_the_caller() -> None:
    caller, helped = get_ident(), Event()

    def work(part: int) -> int:
        if get_ident() == caller:
            assert helped.wait(30)
            return part
        helped.set()
        raise LookupError("of the helper")

    with pytest.raises(LookupError, match="of the helper"):
        ThreadTeam(2).each(work, range(9))


@pytest.mark.parametrize("started", [0, 1])
def test_without_a_thread_to_be_had_the_caller_does_all_parts(started: int, monkeypatch: pytest.MonkeyPatch) -> None:
    team, start, left = ThreadTeam(3), Thread.start, [None] * started

    def refuse(thread: Thread) -> None:
        if not left:
            raise RuntimeError("can't start new thread")
        left.pop()
        start(thread)

    def work(part: int) -> int:
        time.sleep(0.01)
        return 2 * part

    with monkeypatch.context() as without:
        without.setattr(Thread, "start", refuse)
        assert team.each(work, range(9)) == [2 * part for part in range(9)]
    assert team.each(work, range(9)) == [2 * part for part in range(9)], "and there is one again"


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
