"""The two hand-written halves of `_runtime`: concurrency, order of failure, cancellation."""

from __future__ import annotations

import asyncio
import functools
import threading
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import pytest

from aleph_alpha._runtime import aio, threads


async def run(half: str, jobs: Any, limit: int, done: Callable[[int, Any], None]) -> None:
    """Jobs are plain functions; the async half gets them wrapped."""
    if half == "threads":
        threads.fan_out(iter(jobs), limit, done)
        return

    def wrapped(job: Callable[[], Any]) -> Callable[[], Any]:
        async def call() -> Any:
            await asyncio.sleep(0)
            return job()

        return call

    await aio.fan_out(map(wrapped, jobs), limit, done)


@pytest.mark.parametrize("half", ["aio", "threads"])
@pytest.mark.parametrize("limit", [1, 2, 5, 50])
async def test_every_result_is_handed_over_with_its_index(half: str, limit: int) -> None:
    results: dict[int, int] = {}
    await run(half, [lambda number=number: number * 10 for number in range(20)], limit, results.__setitem__)
    assert results == {number: number * 10 for number in range(20)}


@pytest.mark.parametrize("half", ["aio", "threads"])
@pytest.mark.parametrize("limit", [1, 3])
async def test_the_first_failure_is_raised_and_no_other_job_is_started(half: str, limit: int) -> None:
    started: list[int] = []

    def job(number: int) -> int:
        started.append(number)
        if number == 4:
            raise LookupError("four")
        return number

    with pytest.raises(LookupError, match="four"):
        await run(half, [lambda number=number: job(number) for number in range(1000)], limit, lambda *_: None)
    assert len(started) <= 5 + 2 * limit


@pytest.mark.parametrize("half", ["aio", "threads"])
async def test_a_failure_of_the_iterator_ends_the_jobs(half: str) -> None:
    def jobs() -> Any:
        yield lambda: 1
        raise LookupError("no more")

    with pytest.raises(LookupError, match="no more"):
        await run(half, jobs(), 2, lambda *_: None)


async def test_jobs_under_way_are_cancelled_at_once_in_tasks() -> None:
    cancelled: list[int] = []

    async def job(number: int) -> None:
        if number == 2:
            raise LookupError("two")
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(number)
            raise

    with pytest.raises(LookupError, match="two"):
        await aio.fan_out((functools.partial(job, number) for number in range(10)), 3, lambda *_: None)
    assert sorted(cancelled) == [0, 1]


async def test_no_more_than_the_limit_run_at_once_in_tasks() -> None:
    running = most = 0

    async def job() -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1

    await aio.fan_out((job for _ in range(50)), 7, lambda *_: None)
    assert most == 7


async def test_cancelling_the_caller_cancels_the_jobs() -> None:
    before = asyncio.all_tasks()
    started = asyncio.Event()
    ended: list[bool] = []

    async def job() -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    task = asyncio.create_task(aio.fan_out((job for _ in range(5)), 2, lambda *_: None))  # noqa: RUF006
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(ended) in (1, 2)
    assert asyncio.all_tasks() == before


def test_jobs_under_way_are_interrupted_at_once_in_threads() -> None:
    interrupted = threading.Event()
    registered = threading.Event()

    def waits() -> None:
        scope = threads.current_scope.get()
        assert scope is not None
        scope.register(interrupted.set)
        registered.set()
        assert interrupted.wait(60)
        raise ConnectionError("the socket was shut down")

    def fails() -> None:
        assert registered.wait(60)
        raise LookupError("first")

    with pytest.raises(LookupError, match="first"):
        threads.fan_out(iter([waits, fails]), 2, lambda *_: None)


def test_waits_between_attempts_are_interrupted_in_threads() -> None:
    sleeping = threading.Event()

    def sleeps() -> None:
        sleeping.set()
        threads.sleep(600)

    def fails() -> None:
        assert sleeping.wait(60)
        raise LookupError("first")

    with pytest.raises(LookupError, match="first"):
        threads.fan_out(iter([sleeps, fails]), 2, lambda *_: None)


def test_results_that_arrive_after_a_failure_count_in_threads() -> None:
    started, failed = threading.Event(), threading.Event()
    results: dict[int, str] = {}

    def late() -> str:
        started.set()
        assert failed.wait(60)
        return "late"

    def fails() -> str:
        assert started.wait(60)
        failed.set()
        raise LookupError("first")

    with pytest.raises(LookupError, match="first"):
        threads.fan_out(iter([late, fails]), 2, results.__setitem__)
    assert results == {0: "late"}


def test_no_thread_is_left() -> None:
    before = threading.active_count()
    threads.fan_out((lambda: None for _ in range(20)), 5, lambda *_: None)
    assert threading.active_count() == before


@pytest.mark.parametrize("half", ["aio", "threads"])
@pytest.mark.parametrize("limit", [1, 2, 5])
async def test_every_job_sees_the_context_variables_of_the_caller(half: str, limit: int) -> None:
    tenant: ContextVar[str] = ContextVar("tenant")
    tenant.set("a")
    seen: dict[int, str] = {}
    await run(half, [tenant.get] * 6, limit, seen.__setitem__)
    assert list(seen.values()) == ["a"] * 6


@pytest.mark.parametrize("limit", [2, 5])
def test_what_a_job_sets_stays_its_own(limit: int) -> None:
    tenant: ContextVar[int] = ContextVar("tenant", default=0)

    def job(number: int) -> int:
        before = tenant.get()
        tenant.set(number)
        return before

    jobs = [functools.partial(job, number) for number in range(1, 20)]
    assert list(threads.in_order(iter(jobs), limit)) == [0] * 19
    seen: dict[int, int] = {}
    threads.fan_out(iter(jobs), limit, seen.__setitem__)
    assert set(seen.values()) == {0}
    assert tenant.get() == 0
