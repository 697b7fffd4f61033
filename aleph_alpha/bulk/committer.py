"""Makes results durable, those together that have come in the meantime."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent.futures import Executor
from typing import Any

import numpy as np
import pyarrow as pa

from aleph_alpha.bulk.errors import FolderBusyError
from aleph_alpha.bulk.journal import Kind, Segment
from aleph_alpha.bulk.task import VECTOR
from aleph_alpha.errors import ResponseError

__all__ = ["Committer", "arrow_columns"]


def arrow_columns(outputs: Mapping[str, pa.DataType], columns: Mapping[str, Any], rows: int) -> dict[str, pa.Array]:
    """The columns that a task made, as Arrow data.

    Raises:
        ResponseError: one is missing, or has another number of values than there are rows.
        pyarrow.ArrowException: a value is not of the column's type.

    >>> arrow_columns({"x": pa.int64(), "v": VECTOR}, {"x": [1], "v": np.ones((1, 2), np.float32)}, 1)["v"].type
    FixedSizeListType(fixed_size_list<element: float>[2])
    """
    arrays: dict[str, pa.Array] = {}
    for name, kind in outputs.items():
        if name not in columns:
            raise ResponseError(f"the task made no column {name!r}")
        values = columns[name]
        if len(values) != rows:
            raise ResponseError(f"{len(values)} values of {name!r} came for {rows} rows", path=name)
        if kind == VECTOR:
            vectors = np.ascontiguousarray(values, dtype=np.float32)
            element = pa.field("element", pa.float32())
            fixed = pa.list_(element, vectors.shape[1])
            arrays[name] = pa.FixedSizeListArray.from_arrays(pa.array(vectors.reshape(-1)), type=fixed)
        else:
            arrays[name] = values if isinstance(values, pa.Array) else pa.array(values, kind)
    return arrays


class Committer:
    """Writes to the journal in one thread while the event loop goes on.

    Args:
        segment: what is written to; it is closed with the committer.
        thread: writes.
        most: how many responses may wait to be written; a commit is of half as many where they come that fast.
    """

    def __init__(self, segment: Segment, thread: Executor, most: int) -> None:
        self._segment = segment
        self._thread = thread
        self._most = most
        self._pending: list[tuple[Kind, Mapping[str, pa.Array], asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def add(self, kind: Kind, columns: Mapping[str, pa.Array]) -> None:
        """Return when these rows are durable.

        Raises:
            OSError: they may not be.
        """
        durable = asyncio.get_running_loop().create_future()
        self._pending.append((kind, columns, durable))
        if self._writing is None:
            self._writing = asyncio.ensure_future(self._write())
        await durable  # cancelled or not, the rows are written

    async def close(self) -> None:
        """Write what is left, also after a cancellation, and close the segment."""
        if self._writing is not None:
            await self._writing
        self._segment.close()

    async def _write(self) -> None:
        try:
            while self._pending:
                await self._gather()
                taken, self._pending = self._pending, []
                rows = [(kind, columns) for kind, columns, _ in taken]
                try:
                    await asyncio.get_running_loop().run_in_executor(self._thread, self._append, rows)
                except BaseException as error:
                    for _, _, durable in taken:
                        if not durable.done():
                            durable.set_exception(error)
                            durable.exception()  # it may be that nobody waits any more
                    if not isinstance(error, Exception):
                        raise
                else:
                    for _, _, durable in taken:
                        if not durable.done():
                            durable.set_result(None)
        finally:
            self._writing = None

    async def _gather(self) -> None:
        """Wait for as long as each turn of the event loop brings another response, and half of the places are free."""
        seen = 0
        while seen < len(self._pending) < self._most // 2:
            seen = len(self._pending)
            await asyncio.sleep(0)

    def _append(self, rows: list[tuple[Kind, Mapping[str, pa.Array]]]) -> None:
        if not self._segment.is_wanted:
            raise FolderBusyError(f"a later run has taken over from the one that wrote to {self._segment.path}")
        alike: dict[Any, list[Mapping[str, pa.Array]]] = {}
        for kind, columns in rows:
            form = (kind, *((name, array.type) for name, array in columns.items()))
            alike.setdefault(form, []).append(columns)
        self._segment.append(
            (form[0], pa.RecordBatch.from_pydict({name: _joined(group, name) for name in group[0]}))
            for form, group in alike.items()
        )


def _joined(group: list[Mapping[str, pa.Array]], name: str) -> pa.Array:
    arrays = [columns[name] for columns in group]
    return arrays[0] if len(arrays) == 1 else pa.concat_arrays(arrays)
