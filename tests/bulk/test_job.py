"""Jobs against the reference server: what goes on, what is tried again, and what ends them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import orjson
import pytest

from aleph_alpha import AsyncClient, bulk
from aleph_alpha.bulk.breaker import Breaker
from aleph_alpha.testing import LocalServer
from aleph_alpha.testing.faults import BadJson, Disconnect, Status, Truncate
from tests.bulk.tasks import Doubling, nobody

TASK = bulk.Complete("toy-base", "text", fields={"maximum_tokens": 2})


def rows_of(count: int) -> list[dict[str, Any]]:
    return [{"id": number, "text": f"Text {number}"} for number in range(count)]


def run(
    server: LocalServer, rows: Any, output: Path, task: Any = TASK, token: str = "good", **words: Any
) -> bulk.Report:
    client = AsyncClient(token, server.url)
    return bulk.run(task, rows, key="id", output=output, client=client, progress=False, **words)


def keys(output: Path) -> list[int]:
    return sorted(row["id"] for row in bulk.read(output).to_table().to_pylist())


def requests(server: LocalServer) -> int:
    return sum(seen.path.endswith("/complete") for seen in server.faults.seen)


def test_a_job_goes_on_where_it_was_and_its_input_may_grow(tmp_path: Path, server: LocalServer) -> None:
    assert run(server, rows_of(20), tmp_path, limit=5).done == 5
    assert run(server, rows_of(20), tmp_path).new == 15
    assert run(server, rows_of(30), tmp_path).new == 10
    assert run(server, rows_of(30), tmp_path).requests == 0
    assert keys(tmp_path) == list(range(30))
    assert requests(server) == 30


def test_the_report_is_in_the_folder(tmp_path: Path, server: LocalServer) -> None:
    report = run(server, [*rows_of(3), {"id": 3, "text": None}], tmp_path)
    assert (report.rows, report.done, report.failed, report.left) == (4, 3, 1, 0)
    written = orjson.loads((tmp_path / "report.json").read_bytes())
    assert written["errors"] == {"InvalidRequestError": 1}
    assert written["tokens_generated"] == report.tokens_generated == 6


@pytest.mark.parametrize(
    "kind", [Status(500), Status(503, code="QUEUE_FULL"), Status(429), Disconnect("body"), Truncate(), BadJson()]
)
def test_what_may_work_the_next_time_is_tried_again(kind: Any, tmp_path: Path, server: LocalServer) -> None:
    rule = server.faults.add(kind, path="/complete", on=[1, 3, 4, 9])
    report = run(server, rows_of(12), tmp_path)
    assert (report.done, report.failed, rule.hits) == (12, 0, 4)
    assert report.requests == 16


def test_a_bad_row_costs_its_row_and_is_not_tried_again(tmp_path: Path, server: LocalServer) -> None:
    rows = rows_of(300)
    rows[77]["text"] = "word " * 3000
    report = run(server, rows, tmp_path, bulk.Embed("toy-base", "text", fields={"compress_to_size": 128}))
    assert (report.done, report.failed) == (299, 1)
    assert 77 not in keys(tmp_path)
    again = run(server, rows, tmp_path, bulk.Embed("toy-base", "text", fields={"compress_to_size": 128}))
    assert again.requests == 0


def test_a_row_that_failed_is_tried_again_when_asked_and_success_beats_failure(
    tmp_path: Path, server: LocalServer
) -> None:
    with server.faults.add(Status(400), path="/complete", on=[2, 5]):
        assert run(server, rows_of(6), tmp_path).failed == 2
    assert run(server, rows_of(6), tmp_path).new == 0
    report = run(server, rows_of(6), tmp_path, retry_failed=True)
    assert (report.new, report.done, report.failed) == (2, 6, 0)
    assert list((tmp_path / "errors").iterdir()) == []
    assert keys(tmp_path) == list(range(6))


STOPS: dict[str, tuple[dict[str, Any], Any, str]] = {
    "a token that is refused": ({"token": "bad"}, None, "AuthenticationError UNAUTHORIZED"),
    "a model that there is not": ({"task": bulk.Complete("no-model", "text")}, None, "UnknownModelError UNKNOWN_MODEL"),
    "a model that cannot do it": (
        {"task": bulk.Chat("toy-base", "text")},
        None,
        "MissingCapabilityError MISSING_CAPABILITY",
    ),
    "a quota that is used up": ({}, Status(402, code="QUOTA"), "QuotaError QUOTA"),
}


@pytest.mark.parametrize("name", STOPS)
def test_what_every_row_would_meet_stops_the_job_with_the_reason(
    name: str, tmp_path: Path, server: LocalServer
) -> None:
    words, fault, reason = STOPS[name]
    if fault is not None:
        server.faults.add(fault)
    with pytest.raises(bulk.JobStopped) as raised:
        run(server, rows_of(2000), tmp_path, **words)
    assert str(raised.value).startswith(f"the job was stopped: {reason} {Breaker.MOST} times in a row")
    report = orjson.loads((tmp_path / "report.json").read_bytes())
    assert (report["done"], report["failed"], report["left"]) == (0, 0, 2000)
    assert report["requests"] < 50


def test_what_was_done_before_a_job_was_stopped_is_kept_and_not_asked_again(
    tmp_path: Path, server: LocalServer
) -> None:
    with server.faults.add(Status(402), path="/complete", on=range(51, 10_000)), pytest.raises(bulk.JobStopped):
        run(server, rows_of(200), tmp_path)
    assert len(keys(tmp_path)) == 50
    report = run(server, rows_of(200), tmp_path)
    assert (report.new, report.done) == (150, 200)


def test_one_refusal_that_is_a_rows_own_does_not_stop_the_job(tmp_path: Path, server: LocalServer) -> None:
    with server.faults.add(Status(403), path="/complete", on=[3]):
        report = run(server, rows_of(20), tmp_path)
    assert (report.done, report.failed) == (20, 0)


def test_rows_that_all_fail_by_themselves_stop_a_job_that_has_never_succeeded(
    tmp_path: Path, server: LocalServer
) -> None:
    task = bulk.Complete("toy-base", "text", fields={"maximum_tokens": -1})
    with pytest.raises(bulk.JobStopped, match="RejectedRequestError"):
        run(server, rows_of(2000), tmp_path, task)


def test_retry_after_holds_all_requests(tmp_path: Path, server: LocalServer) -> None:
    server.faults.add(Status(429, retry_after=0.5), path="/complete", on=1)
    began = time.monotonic()
    run(server, rows_of(3), tmp_path, concurrency=1)
    assert time.monotonic() - began >= 0.5


@pytest.mark.parametrize("jump", [-86_400.0, 86_400.0])
def test_a_clock_that_jumps_changes_nothing(
    jump: float, tmp_path: Path, server: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = time.time, iter(range(10**9))
    monkeypatch.setattr(time, "time", lambda: real() + (jump if next(calls) % 2 else 0.0))
    with server.faults.add(Status(500), path="/complete", on=[2, 4]):
        assert run(server, rows_of(10), tmp_path).done == 10


def test_a_job_can_be_run_where_an_event_loop_runs_already(tmp_path: Path) -> None:
    import asyncio

    async def notebook() -> bulk.Report:
        rows = [{"id": 1, "number": 2}]
        return bulk.run(Doubling(), rows, key="id", output=tmp_path, client=nobody(), progress=False)

    assert asyncio.run(notebook()).done == 1


def test_no_more_is_sent_than_the_concurrency_allows(tmp_path: Path, server: LocalServer) -> None:
    class Watched(Doubling):
        now = most = 0

        async def send(self, client: AsyncClient, request: Any) -> Any:
            self.now += 1
            self.most = max(self.most, self.now)
            try:
                return await super().send(client, request)
            finally:
                self.now -= 1

    task = Watched()
    rows = [{"id": number, "number": number} for number in range(500)]
    bulk.run(task, rows, key="id", output=tmp_path, client=nobody(), progress=False, concurrency=3, shard_rows=50)
    assert 1 < task.most <= 3
