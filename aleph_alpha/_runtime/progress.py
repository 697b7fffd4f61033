"""What bulk calls have in common, sync or async: chunks in, results collected in order, a progress bar."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from aleph_alpha.errors import InvalidRequestError

if TYPE_CHECKING:
    pass

__all__ = ["check_count", "progress"]


def check_count(name: str, value: int, most: int | None = None) -> None:
    """Validate a positive count.

    Raises:
        InvalidRequestError: names it, and its bounds.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidRequestError(f"{name} must be an int, not {type(value).__name__}")
    if value < 1 or (most is not None and value > most):
        bounds = "at least 1" if most is None else f"between 1 and {most}"
        raise InvalidRequestError(f"{name} must be {bounds}, not {value}")


@contextmanager
def progress(total: int | None, *, shown: bool, unit: str = "prompt") -> Iterator[Callable[[int], None]]:
    """A function that advances a tqdm progress bar, or does nothing where none is wanted."""
    if not shown:
        yield lambda count: None
        return
    from tqdm import tqdm

    with tqdm(total=total, unit=unit) as bar:

        def advance(count: int) -> None:
            bar.update(count)

        yield advance
