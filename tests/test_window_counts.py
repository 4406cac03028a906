"""Counts of fixed windows in one process, at times that the test sets."""

import threading

from hypothesis import given, settings
from hypothesis import strategies as st
from limits import RateLimitItemPerMinute
from limits.strategies import FixedWindowRateLimiter

from matcher.api import window_counts
from matcher.api.window_counts import WindowCounts


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_counting_starts_no_thread() -> None:
    before, counts = threading.active_count(), WindowCounts()
    assert [counts.incr("a", 60) for _ in range(50)][-1] == 50
    assert threading.active_count() == before


def test_a_window_begins_with_the_first_request_and_ends_for_all_of_them() -> None:
    clock = Clock()
    counts = WindowCounts(clock=clock)
    assert [counts.incr("a", 60), counts.incr("a", 60, amount=3), counts.incr("b", 10)] == [1, 4, 1]
    clock.now += 59
    assert (counts.get("a"), counts.get("b"), counts.get("c")) == (4, 0, 0)
    assert (counts.get_expiry("a"), counts.get_expiry("c")) == (1_060, 1_059)
    clock.now += 1
    assert counts.get("a") == 0
    assert counts.incr("a", 60) == 1
    assert counts.get_expiry("a") == 1_120


def test_beyond_a_limit_nothing_is_let_through_until_the_window_is_over() -> None:
    clock, limit = Clock(), RateLimitItemPerMinute(2)
    limiter = FixedWindowRateLimiter(WindowCounts(clock=clock))
    assert [limiter.hit(limit, "a") for _ in range(3)] == [True, True, False]
    assert limiter.get_window_stats(limit, "a") == (1_060, 0)
    assert limiter.hit(limit, "b")
    clock.now += 60
    assert limiter.hit(limit, "a")


def test_nothing_stays_of_windows_that_are_over() -> None:
    clock = Clock()
    counts = WindowCounts(clock=clock)
    for number in range(500):
        counts.incr(f"key {number}", 60)
    clock.now += 60
    counts.incr("another", 60)
    assert counts.reset() == 1


def test_no_more_than_so_many_keys_are_counted_at_a_time_and_the_next_to_end_goes_first() -> None:
    counts = WindowCounts(clock=Clock())
    counts.incr("long", 3_600)
    for number in range(window_counts.MOST + 10):
        counts.incr(f"key {number}", 60 + number / 1_000)
    assert counts.get("long") == 1
    assert counts.get("key 0") == 0
    assert counts.get(f"key {window_counts.MOST + 9}") == 1
    assert counts.reset() == window_counts.MOST


def test_a_key_that_is_cleared_begins_anew_and_its_former_window_ends_nothing() -> None:
    clock = Clock()
    counts = WindowCounts(clock=clock)
    counts.incr("a", 60)
    counts.clear("a")
    clock.now += 30
    assert (counts.get("a"), counts.incr("a", 60)) == (0, 1)
    clock.now += 40
    assert counts.incr("a", 60) == 2


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([1, 5, 60]), st.floats(0, 30)), max_size=30))
def test_counts_are_those_of_every_request_since_the_window_began(requests: list[tuple[str, int, float]]) -> None:
    clock = Clock()
    counts, since = WindowCounts(clock=clock), dict[str, tuple[float, int]]()
    for key, expiry, pause in requests:
        clock.now += pause
        ends, number = since.get(key, (0.0, 0))
        since[key] = (ends, number + 1) if ends > clock.now else (clock.now + expiry, 1)
        assert (counts.incr(key, expiry), counts.get_expiry(key)) == (since[key][1], since[key][0])
        assert counts.get(key) == since[key][1]
