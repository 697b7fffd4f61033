"""What a job has in memory does not grow with its input."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from aleph_alpha import AsyncClient, bulk
from aleph_alpha.bulk import memory
from tests.bulk.tasks import Doubling, nobody

LONG = "x" * 1000
SHARD = 1024  # rows, as many as a source gives at once


class Weighing(Doubling):
    """Notes how many bytes Arrow holds."""

    def __init__(self) -> None:
        super().__init__(rows_per_request=64)
        self.most = 0

    def inputs(self) -> Any:
        return {**super().inputs(), "text": "text"}

    async def send(self, client: AsyncClient, request: Sequence[Any]) -> list[int]:
        self.most = max(self.most, pa.default_memory_pool().bytes_allocated())
        return await super().send(client, request)


@pytest.fixture
def no_garbage_collection() -> Iterator[None]:
    """So that whatever only the garbage collector would free is kept, but nothing of what was before."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@pytest.mark.usefixtures("no_garbage_collection")
@pytest.mark.parametrize("shards", [20, 40])
def test_shards_that_are_done_are_not_kept(shards: int, tmp_path: Path) -> None:
    rows = pa.table({"id": range(shards * SHARD), "number": range(shards * SHARD), "text": [LONG] * (shards * SHARD)})
    parquet.write_table(rows, tmp_path / "rows.parquet", row_group_size=SHARD, use_dictionary=False)
    size = rows.nbytes / shards
    task = Weighing()
    before = pa.system_memory_pool().bytes_allocated()  # what other tests have left
    bulk.run(
        task,
        tmp_path / "rows.parquet",
        key="id",
        output=tmp_path / "output",
        client=nobody(),
        progress=False,
        shard_rows=SHARD,
    )
    assert task.most - before < 8 * size


def test_the_collector_and_the_allocator_are_as_they_were_after_a_job() -> None:
    before = gc.get_threshold(), gc.get_freeze_count(), pa.default_memory_pool().backend_name
    with memory.job_memory():
        assert gc.get_threshold()[0] > before[0][0]
        assert gc.get_freeze_count()
    assert (gc.get_threshold(), gc.get_freeze_count(), pa.default_memory_pool().backend_name) == before


def test_what_others_have_frozen_stays_frozen() -> None:
    gc.freeze()
    try:
        frozen = gc.get_freeze_count()
        with memory.job_memory():
            assert gc.get_freeze_count() <= frozen  # no more are frozen; some may have been deleted
        assert gc.get_freeze_count() > frozen / 2
    finally:
        gc.unfreeze()
