"""The commit protocol: whatever dies at whatever step, each key has one row in the end, and what is there is right."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from pyarrow import parquet

from aleph_alpha import bulk
from aleph_alpha.bulk.errors import JobWriteError
from tests.bulk.dying import dying
from tests.bulk.tasks import Doubling, nobody

CONCURRENCY = 2


class Job(RuleBasedStateMachine):
    """A job whose input grows and whose process dies, run again and again."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="bulk-"))
        self.output = self.folder / "output"
        self.task = Doubling()
        self.rows: list[dict[str, int]] = []
        self.deaths = self.retries = 0
        self.synced: dict[int, int] = {}

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    @rule(numbers=st.lists(st.integers(-3, 9), min_size=1, max_size=12))
    def grow(self, numbers: list[int]) -> None:
        self.rows += [{"id": len(self.rows) + place, "number": number} for place, number in enumerate(numbers)]

    @precondition(lambda self: self.rows)
    @rule(retry=st.booleans(), size=st.integers(1, 12))
    def run(self, retry: bool, size: int) -> None:
        self._run(retry, size)
        done, failed = self._found()
        good = {row["id"] for row in self.rows if row["number"] >= 0 or (retry and self.task.forgiving)}
        assert good <= set(done)
        assert set(done) | set(failed) == {row["id"] for row in self.rows}
        assert not set(done) & set(failed)

    @precondition(lambda self: self.rows)
    @rule(
        retry=st.booleans(), size=st.integers(1, 12), steps=st.integers(0, 60), power=st.booleans(), seed=st.integers()
    )
    def die(self, retry: bool, size: int, steps: int, power: bool, seed: int) -> None:
        self.deaths += 1
        dead = dying(self.output, steps, power=power, seed=seed, synced=self.synced)
        with dead, contextlib.suppress(JobWriteError):
            self._run(retry, size)

    @rule()
    def forgive(self) -> None:
        self.task.forgiving = True

    def _run(self, retry: bool, size: int) -> None:
        self.retries += retry
        bulk.run(
            self.task,
            self.rows,
            key="id",
            output=self.output,
            client=nobody(),
            concurrency=CONCURRENCY,
            retry_failed=retry,
            progress=False,
            shard_rows=size,
        )

    def _found(self) -> tuple[dict[int, int], list[int]]:
        if not self.output.exists():
            return {}, []
        rows = [row for file in self.output.glob("*.parquet") for row in parquet.read_table(file).to_pylist()]
        errors = [
            row["id"] for file in self.output.glob("errors/*.parquet") for row in parquet.read_table(file).to_pylist()
        ]
        done = {row["id"]: row["doubled"] for row in rows}
        assert len(done) == len(rows), "a key has two rows"
        return done, errors

    @invariant()
    def what_is_there_is_right(self) -> None:
        done, _ = self._found()
        numbers = {row["id"]: row["number"] for row in self.rows}
        assert all(done[key] == 2 * numbers[key] for key in done)

    @invariant()
    def nothing_is_asked_again_but_what_was_under_way(self) -> None:
        again = self.task.asked.total() - len(self.task.asked)
        bad = sum(row["number"] < 0 for row in self.rows)
        assert again <= CONCURRENCY * self.deaths + bad * self.retries


Job.TestCase.settings = settings(max_examples=60, stateful_step_count=12, deadline=None)
TestJob = pytest.mark.slow(pytest.mark.timeout(300)(Job.TestCase))


@pytest.mark.parametrize("steps", range(10, 60))
def test_at_no_step_does_a_power_cut_cost_more_than_what_was_under_way(steps: int, tmp_path: Path) -> None:
    task = Doubling()
    rows = [{"id": number, "number": number} for number in range(24)]

    def run() -> None:
        bulk.run(task, rows, key="id", output=tmp_path, client=nobody(), concurrency=2, progress=False, shard_rows=12)

    with dying(tmp_path, steps, power=True, seed=steps), contextlib.suppress(JobWriteError):
        run()
    run()
    assert task.asked.total() - len(task.asked) <= 2
    assert sorted(row["id"] for row in bulk.read(tmp_path).to_table().to_pylist()) == list(range(24))
