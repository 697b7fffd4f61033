"""The implementation for threads: see the package's docstring."""

from __future__ import annotations

import inspect
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from aleph_alpha._runtime.forks import new_lock
from aleph_alpha._runtime.source import no_thread, until_failure

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

__all__ = [
    "CAN_WAIT",
    "Cancelled",
    "Items",
    "Scope",
    "Wake",
    "check_scope",
    "current_scope",
    "fan_out",
    "in_background",
    "in_order",
    "in_scope",
    "interruptible",
    "place",
    "resolve",
    "sleep",
]

T = TypeVar("T")

CAN_WAIT = False  # for what is async
Items: TypeAlias = Generator[T, None, None]  # what a generator function returns


class Cancelled(BaseException):
    """Ends the work of a thread whose results nobody waits for any more. Never leaves `fan_out`."""


class Scope:
    """Lets one thread end the blocking calls of others: the wire registers how to interrupt each."""

    def __init__(self) -> None:
        self._lock = new_lock()
        self._interrupts: list[Callable[[], None]] = []
        self._ended = threading.Event()

    @property
    def cancelled(self) -> bool:
        """Whether :meth:`cancel` was called."""
        return self._ended.is_set()

    def register(self, interrupt: Callable[[], None]) -> None:
        """Call `interrupt` when the scope is cancelled; at once when it is already.

        It is called in any thread, must not block, and is not called after :meth:`unregister`.
        """
        with self._lock:
            if not self.cancelled:
                self._interrupts.append(interrupt)
                return
        interrupt()

    def unregister(self, interrupt: Callable[[], None]) -> None:
        """The blocking call is over: leave its connection alone."""
        with self._lock:
            if interrupt in self._interrupts:
                self._interrupts.remove(interrupt)

    def cancel(self) -> None:
        """Interrupt what is under way and refuse what comes."""
        with self._lock:  # all along: what is unregistered meanwhile may serve somebody else afterwards
            self._ended.set()
            for interrupt in self._interrupts:
                interrupt()
            self._interrupts.clear()

    def sleep(self, seconds: float) -> None:
        """Wait, but not beyond a cancellation."""
        if self._ended.wait(seconds):
            raise Cancelled


current_scope: ContextVar[Scope | None] = ContextVar("current_scope", default=None)


def in_scope() -> bool:
    """Whether this thread works for a `fan_out`."""
    return current_scope.get() is not None


def check_scope() -> None:
    """Raise `Cancelled` in a thread of a `fan_out` that has come to its end."""
    scope = current_scope.get()
    if scope is not None and scope.cancelled:
        raise Cancelled


@contextmanager
def interruptible(interrupt: Callable[[], None]) -> Generator[None, None, None]:
    """Within the block, call `interrupt` when the `fan_out` that this thread works for is cancelled."""
    scope = current_scope.get()
    if scope is None:
        yield
        return
    scope.register(interrupt)
    try:
        yield
    finally:
        scope.unregister(interrupt)


def sleep(seconds: float) -> None:
    """Wait; in a thread of `fan_out`, not beyond its cancellation."""
    scope = current_scope.get()
    if scope is None:
        time.sleep(seconds)
    else:
        scope.sleep(seconds)


def place() -> object:
    """What connections belong to: all threads together."""
    return resolve


class Wake:
    """A wait that others can end, from any thread, by calling it."""

    def __init__(self) -> None:
        self._called = threading.Event()

    def __call__(self) -> None:
        self._called.set()

    def wait(self, seconds: float) -> bool:
        """Whether it was called within so many seconds, or since the last wait; not beyond a cancellation."""
        with interruptible(self._called.set):
            called = self._called.wait(seconds)
        check_scope()
        self._called.clear()
        return called


def resolve(value: T | Awaitable[T]) -> T:
    """The value; an awaitable is refused, since there is no event loop to wait in."""
    if inspect.isawaitable(value):
        if inspect.iscoroutine(value):
            value.close()
        raise TypeError("the callables of a Client (its token, tools) must not be async; AsyncClient takes such")
    return value


def in_background(function: Callable[..., T], *args: object) -> T:
    """What the function returns: a thread is its own background."""
    return function(*args)


def fan_out(jobs: Iterator[Callable[[], T]], limit: int, done: Callable[[int, T], None]) -> None:
    """Run the jobs, at most `limit` at once, and hand each result to `done(index, result)`.

    Jobs are taken from the iterator, and `done` is called, by the calling thread alone. Each job sees
    the context variables of the caller. When a job
    fails, no other is started, those under way are interrupted, and the first failure is raised
    after they have ended.
    """
    numbered = enumerate(jobs)
    if limit == 1:
        for index, job in numbered:
            done(index, job())
        return
    from concurrent.futures import FIRST_COMPLETED, wait

    scope = Scope()
    running: dict[Future[T], int] = {}
    with _pool(limit) as threads:
        try:
            while True:
                while len(running) < limit and (entry := next(numbered, None)) is not None:
                    running[_submit(threads, scope, entry[1])] = entry[0]
                if not running:
                    return
                _collect(wait(running, return_when=FIRST_COMPLETED).done, running, done)
        except BaseException:
            scope.cancel()
            for future in wait(running).done:  # what ended well in the meantime counts
                if future.exception() is None:
                    done(running[future], future.result())
            raise


def in_order(jobs: Iterator[Callable[[], T]], limit: int) -> Items[T]:
    """The results of the jobs, in the order of these.

    At most `limit` jobs are under way or have a result that was not taken: nothing piles up when results
    are taken slowly. When a job fails, or no more results are wanted, the others are interrupted. What goes
    wrong in making a job is raised when the results of those before it were taken.
    """
    if limit == 1:
        for job in jobs:
            yield job()
        return
    scope = Scope()
    started: deque[Future[T]] = deque()
    failed: list[Exception] = []
    jobs = until_failure(jobs, failed)
    with _pool(limit) as threads:
        try:
            while True:
                while len(started) < limit and (following := next(jobs, None)) is not None:
                    started.append(_submit(threads, scope, following))
                if not started:
                    break
                result = started[0].result()
                started.popleft()
                yield result
                del result  # whoever took it may be done with it before there is another
        finally:
            scope.cancel()
    if failed:
        raise failed.pop()


def _pool(limit: int) -> ThreadPoolExecutor:
    try:
        from concurrent.futures import ThreadPoolExecutor  # asks to be told of the exit, which fails during it
    except RuntimeError as error:
        raise no_thread(error) from error
    return ThreadPoolExecutor(limit, thread_name_prefix="aleph-alpha")


def _submit(threads: ThreadPoolExecutor, scope: Scope, job: Callable[[], T]) -> Future[T]:
    try:
        return threads.submit(copy_context().run, _in_scope, scope, job)
    except RuntimeError as error:
        raise no_thread(error) from error


def _in_scope(scope: Scope, job: Callable[[], T]) -> T:
    current_scope.set(scope)  # in a copy of the caller's context, as a task has one: nothing to restore
    if scope.cancelled:
        raise Cancelled
    return job()


def _collect(finished: set[Future[T]], running: dict[Future[T], int], done: Callable[[int, T], None]) -> None:
    """Hand over what succeeded before the first failure among the same is raised."""
    failed: Future[T] | None = None
    for future in sorted(finished, key=running.__getitem__):
        index = running.pop(future)
        if future.exception() is None:
            done(index, future.result())
        elif failed is None:
            failed = future
    if failed is not None:
        failed.result()
