"""A task as a callable for ``ray.data.Dataset.map_batches``, for pipelines that are Ray Data already."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from aleph_alpha import AsyncClient
from aleph_alpha.bulk.engines.local import Learnt, run_here
from aleph_alpha.bulk.shard import Shard, Work
from aleph_alpha.bulk.sources import check_columns
from aleph_alpha.bulk.task import Task, check_input

__all__ = ["ray_dataset"]

_ROW = "__row"
_MESSAGE = 500  # characters


def ray_dataset(task: Task, *, client: AsyncClient | None = None, concurrency: int = 16, error: str = "error") -> Any:
    """A callable that does a task with the rows of a batch; pass it with ``batch_format="pyarrow"``.

    Each row comes back with the task's columns, and its failure in the column `error`: a bad row costs one
    row and not the batch, and what may work the next time is tried again, at a pace that the server can
    take. Which batches are done is Ray's to know: one that is run again is asked again. Exactly one row
    a key, whatever dies, is what ``run(..., engine="ray")`` gives.

    Args:
        task: what to do with each row.
        client: whose token, host and options are used; by default ``AsyncClient.from_env()`` of the worker.
        concurrency: most requests under way for one batch.
        error: name of the column for failures; it is null where a row has a result.

    >>> from aleph_alpha import AsyncClient, bulk
    >>> do = bulk.ray_dataset(bulk.Complete("toy-base", "text"), client=AsyncClient(token, host))
    >>> batch = do(pa.table({"text": ["The sun is", None]}))  # as dataset.map_batches(do, batch_format="pyarrow") does
    >>> batch.column("error").to_pylist()
    [None, "InvalidRequestError: column 'text' must hold a string, got NoneType"]
    """
    return _Doing(task, client, concurrency, error)


class _Doing:
    def __init__(self, task: Task, client: AsyncClient | None, concurrency: int, error: str) -> None:
        self._task = task
        self._client = client
        self._concurrency = concurrency
        self._error = error
        self._learnt = Learnt(concurrency)  # batch by batch

    def __call__(self, batch: pa.Table) -> pa.Table:
        if not isinstance(batch, pa.Table):
            raise TypeError(f"batches must be pyarrow tables, got {type(batch).__name__}: pass batch_format='pyarrow'")
        inputs = self._task.inputs()
        check_columns(list(inputs), batch.column_names, "the data set")
        for name, wanted in inputs.items():
            check_input(name, wanted, batch.schema.field(name).type)
        client = self._client or AsyncClient.from_env()
        rows = batch.select(list(inputs)).append_column(_ROW, pa.array(range(batch.num_rows), pa.int64()))
        with tempfile.TemporaryDirectory(prefix="aleph-alpha-bulk-") as folder:
            work = Work(self._task, client, _ROW, Path(folder), self._concurrency)
            sealed = run_here(work, Shard(1, rows), self._learnt)
            return self._joined(batch, sealed.rows, sealed.errors)

    def _joined(self, batch: pa.Table, rows: Path | None, errors: Path | None) -> pa.Table:
        done = {} if rows is None else {row[_ROW]: row for row in parquet.read_table(rows).to_pylist()}
        failed = {} if errors is None else {row[_ROW]: row for row in parquet.read_table(errors).to_pylist()}
        places = range(batch.num_rows)
        for name, kind in self._task.outputs().items():
            batch = batch.append_column(name, pa.array([done.get(place, {}).get(name) for place in places], kind))
        messages = [
            f"{row['error']}: {row['message']}"[:_MESSAGE] if (row := failed.get(place)) else None for place in places
        ]
        return batch.append_column(self._error, pa.array(messages, pa.string()))
