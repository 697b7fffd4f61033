"""The pace model: what a call may do after what has happened, as tables, and properties with a simulated clock."""

from __future__ import annotations

import gc
import math
import random
from typing import Any

import pytest
from hypothesis import example, given, settings, strategies as st

from aleph_alpha._retry.pacing import COLD_SECONDS, CROWD, FEW, GRACE, IN_A_ROW, WARM_SECONDS, Pacing, Turn
from aleph_alpha._retry.schedule import Failure, Outcome, RetryPolicy
from tests.retry.simulation import OK, World, full, outage

BROKEN = Outcome(Failure.STATUS, 500)
BUSY = Outcome(Failure.STATUS, 503)
REFUSED = Outcome(Failure.NOT_SENT)
NO_ANSWER = Outcome(Failure.STATUS, 504)
FAILURES = [BROKEN, BUSY, REFUSED, NO_ANSWER]


def turn(began: float = 0.0, patience: float = 63.75) -> Turn:
    return Turn(began, patience)


class Told:
    """A model and the calls that it was told of."""

    def __init__(self, **options: Any) -> None:
        self.pacing = Pacing(**options)
        self.waiting: list[Turn] = []

    def ask(self, count: int, now: float, **options: Any) -> Told:
        for _ in range(count):
            self.waiting.append(turn(now, **options))
            self.pacing.ask(self.waiting[-1], now)
        return self

    def fail(self, count: int, sent: float, now: float, *, full: bool = False) -> Told:
        self.kept = [turn(sent) for _ in range(count)]
        for each in self.kept:
            self.pacing.failed(each, sent, now, full=full)
        return self

    def starts(self, now: float) -> int:
        return len(self.pacing.admit(now))


# --- tables ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("failures", "is_full", "cold", "bounded"),
    [
        (IN_A_ROW - 1, False, False, False),
        (IN_A_ROW, False, False, True),
        (1, True, False, True),
        (1, False, True, True),
        (1, True, True, True),
    ],
)
def test_what_makes_the_other_calls_wait(failures: int, is_full: bool, cold: bool, bounded: bool) -> None:
    told = Told(cold=cold).fail(failures, 1.0, 1.1, full=is_full).ask(50, 1.1)
    told.starts(1.1)
    assert (told.pacing.head() is not None) is bounded


def test_a_success_in_between_makes_it_no_row() -> None:
    told = Told().fail(IN_A_ROW - 1, 1.0, 1.1)
    told.pacing.succeeded(1.0, 1.1)
    assert told.pacing.calm(1.1)
    assert told.fail(IN_A_ROW - 1, 1.2, 1.3).ask(50, 1.3).starts(1.3) == 50


def test_while_nothing_succeeds_probes_go_out_one_after_the_other_further_and_further_apart() -> None:
    told = Told().fail(IN_A_ROW, 1.0, 1.0).ask(50, 1.0)
    starts: list[float] = []
    for step in range(5000):
        now = 1.0 + step / 1000
        for started in told.pacing.admit(now):
            starts.append(round(now - 1.0, 2))
            told.pacing.failed(started, now, now, full=False)
    assert starts == [0.19, 0.56, 1.31, 2.31, 3.31, 4.31]


def test_no_more_than_a_few_probes_are_under_way_however_long_they_take() -> None:
    told = Told().fail(IN_A_ROW, 1.0, 1.0).ask(50, 1.0)
    assert sum(told.starts(1.0 + second) for second in range(1, 60)) == FEW


def test_as_few_calls_as_may_probe_keep_their_own_schedules() -> None:
    told = Told(cold=True).fail(1, 1.0, 1.0).ask(FEW - 1, 1.0)
    assert told.starts(1.0) == FEW - 1
    told = Told(cold=True).fail(1, 1.0, 1.0).ask(FEW, 1.0)
    assert told.starts(1.0) == 0


