# Made from aleph_alpha/_async/many.py by scripts/unasync.py: change it there, then run `make fix`.
"""Many calls of one kind: a few at a time, results in order, and nothing lost on failure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sized
from typing import Any, TypeVar

from aleph_alpha._call.checks import describe as shown
from aleph_alpha._runtime.progress import check_count, progress
from aleph_alpha._runtime.threads import Items, fan_out, in_order
from aleph_alpha.errors import AlephAlphaError, InvalidRequestError

__all__ = ["iter_many", "send_many"]

Q = TypeVar("Q")


def send_many(
    send: Callable[[Q], Any], requests: Iterable[Q], *, concurrency: int, progress_bar: bool, return_errors: bool
) -> list[Any]:
    """See ``Client.complete_many``; `send` sends one of the requests."""
    _check(requests, concurrency)
    total = len(requests) if isinstance(requests, Sized) else None
    results: dict[int, Any] = {}
    taken = 0
    job = _job(send, return_errors)

    def take(request: Q) -> Callable[[], Any]:
        nonlocal taken
        taken += 1
        return job(request)

    with progress(total, shown=progress_bar, unit="request") as advance:

        def done(index: int, result: Any) -> None:
            results[index] = result
            advance(1)

        try:
            fan_out(map(take, requests), concurrency, done)
        except BaseException as error:
            known = taken if total is None else total
            error.partial = dict(sorted(results.items()))  # type: ignore[attr-defined]
            error.remaining = [index for index in range(known) if index not in results]  # type: ignore[attr-defined]
            raise
    return [results[index] for index in sorted(results)]


def iter_many(send: Callable[[Q], Any], requests: Iterable[Q], *, concurrency: int, return_errors: bool) -> Items[Any]:
    """See ``Client.iter_complete_many``; `send` sends one of the requests."""
    _check(requests, concurrency)
    return in_order(map(_job(send, return_errors), requests), concurrency)


def _check(requests: object, concurrency: int) -> None:
    check_count("num_concurrent_requests", concurrency)
    if not isinstance(requests, Iterable):
        raise InvalidRequestError(f"requests must be a list or another iterable, not {shown(requests)}")


def _job(send: Callable[[Q], Any], return_errors: bool) -> Callable[[Q], Callable[[], Any]]:
    """What makes the job of a request."""

    def job(request: Q) -> Callable[[], Any]:
        def run() -> Any:
            try:
                return send(request)
            except AlephAlphaError as error:
                if not return_errors:
                    raise
                return error

        return run

    return job
