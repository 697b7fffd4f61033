"""The form of a job's results: all rows have the same columns, and vectors of one size."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from aleph_alpha.bulk.errors import ResultFormError

__all__ = ["Form", "form_error"]


class Form:
    """The types of the columns, which the first response tells where nothing is known of them.

    Args:
        columns: names and types as the manifest has them; others than those that are checked do not matter.

    >>> form = Form(None)
    >>> form.check({"v": pa.array([[1.0, 2.0]], pa.list_(pa.float32(), 2))})
    >>> form.check({"v": pa.array([[1.0]], pa.list_(pa.float32(), 1))})
    Traceback (most recent call last):
    aleph_alpha.bulk.errors.ResultFormError: 'v': 1 numbers came, and 2 before: has the model been replaced?
    """

    def __init__(self, columns: Mapping[str, str] | None) -> None:
        self._columns = columns
        self._types: list[pa.DataType] | None = None

    def check(self, columns: Mapping[str, pa.Array]) -> None:
        """Refuse columns of another form.

        Raises:
            ResultFormError: tells the difference.
        """
        types = [column.type for column in columns.values()]
        if types == self._types:
            return
        shown = {name: str(column.type) for name, column in columns.items()}
        if self._columns is not None and (error := form_error(self._columns, shown)) is not None:
            raise error
        if self._columns is None:
            self._columns = shown
        self._types = types


def form_error(before: Mapping[str, str], now: Mapping[str, str]) -> ResultFormError | None:
    """How the columns differ from those before; ``None`` where they do not."""
    for name, kind in now.items():
        if before.get(name) != kind:
            sizes = [_size(before.get(name, "")), _size(kind)]
            if all(sizes):
                told = f"{name!r}: {sizes[1]} numbers came, and {sizes[0]} before"
            else:
                told = f"{name!r} is of type {kind}, and was {before.get(name, 'not there')} before"
            return ResultFormError(f"{told}: has the model been replaced?")
    return None


def _size(kind: str) -> str:
    return kind.rpartition("[")[2].rstrip("]") if kind.startswith("fixed_size_list") else ""