def test_each_success_doubles_how_many_are_under_way_until_it_does_not_matter() -> None:
    told = Told().fail(IN_A_ROW, 1.0, 1.0).ask(1000, 1.0)
    probe = told.pacing.admit(1.2)
    assert len(probe) == 1
    windows = []
    for success in range(7):
        told.pacing.succeeded(1.2, 1.3 + success)
        windows.append(told.pacing.window)
    assert windows == [8, 16, 32, 64, 128, 256, math.inf]
    assert told.starts(9.0) == 999
    assert told.pacing.calm(9.0)


@pytest.mark.parametrize(
    ("under_way", "refused", "window"),
    [(8, 2, 6 * 0.9), (64, 60, 4.0), (20, 2, 18 * 0.9), (2, 2, 1.0), (1, 1, 1.0), (8, 1, 8.0), (64, 1, 64.0)],
)
def test_refusals_leave_what_the_server_has_accepted_but_one_among_successes_says_nothing(
    under_way: int, refused: int, window: float
) -> None:
    told = Told().fail(1, 1.0, 1.0, full=True)
    told.pacing.window = under_way
    told.pacing.succeeded(1.0, 1.1)
    told.pacing.window = under_way
    running = told.ask(under_way, 2.0).pacing.admit(2.0)
    for each in running[:refused]:
        told.pacing.failed(each, 2.0, 2.1, full=True)
    assert told.pacing.window == pytest.approx(window)


def test_after_refusals_a_round_of_successes_allows_one_more_and_the_next_two() -> None:
    told = Told().fail(1, 1.0, 1.0, full=True)
    told.pacing.succeeded(1.0, 1.1)
    told.pacing.window = 10.0
    running = told.ask(10, 2.0).pacing.admit(2.0)
    for each in running[:2]:
        told.pacing.failed(each, 2.0, 2.1, full=True)
    before = told.pacing.window
    grown = []
    for _ in range(30):
        told.pacing.succeeded(2.2, 2.3)
        grown.append(round(told.pacing.window - before, 3))
    assert [grown.index(step) + 1 for step in (1.0, 3.0)] == [8, 8 + 9]


def test_several_refusals_in_a_row_are_an_outage_after_which_the_pace_doubles_from_a_few() -> None:
    told = Told().fail(1, 1.0, 1.0, full=True).ask(50, 1.0)
    for now in (2.0, 4.0):
        (probe,) = told.pacing.admit(now)
        told.pacing.failed(probe, now, now, full=True)
    (probe,) = told.pacing.admit(6.0)
    told.pacing.succeeded(6.0, 6.1)
    assert told.pacing.window == 2 * FEW


def test_what_was_sent_before_the_pace_was_cut_says_nothing_about_it() -> None:
    told = Told().fail(IN_A_ROW, 1.0, 2.0).ask(50, 2.0)
    told.fail(100, 1.9, 2.0)
    told.pacing.succeeded(1.5, 2.1)  # ends the row, but gives no right to more
    assert told.pacing.window == FEW
    assert told.starts(2.1) == FEW


def test_the_servers_word_is_kept() -> None:
    told = Told().fail(1, 1.0, 1.0, full=True)
    told.pacing.pause(31.0)
    told.ask(3, 1.0, patience=0.25)
    assert [told.starts(now) for now in (2.0, 30.9, 31.0)] == [0, 0, 1]


@pytest.mark.parametrize("quick", [True, False])
def test_when_its_schedule_is_over_a_call_goes_out_a_last_time(quick: bool) -> None:
    told = Told().fail(IN_A_ROW, 1.0, 1.0).ask(20, 1.0, patience=10.0)
    now, lasts = 1.0, []
    while now < 20.0:
        for started in told.pacing.admit(now):
            if started.last:
                lasts.append(now)
            if quick:
                told.pacing.failed(started, now, now, full=False)
                told.pacing.leave(started)
        now += 0.01
    assert min(lasts) == pytest.approx(11.0 if quick else 11.0 + GRACE, abs=0.02)
    assert max(lasts) <= 11.1 + (0.0 if quick else GRACE)
    assert told.pacing.head() is None


