"""What bulk calls have in common, sync or async: chunks in, results collected in order, a progress bar."""

from __future__ import annotations

import contextlib
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from aleph_alpha.errors import InvalidRequestError

__all__ = ["check_count", "progress"]


def check_count(name: str, value: int, most: int | None = None) -> None:
    """Validate a positive count.

    Raises:
        InvalidRequestError: names it, and its bounds.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidRequestError(f"{name} must be an int, not {type(value).__name__}")
    if value < 1 or (most is not None and value > most):
        bounds = "1 or greater" if most is None else f"between 1 and {most}"
        raise InvalidRequestError(f"{name} must be {bounds}, got {value}")


@contextmanager
def progress(total: int | None, *, shown: bool, unit: str = "prompt") -> Iterator[Callable[[int], None]]:
    """A function that advances a tqdm progress bar, or does nothing where none is wanted, or can be shown."""
    if not shown:
        yield lambda count: None
        return
    bar = _bar(total, unit)

    def advance(count: int) -> None:
        _harmless(bar.update, count)

    try:
        yield advance
    finally:
        _harmless(bar.close)


def _bar(total: int | None, unit: str) -> Any:
    """The bar of a terminal or a notebook; one that shows nothing where there is nowhere to show it."""
    from tqdm import TqdmWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TqdmWarning)  # a notebook without its widgets
        from tqdm.auto import tqdm
    if sys.stderr is not None:
        with contextlib.suppress(Exception):
            return tqdm(total=total, unit=unit)
    return tqdm(total=total, unit=unit, disable=True)


def _harmless(show: Callable[..., object], *args: object) -> None:
    """Show something; a job does not fail for a stream that is closed or full, or is somebody's own class."""
    with contextlib.suppress(Exception):
        show(*args)
