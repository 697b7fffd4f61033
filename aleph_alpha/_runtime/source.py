"""Where jobs come from, for both halves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

__all__ = ["until_failure"]

T = TypeVar("T")


def until_failure(jobs: Iterator[T], failed: list[Exception]) -> Iterator[T]:
    """The jobs; a failure to make one ends them and waits in `failed`, so that it overtakes none before it."""
    try:
        yield from jobs
    except Exception as error:
        failed.append(error)