def test_a_success_starts_the_schedules_of_those_that_wait_anew() -> None:
    told = Told().fail(IN_A_ROW, 1.0, 1.0).ask(20, 1.0, patience=10.0)
    told.pacing.succeeded(0.5, 8.0)
    assert told.pacing.end(told.waiting[0]) == 18.0


@pytest.mark.parametrize(("options", "seconds"), [({"cold": True}, COLD_SECONDS), ({"crowd": True}, WARM_SECONDS)])
def test_before_the_first_answer_calls_go_out_a_few_at_a_time_but_are_not_held_up_for_long(
    options: dict[str, bool], seconds: float
) -> None:
    told = Told(**options).ask(200, 1.0)
    started = []
    for step in range(6):
        now = 1.0 + step * 1.001 * seconds
        told.pacing.tick(now)
        started.append(told.starts(now))
    assert started == [CROWD, CROWD, 16, 32, 64, 72]
    told = Told(**options).ask(200, 1.0)
    assert told.starts(1.0) == CROWD
    told.pacing.succeeded(1.0, 1.001)
    assert told.starts(1.001) == 192
    assert told.pacing.calm(1.001)


def test_a_single_failure_does_not_end_the_beginning_of_a_crowd_and_as_many_as_began_do() -> None:
    told = Told(crowd=True).ask(100, 1.0)
    first = told.pacing.admit(1.0)
    told.pacing.failed(first[0], 1.0, 1.001, full=False)
    told.pacing.succeeded(1.0, 1.002)
    assert told.starts(1.002) == 100 - CROWD
    told = Told(crowd=True).ask(100, 1.0)
    for each in told.pacing.admit(1.0):
        told.pacing.failed(each, 1.0, 1.001, full=False)
    assert told.pacing.window == FEW
    told.pacing.tick(1.0 + WARM_SECONDS)
    assert told.starts(1.0 + WARM_SECONDS) == 0


def test_calls_of_another_kind_that_succeed_end_the_cold_start_but_no_trouble() -> None:
    told = Told(cold=True).ask(200, 1.0)
    told.pacing.warm()
    assert told.starts(1.0) == 200
    told = Told(cold=True).fail(1, 1.0, 1.0).ask(200, 1.0)
    told.pacing.warm()
    assert told.starts(1.0) == 0


def test_calls_go_in_the_order_in_which_they_were_made() -> None:
    pacing = Pacing()
    pacing.failed(turn(), 1.0, 1.0, full=True)
    late, early = turn(2.0), turn(1.0)
    for each in (late, early):
        pacing.ask(each, 3.0)
    assert pacing.admit(3.0) == [early]


def test_who_has_failed_while_nothing_succeeds_lets_the_others_go_first() -> None:
    told = Told().fail(IN_A_ROW, 1.0, 1.0).ask(10, 1.0)
    (first,) = told.pacing.admit(1.2)
    told.pacing.failed(first, 1.2, 1.2, full=False)
    told.pacing.ask(first, 1.3)
    assert told.pacing.admit(5.0) == [told.waiting[1]]
    assert first.order == 1.2


def test_every_second_probe_of_an_outage_is_the_call_that_was_made_last_of_those_that_were_not_sent() -> None:
    """Those that were made first may all be of a kind that fails, and others succeed."""
    told = Told().fail(IN_A_ROW, 1.0, 1.0)
    for number in range(8):
        told.ask(1, 1.0 + number / 100)
    probes = []
    for second in range(2, 11):
        (probe,) = told.pacing.admit(second)
        probes.append(told.waiting.index(probe))
        told.pacing.failed(probe, second, second, full=False)
        told.pacing.ask(probe, second)
    assert probes == [0, 1, 2, 7, 3, 6, 4, 5, 0]


