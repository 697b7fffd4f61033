"""The retry policy as tables: it is a pure function."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given, strategies as st

import aleph_alpha
from aleph_alpha import errors
from aleph_alpha._retry.schedule import RETRY_STATUS_CODES, Failure, Others, Outcome, RetryPolicy, parse_retry_after
from aleph_alpha.testing.faults.kinds import Status
from tests.fault_table import rows

BUSY = Outcome(Failure.STATUS, status=503)
NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)


def test_the_documented_schedule_doubles_from_a_quarter_second_and_adds_up_to_63_75() -> None:
    policy = RetryPolicy()
    steps = [policy.delay(BUSY, done, jitter=0.0, remaining=None) for done in range(9)]
    assert steps == [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, None]
    assert sum(step for step in steps if step) == 63.75


@given(done=st.integers(0, 99), jitter=st.floats(0, 1, exclude_max=True))
def test_no_single_wait_is_longer_than_32_seconds(done: int, jitter: float) -> None:
    delay = RetryPolicy(max_retries=100).delay(BUSY, done, jitter=jitter, remaining=None)
    assert delay is not None
    assert delay <= 32.0


@pytest.mark.parametrize("retries", [0, 1, 2, 8, 9, 100])
def test_the_whole_schedule_is_the_sum_of_its_waits(retries: int) -> None:
    policy = RetryPolicy(max_retries=retries)
    waits = [policy.delay(BUSY, done, jitter=0.0, remaining=None) for done in range(retries)]
    assert policy.whole == sum(wait for wait in waits if wait is not None)


OTHERS: list[tuple[Outcome, RetryPolicy, Others]] = [
    (Outcome(Failure.STATUS, 503), RetryPolicy(), Others.PACE),
    (Outcome(Failure.STATUS, 429), RetryPolicy(), Others.PACE),
    (Outcome(Failure.STATUS, 500, code="QUEUE_FULL"), RetryPolicy(), Others.PACE),
    (Outcome(Failure.STATUS, 400, code="QUEUE_FULL"), RetryPolicy(), Others.GO_ON),
    (Outcome(Failure.STATUS, 503, 60.0), RetryPolicy(), Others.PACE),
    (Outcome(Failure.STATUS, 500, 1.0), RetryPolicy(), Others.PACE),
    (Outcome(Failure.STATUS, 429, 60.0), RetryPolicy(), Others.PACE_ALL),
    (Outcome(Failure.STATUS, 429, 60.1), RetryPolicy(), Others.GO_ON),
    (Outcome(Failure.STATUS, 503, 60.1), RetryPolicy(), Others.GO_ON),
    *[(Outcome(Failure.STATUS, status), RetryPolicy(), Others.PROBE) for status in (408, 500, 502, 504)],
    *[
        (Outcome(Failure.STATUS, status), RetryPolicy(), Others.GO_ON)
        for status in (301, 400, 401, 402, 403, 404, 413, 422, 501, 505, 529)
    ],
    (Outcome(Failure.NOT_SENT), RetryPolicy(), Others.PROBE),
    (Outcome(Failure.AMBIGUOUS), RetryPolicy(), Others.GO_ON),
    (Outcome(Failure.AMBIGUOUS), RetryPolicy(retry_ambiguous=True), Others.PROBE),
    (Outcome(Failure.FINAL), RetryPolicy(retry_ambiguous=True), Others.GO_ON),
    (Outcome(Failure.STATUS, 429, 1.0), RetryPolicy(max_retries=0), Others.GO_ON),
    (Outcome(Failure.NOT_SENT), RetryPolicy(max_retries=0), Others.GO_ON),
]


@pytest.mark.parametrize(("outcome", "policy", "others"), OTHERS)
def test_which_failures_concern_the_other_calls(outcome: Outcome, policy: RetryPolicy, others: Others) -> None:
    assert policy.others(outcome) is others


@given(done=st.integers(0, 7), jitter=st.floats(0, 1, exclude_max=True))
def test_jitter_only_shortens_a_step_and_by_at_most_a_quarter(done: int, jitter: float) -> None:
    step = 0.25 * 2.0**done
    delay = RetryPolicy().delay(BUSY, done, jitter=jitter, remaining=None)
    assert delay is not None
    assert 0.75 * step <= delay <= step


@pytest.mark.parametrize(
    ("outcome", "policy", "retried"),
    [
        *[(Outcome(Failure.STATUS, status=status), RetryPolicy(), True) for status in (408, 429, 500, 502, 503, 504)],
        *[
            (Outcome(Failure.STATUS, status=status), RetryPolicy(), False)
            for status in (301, 400, 401, 402, 403, 404, 409, 413, 422, 501, 505, 529)
        ],
        (Outcome(Failure.NOT_SENT), RetryPolicy(), True),
        (Outcome(Failure.AMBIGUOUS), RetryPolicy(), False),
        (Outcome(Failure.AMBIGUOUS), RetryPolicy(retry_ambiguous=True), True),
        (Outcome(Failure.FINAL), RetryPolicy(retry_ambiguous=True), False),
        (BUSY, RetryPolicy(max_retries=0), False),
    ],
)
def test_what_is_tried_again(outcome: Outcome, policy: RetryPolicy, retried: bool) -> None:
    assert (policy.delay(outcome, 0, jitter=0.0, remaining=None) is not None) is retried


@pytest.mark.parametrize(
    ("retry_after", "delay"),
    [(0.0, 1.5), (0.5, 1.5), (1.6, 1.6), (60.0, 60.0), (60.1, None), (86_400.0, None)],
)
def test_retry_after_lengthens_a_wait_up_to_the_cap_and_shortens_none(retry_after: float, delay: float | None) -> None:
    outcome = Outcome(Failure.STATUS, status=429, retry_after=retry_after)
    assert RetryPolicy().delay(outcome, 3, jitter=1.0, remaining=None) == delay


@given(st.integers(1, 12), st.floats(0, 60), st.floats(0, 1, exclude_max=True))
def test_whatever_the_server_says_the_schedule_takes_as_long_as_it_does_without(
    retries: int, retry_after: float, jitter: float
) -> None:
    policy, outcome = RetryPolicy(max_retries=retries), Outcome(Failure.STATUS, 503, retry_after)
    waits = [policy.delay(outcome, done, jitter=jitter, remaining=None) for done in range(retries + 1)]
    assert waits.pop() is None
    assert all(wait is not None and wait >= retry_after for wait in waits)
    assert sum(wait or 0.0 for wait in waits) >= 0.75 * policy.whole - 1e-6


@pytest.mark.parametrize(
    ("outcome", "done", "why"),
    [
        (Outcome(Failure.STATUS, 429, 3600.0), 0, "the server asks to wait 3600 s, and retry_after_cap is 60 s"),
        (Outcome(Failure.STATUS, 503, 1234567.5), 0, "to wait 1234567.5 s"),
        (Outcome(Failure.STATUS, 503, 30.0), 0, "beyond the deadline"),
        (Outcome(Failure.NOT_SENT), 0, "beyond the deadline"),
        (Outcome(Failure.STATUS, 503, 3600.0), 8, None),
        (Outcome(Failure.STATUS, 400, 3600.0), 0, None),
        (Outcome(Failure.AMBIGUOUS), 0, None),
        (Outcome(Failure.FINAL), 0, None),
    ],
)
def test_it_is_said_why_there_is_no_retry_where_one_was_to_be_expected(
    outcome: Outcome, done: int, why: str | None
) -> None:
    policy = RetryPolicy()
    assert policy.delay(outcome, done, jitter=0.0, remaining=0.1) is None
    said = policy.why_not(outcome, done)
    assert said is None if why is None else why in str(said)


@pytest.mark.parametrize(("remaining", "delay"), [(10.0, 0.25), (0.26, 0.25), (0.25, None), (0.0, None), (-1.0, None)])
def test_no_wait_goes_beyond_the_deadline(remaining: float, delay: float | None) -> None:
    assert RetryPolicy().delay(BUSY, 0, jitter=0.0, remaining=remaining) == delay


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("0", 0.0),
        ("7", 7.0),
        (" 7 ", 7.0),
        ("0.5", 0.5),
        ("7.25", 7.25),
        ("-3", None),
        ("+3", None),
        ("nan", None),
        ("inf", None),
        ("9" * 400, None),
        ("1_0", None),
        ("1e1", None),
        ("0x10", None),
        (".5", None),
        ("5.", None),
        ("5, 10", None),
        ("\u0661\u0662", None),  # Arabic digits
        ("\u0661.\u0662", None),
        ("7\n", 7.0),
        ("soon", None),
        ("10 s", None),
        (format_datetime(NOW + timedelta(seconds=30), usegmt=True), 30.0),
        (format_datetime(NOW - timedelta(hours=1), usegmt=True), 0.0),
        ("Saturday, 21-Nov-26 12:00:05 GMT", 5.0),
        ("Sat, 21 Nov 2026 13:00:05 +0100", 5.0),
        ("Sat, 21 Nov 2026 12:00:05", 5.0),
        ("Sat, 2_1 Nov 2026 12:00:05 GMT", None),
        ("Sat, \u0662\u0661 Nov 2026 12:00:05 GMT", None),
    ],
)
def test_retry_after_is_read_as_seconds_fractions_and_dates(header: str | None, seconds: float | None) -> None:
    headers = {} if header is None else {"retry-after": header}
    assert parse_retry_after(headers, NOW) == seconds


@given(
    st.timedeltas(timedelta(days=-400), timedelta(days=400)).map(lambda skew: skew - skew % timedelta(seconds=1)),
    st.integers(0, 4000),
)
def test_a_clock_of_the_server_that_is_wrong_does_not_make_a_wait_longer_or_shorter(
    skew: timedelta, seconds: int
) -> None:
    date = NOW + skew
    headers = {
        "retry-after": format_datetime(date + timedelta(seconds=seconds), usegmt=True),
        "date": format_datetime(date, usegmt=True),
    }
    assert parse_retry_after(headers, NOW) == seconds


@pytest.mark.parametrize("date", ["", "soon", "0", "Sat, 2_1 Nov 2026 12:00:05 GMT", "Sat, 21 Nov 2026 25:00:00 GMT"])
def test_a_date_that_is_none_leaves_our_own_clock(date: str) -> None:
    headers = {"retry-after": format_datetime(NOW + timedelta(seconds=30), usegmt=True), "date": date}
    assert parse_retry_after(headers, NOW) == 30.0


def test_seconds_do_not_depend_on_any_clock() -> None:
    assert parse_retry_after({"retry-after": "7", "date": "Sat, 21 Nov 2006 13:00:00 GMT"}, NOW) == 7.0


@given(st.text())
def test_any_retry_after_is_understood_or_ignored(header: str) -> None:
    seconds = parse_retry_after({"retry-after": header}, NOW)
    assert seconds is None or seconds >= 0


def test_every_status_with_a_class_or_a_retry_has_a_name_for_users_and_a_row_in_the_table_of_faults() -> None:
    statuses = {fault.status for row in rows() for fault in row.faults if isinstance(fault, Status)}
    assert errors._BY_STATUS.keys() | RETRY_STATUS_CODES <= statuses
    assert set(errors.__all__) - {"status_error"} <= set(aleph_alpha.__all__)
    assert all(name in (errors.__doc__ or "") for name in errors.__all__ if name != "status_error")
