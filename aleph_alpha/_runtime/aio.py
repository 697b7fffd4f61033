"""The implementation for asyncio: see the package's docstring."""

from __future__ import annotations

import asyncio
import inspect
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextvars import copy_context
from functools import partial
from typing import TypeAlias, TypeVar

from aleph_alpha._runtime.source import no_thread, until_failure
from aleph_alpha.errors import UnsupportedRuntimeError

__all__ = ["CAN_WAIT", "Items", "Wake", "fan_out", "in_background", "in_order", "place", "resolve", "sleep"]

T = TypeVar("T")

CAN_WAIT = True  # for what is async
Items: TypeAlias = AsyncGenerator[T, None]  # what a generator function returns

_OTHER_LOOP = (
    "AsyncClient sends many requests at once only on asyncio's event loop (or uvloop's): on another, such as trio's, "
    "make single calls with it, or use Client in a thread (trio.to_thread.run_sync)"
)


async def sleep(seconds: float) -> None:
    """Wait, on whatever event loop it is."""
    if place() is resolve:
        import anyio

        await anyio.sleep(seconds)
    else:
        await asyncio.sleep(seconds)


def _check_loop() -> None:
    """Refuse what needs tasks where they cannot be made; before a coroutine is."""
    if place() is resolve:
        raise UnsupportedRuntimeError(_OTHER_LOOP)


def place() -> object:
    """What connections belong to: the running event loop; what has none of asyncio's is one place."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return resolve


class Wake:
    """A wait that others can end, from any thread, by calling it."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._called = asyncio.Event()

    def __call__(self) -> bool:
        """Whether somebody may still be waiting."""
        try:
            self._loop.call_soon_threadsafe(self._called.set)
        except RuntimeError:  # the loop is closed
            return False
        return True

    async def wait(self, seconds: float) -> bool:
        """Whether it was called within so many seconds, or since the last wait."""
        try:
            async with asyncio.timeout(seconds):
                await self._called.wait()
        except TimeoutError:
            return False
        self._called.clear()
        return True


async def resolve(value: T | Awaitable[T]) -> T:
    """The value, waited for where it is awaitable."""
    if inspect.isawaitable(value):
        return await value
    return value


async def in_background(function: Callable[..., T], *args: object) -> T:
    """What the function returns, computed in a thread so that the event loop goes on."""
    if place() is resolve:
        import anyio.to_thread

        return await anyio.to_thread.run_sync(function, *args)
    try:
        computed: asyncio.Future[T] = asyncio.get_running_loop().run_in_executor(
            None, partial(copy_context().run, partial(function, *args))
        )
    except RuntimeError as error:
        raise no_thread(error) from error
    return await computed


async def fan_out(jobs: Iterator[Callable[[], Awaitable[T]]], limit: int, done: Callable[[int, T], None]) -> None:
    """Run the jobs, at most `limit` at once, and hand each result to `done(index, result)`.

    Jobs are taken from the iterator only when one can start. When a job fails, the others are
    cancelled at once and the first failure is raised after they have ended.
    """
    numbered = enumerate(jobs)
    failed = False

    async def work() -> None:
        nonlocal failed
        try:
            while not failed and (entry := next(numbered, None)) is not None:
                done(entry[0], await entry[1]())
        except BaseException:
            failed = True  # before anyone can cancel the others, they may come round to their next job
            raise

    if limit == 1:
        await work()
        return
    _check_loop()
    workers: set[asyncio.Task[None]] = set()
    try:
        for _ in range(limit):
            workers.add(asyncio.ensure_future(work()))
        finished, _ = await asyncio.wait(workers, return_when=asyncio.FIRST_EXCEPTION)
        for worker in finished:
            worker.result()
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)


async def in_order(jobs: Iterator[Callable[[], Awaitable[T]]], limit: int) -> Items[T]:
    """The results of the jobs, in the order of these.

    At most `limit` jobs are under way or have a result that was not taken: nothing piles up when results
    are taken slowly. When a job fails, or no more results are wanted, the others are cancelled. What goes
    wrong in making a job is raised when the results of those before it were taken.
    """
    _check_loop()
    started: deque[asyncio.Future[T]] = deque()
    failed: list[Exception] = []
    jobs = until_failure(jobs, failed)
    try:
        while True:
            while len(started) < limit and (job := next(jobs, None)) is not None:
                started.append(asyncio.ensure_future(job()))
            if not started:
                break
            result = await started[0]
            started.popleft()
            yield result
            del result  # whoever took it may be done with it before there is another
    finally:
        for one in started:
            one.cancel()
        await asyncio.gather(*started, return_exceptions=True)
    if failed:
        raise failed.pop()