def test_who_waits_no_longer_and_who_is_forgotten_keeps_nobody_up() -> None:
    told = Told().fail(1, 1.0, 1.0, full=True).ask(3, 1.0)
    told.pacing.leave(told.waiting[0])
    (second,) = told.pacing.admit(2.0)
    assert second is told.waiting[1]
    told.pacing.succeeded(2.0, 2.1)
    told.pacing.window = 1.0
    assert told.starts(2.1) == 0
    told.waiting[1] = told.waiting[2]
    del second
    gc.collect()
    assert told.starts(2.1) == 1


def test_a_call_that_was_in_another_queue_before_takes_nobodys_place() -> None:
    old = Told().ask(5, 1.0).waiting
    told = Told().fail(1, 1.0, 1.0, full=True).ask(5, 1.0)
    for each in old:
        told.pacing.leave(each)
    assert len(told.pacing._waiting) == 5


def test_calls_that_a_full_server_had_accepted_before_it_refused_one_show_how_many_it_takes() -> None:
    told = Told().fail(1, 1.0, 1.0, full=True)
    for _ in range(7):
        told.pacing.succeeded(0.9, 1.1)
    assert told.pacing.window == 8.0
    told = Told().fail(IN_A_ROW, 1.0, 1.0)
    for _ in range(7):
        told.pacing.succeeded(0.9, 1.1)
    assert told.pacing.window == FEW


def test_a_pause_without_any_call_is_forgotten_after_a_minute() -> None:
    told = Told().fail(1, 1.0, 1.0, full=True)
    told.pacing.leave(told.kept[0])
    assert told.ask(50, 62.0).starts(62.0) == 50


# --- properties -----------------------------------------------------------------------------------

policies = st.integers(1, 10).map(lambda retries: RetryPolicy(max_retries=retries))
starts_of_calls = st.lists(st.floats(0, 20), min_size=1, max_size=60)


@settings(max_examples=60, deadline=None)
@given(
    starts=starts_of_calls,
    policy=policies,
    failure=st.sampled_from(FAILURES),
    length=st.floats(0.1, 120),
    refusal=st.sampled_from([0.001, 0.05, 1.0]),
    cold=st.booleans(),
)
def test_no_call_is_given_up_before_its_schedule_and_none_much_later(
    starts: list[float], policy: RetryPolicy, failure: Outcome, length: float, refusal: float, cold: bool
) -> None:
    world = World(outage(1.0, 1.0 + length, failure), starts, policy=policy, refusal=refusal, cold=cold).run()
    for call in world.calls:
        assert call.ended is not None
        if call.error is not None:
            spent = call.ended - call.start
            assert len(call.sent) == policy.max_retries + 1 or spent >= policy.whole
            assert call.ended < 1.0 + length + refusal + 0.001
            last_success = (
                max((other.ended or 0.0) for other in world.calls if other.error is None)
                if (len(world.lost) < len(world.calls))
                else 0.0
            )
            begun = max(call.start, min(last_success, call.ended))
            assert call.ended <= begun + policy.whole + call.busy + GRACE + 2 * refusal + 3.0


@settings(max_examples=60, deadline=None)
@given(starts=starts_of_calls, failure=st.sampled_from(FAILURES), length=st.floats(3, 60), cold=st.booleans())
def test_no_more_than_a_few_are_under_way_while_nothing_succeeds(
    starts: list[float], failure: Outcome, length: float, cold: bool
) -> None:
    world = World(outage(0.0, length, failure), starts, refusal=0.4, cold=cold).run()
    assert world.most <= max(FEW, CROWD if cold else IN_A_ROW)


@settings(max_examples=40, deadline=None)
@given(calls=st.integers(5, 300), failure=st.sampled_from(FAILURES), length=st.floats(0.5, 50), cold=st.booleans())
def test_an_outage_shorter_than_the_schedule_loses_no_call_and_is_over_soon_after(
    calls: int, failure: Outcome, length: float, cold: bool
) -> None:
    world = World(outage(0.0, length, failure), [0.0] * calls, cold=cold).run()
    assert world.lost == []
    assert world.requests <= calls + (CROWD if cold else calls) + length + 9 * FEW
    if calls >= 30:
        assert max(call.ended or math.inf for call in world.calls) <= length + 3.0


