"""An engine may start a shard again, whatever has become of the attempts before; what is durable is not asked again."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from aleph_alpha import AsyncClient, bulk
from aleph_alpha.bulk.engines.local import run_here
from aleph_alpha.bulk.journal import settle
from aleph_alpha.bulk.shard import Shard, Work
from tests.bulk.tasks import Doubling, nobody

ROWS = 60
CONCURRENCY = 4
SHARD = Shard(3, pa.table({"id": range(ROWS), "number": range(ROWS)}))


class Interrupted(Doubling):
    """Lets something else happen before the answer to one of its requests."""

    def __init__(self, at: int, happens: Callable[[], object]) -> None:
        super().__init__()
        self.at = at
        self.happens = happens
        self.happened = False

    async def send(self, client: AsyncClient, request: Sequence[Any]) -> list[int]:
        if self.asked.total() == self.at and not self.happened:
            self.happened = True
            thread = threading.Thread(target=self.happens)
            thread.start()
            await asyncio.get_running_loop().run_in_executor(None, thread.join)
        return await super().send(client, request)


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    (tmp_path / "run").mkdir()
    return tmp_path / "run"


def work(task: Doubling, journal: Path) -> Work:
    return Work(task, nobody(), "id", journal, CONCURRENCY)


@pytest.mark.parametrize("at", [0, 1, 17, ROWS - CONCURRENCY - 1])
def test_a_later_attempt_stops_the_one_before_and_goes_on_where_it_was(at: int, journal: Path) -> None:
    later = Doubling()
    finished = []
    first = Interrupted(at, lambda: finished.append(run_here(work(later, journal), SHARD)))
    with pytest.raises(bulk.FolderBusyError):
        run_here(work(first, journal), SHARD)
    assert finished[0].done == ROWS
    assert first.asked.total() + later.asked.total() <= ROWS + 2 * CONCURRENCY
    assert later.asked.total() <= ROWS - at + CONCURRENCY


def test_attempts_one_after_the_other_ask_for_nothing_again(journal: Path) -> None:
    tasks = [Doubling() for _ in range(3)]
    for task in tasks:
        assert run_here(work(task, journal), SHARD).done == ROWS
    assert [task.asked.total() for task in tasks] == [ROWS, 0, 0]


def test_a_shard_whose_rows_have_their_place_is_not_run_again(journal: Path) -> None:
    run_here(work(Doubling(), journal), SHARD)
    settle(journal, SHARD.number)
    late = Doubling()
    sealed = run_here(work(late, journal), SHARD)
    assert (sealed.rows, sealed.errors, sealed.done) == (None, None, 0)
    assert not late.asked


@pytest.mark.parametrize("rows_per_request", [1, 8])
def test_a_task_that_cancels_its_own_request_costs_a_row_and_not_the_job(rows_per_request: int, tmp_path: Path) -> None:
    class Cancelling(Doubling):
        async def send(self, client: AsyncClient, request: Sequence[Any]) -> list[int]:
            if any(row["id"] == 7 for row in request):
                inner = asyncio.ensure_future(asyncio.sleep(60))
                inner.cancel()
                await inner
            return await super().send(client, request)

    rows = [{"id": number, "number": number} for number in range(ROWS)]
    words: Any = {"key": "id", "client": nobody(), "progress": False, "concurrency": CONCURRENCY}
    report = bulk.run(Cancelling(rows_per_request), rows, output=tmp_path, **words)
    assert (report.done, report.failed, report.errors) == (ROWS - 1, 1, {"RuntimeError": 1})
