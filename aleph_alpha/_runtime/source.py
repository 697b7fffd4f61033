"""Where jobs come from, and what is said where they cannot be done, for both implementations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from aleph_alpha.errors import UnsupportedRuntimeError

__all__ = ["no_thread", "until_failure"]

T = TypeVar("T")


def until_failure(jobs: Iterator[T], failed: list[Exception]) -> Iterator[T]:
    """The jobs; a failure to make one ends them and waits in `failed`, so that it overtakes none before it."""
    try:
        yield from jobs
    except Exception as error:
        failed.append(error)


def no_thread(error: RuntimeError) -> UnsupportedRuntimeError:
    """What to raise where Python starts no thread, as at the exit of the interpreter."""
    return UnsupportedRuntimeError(
        f"no thread can be started ({error}): call before the interpreter exits, such as in a with block of the "
        "client; single calls of Client work until then, and many requests with num_concurrent_requests=1"
    )