@settings(max_examples=40, deadline=None)
@given(
    calls=st.integers(30, 300),
    failure=st.sampled_from(FAILURES),
    length=st.floats(0.5, 10),
    refusal=st.floats(0.001, WARM_SECONDS),
    cold=st.booleans(),
)
def test_an_outage_that_meets_a_crowd_costs_at_most_two_requests_a_call(
    calls: int, failure: Outcome, length: float, refusal: float, cold: bool
) -> None:
    world = World(outage(0.0, length, failure), [0.0] * calls, cold=cold, crowd=not cold, refusal=refusal).run()
    assert world.lost == []
    assert world.requests + FEW <= 2 * calls  # with those that start before a crowd is seen
    assert max(call.ended or math.inf for call in world.calls) <= length + 3.0


@settings(max_examples=30, deadline=None)
@given(failure=st.sampled_from(FAILURES), length=st.floats(2, 50), service=st.sampled_from([0.001, 1.0]))
def test_after_an_outage_the_pace_is_back_within_nine_successes(
    failure: Outcome, length: float, service: float
) -> None:
    world = World(outage(0.0, length, failure), [0.0] * 400, service=service, at_once=100).run()
    assert world.lost == []
    assert world.calm_after is not None
    assert world.calm_after <= 9


@pytest.mark.parametrize("failure", [BROKEN, BUSY])
@pytest.mark.parametrize("service", [0.05, 1.0])
def test_one_bad_server_of_ten_behind_a_gateway_slows_the_calls_to_the_others_little(
    failure: Outcome, service: float
) -> None:
    chance = random.Random(1)
    world = World(lambda now, serving: failure if chance.random() < 0.1 else OK, [0.0] * 600, service=service).run()
    assert world.lost == []
    assert world.requests < 1.25 * 600
    assert world.now <= 30 * service + 8.0


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("calls", [30, 300])
@pytest.mark.parametrize("cold", [False, True])
def test_a_server_that_is_there_every_other_second_has_served_all_after_a_few(
    failure: Outcome, calls: int, cold: bool
) -> None:
    def comes_and_goes(now: float, serving: int) -> Outcome | None:
        return failure if now % 2.0 < 1.0 else OK

    world = World(comes_and_goes, [0.0] * calls, service=0.3, cold=cold, crowd=not cold).run()
    assert world.lost == []
    assert world.now <= 4.0


@settings(max_examples=30, deadline=None)
@given(
    capacity=st.integers(1, 32),
    calls=st.integers(1, 300),
    status=st.sampled_from([503, 429]),
    service=st.sampled_from([0.02, 0.1, 0.5]),
    cold=st.booleans(),
)
@example(capacity=1, calls=300, status=503, service=0.02, cold=False)  # where a second one is refused every time
def test_nobody_starves_on_a_full_server(capacity: int, calls: int, status: int, service: float, cold: bool) -> None:
    world = World(full(capacity, status), [0.0] * calls, service=service, cold=cold).run()
    assert world.lost == []
    ideal = math.ceil(calls / capacity) * service
    assert max(call.ended or math.inf for call in world.calls) <= ideal / 0.8 + 4.0


@pytest.mark.parametrize("capacity", [4, 8, 16])
@pytest.mark.parametrize("service", [0.05, 0.3, 1.0])
@pytest.mark.parametrize("cold", [False, True])
def test_the_pace_on_a_full_server_is_at_least_four_fifths_of_what_is_possible(
    capacity: int, service: float, cold: bool
) -> None:
    world = World(full(capacity), [0.0] * 600, service=service, cold=cold, at_once=100).run()
    assert world.lost == []
    assert 600 / capacity * service / world.now >= 0.8
    assert world.requests < 1.5 * 600
