"""A server that is gone, or refuses everything: what a job survives, when it ends, and what it says until then."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from aleph_alpha import AlephAlphaError, AsyncClient, bulk
from aleph_alpha.bulk.breaker import Breaker
from aleph_alpha.cli.main import main
from aleph_alpha.errors import APIConnectionError, APITimeoutError, ResponseError, status_error
from tests.bulk.simulated import run_simulated
from tests.bulk.tasks import Doubling, nobody


class ConnectError(Exception):
    """As the HTTP library names it."""


def refused() -> AlephAlphaError:
    error = APIConnectionError("could not connect to 127.0.0.1:1")
    error.__cause__ = ConnectError()
    return error


def unchanging(cause: Exception) -> Callable[[], AlephAlphaError]:
    def make() -> AlephAlphaError:
        error = refused()
        error.__cause__.__cause__ = cause  # type: ignore[union-attr]
        return error

    return make


FAILURES: dict[str, Callable[[], AlephAlphaError]] = {
    "refused": refused,
    "broken": lambda: APIConnectionError("the connection was closed"),
    "silent": lambda: APITimeoutError("no response within 305 s"),
    "500": lambda: status_error(500, "oops"),
    "502": lambda: status_error(502, "<html>"),
    "503": lambda: status_error(503, "busy"),
    "429": lambda: status_error(429, "too many"),
    "429, retry after": lambda: status_error(429, "too many", retry_after=3600.0),
    "rubbish": lambda: ResponseError("not valid JSON"),
}
FULL = ("503", "429", "429, retry after")


class Failing(Doubling):
    """Fails in the seconds of an outage, whatever is sent; of some keys, always."""

    def __init__(
        self,
        failure: Callable[[], Exception],
        *outages: tuple[float, float],
        poison: Sequence[int] = (),
        takes: float = 0.0,
        **words: Any,
    ) -> None:
        super().__init__(**words)
        self.failure = failure
        self.outages = outages
        self.poison = poison
        self.takes = takes
        self.sent_at: list[float] = []
        self.ended_at = 0.0

    async def send(self, client: AsyncClient, request: Any) -> list[int]:
        loop = asyncio.get_running_loop()
        self.sent_at.append(loop.time())
        broken = any(begin <= loop.time() < end for begin, end in self.outages)
        broken = broken or any(row["id"] in self.poison for row in request)
        await asyncio.sleep(self.takes if broken else 1.0)
        self.ended_at = loop.time()
        if broken:
            raise self.failure()
        return await super().send(client, request)


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asyncio, "run", run_simulated)


def run(task: Doubling, output: Path, rows: int = 1000, **words: Any) -> bulk.Report:
    source = [{"id": number, "number": number} for number in range(rows)]
    return bulk.run(task, source, key="id", output=output, client=nobody(), progress=False, **words)


@pytest.mark.parametrize("name", FAILURES)
def test_an_outage_of_minutes_in_the_middle_of_a_job_costs_no_row_and_few_requests(name: str, tmp_path: Path) -> None:
    task = Failing(FAILURES[name], (20.0, 520.0))
    report = run(task, tmp_path)
    assert (report.done, report.failed, report.stopped) == (1000, 0, None)
    during = [at for at in task.sent_at if 60.0 <= at < 520.0]
    assert 1 <= len(during) <= 110


@pytest.mark.parametrize("rows", [1, 2, 1000])
@pytest.mark.parametrize("name", FAILURES)
def test_a_server_that_never_comes_back_ends_the_job_when_the_patience_is_over(
    name: str, rows: int, tmp_path: Path
) -> None:
    task = Failing(FAILURES[name], (0.0, 1e9))
    with pytest.raises(bulk.JobStopped) as raised:
        run(task, tmp_path, rows)
    patience = Breaker.PATIENCE if name in FULL else Breaker.FIRST_PATIENCE
    assert patience <= task.ended_at <= patience + 70.0
    assert str(raised.value).startswith("the job was stopped: nothing has succeeded for ")
    assert str(FAILURES[name]()) in str(raised.value)
    report = json.loads((tmp_path / "report.json").read_bytes())
    assert (report["done"], report["failed"], report["left"], report["stopped"]) == (0, 0, rows, str(raised.value))


@pytest.mark.parametrize("name", FAILURES)
def test_what_was_done_before_such_an_end_is_kept_and_the_job_goes_on_there(name: str, tmp_path: Path) -> None:
    task = Failing(FAILURES[name], (20.0, 1e9))
    with pytest.raises(bulk.JobStopped):
        run(task, tmp_path)
    assert Breaker.PATIENCE <= task.ended_at - 20.0 <= Breaker.PATIENCE + 70.0
    done = bulk.read(tmp_path).count_rows()
    assert 0 < done < 1000
    report = run(Failing(FAILURES[name]), tmp_path)
    assert (report.done, report.new) == (1000, 1000 - done)


@pytest.mark.parametrize("cause", [ssl.SSLCertVerificationError("no"), socket.gaierror(socket.EAI_NONAME, "no name")])
def test_an_unknown_host_or_an_untrusted_certificate_ends_a_job_at_its_beginning_at_once(
    cause: Exception, tmp_path: Path
) -> None:
    task = Failing(unchanging(cause), (0.0, 1e9))
    with pytest.raises(bulk.JobStopped):
        run(task, tmp_path)
    assert task.ended_at < 2.0
    later = Failing(unchanging(cause), (20.0, 320.0))
    assert run(later, tmp_path / "later").done == 1000


@pytest.mark.parametrize(
    ("name", "poison"),
    [(name, poison) for name in ("broken", "500", "rubbish") for poison in ([999], [0], [3, 500, 999], [*range(9, 30)])]
    + [("silent", [999]), ("silent", [0, 5])],
)
def test_rows_that_break_the_server_again_and_again_fail_alone(name: str, poison: list[int], tmp_path: Path) -> None:
    task = Failing(FAILURES[name], poison=poison, takes=305.0 if name == "silent" else 0.0)
    report = run(task, tmp_path)
    assert (report.done, report.failed, report.stopped) == (1000 - len(poison), len(poison), None)
    assert sorted(row["id"] for row in bulk.read_errors(tmp_path).to_table().to_pylist()) == poison


@pytest.mark.parametrize("count", [3, 20, 50])
@pytest.mark.parametrize("name", ["silent", "broken", "500", "rubbish"])
def test_rows_that_break_the_server_fail_alone_also_where_no_others_are_left(
    name: str, count: int, tmp_path: Path
) -> None:
    poison = range(1000 - count, 1000)
    task = Failing(FAILURES[name], poison=poison, takes=305.0 if name == "silent" else 0.0)
    report = run(task, tmp_path)
    assert (report.done, report.failed, report.stopped) == (1000 - count, count, None)
    assert sorted(row["id"] for row in bulk.read_errors(tmp_path).to_table().to_pylist()) == [*poison]
    assert task.asked.total() <= 1000 - count + 3, "what had succeeded was asked for again more often than to see that"
    assert task.ended_at < 5000.0


@pytest.mark.parametrize("name", FAILURES)
@pytest.mark.parametrize("rows", [424, 440])
def test_an_outage_that_meets_the_last_rows_fails_none_of_them(name: str, rows: int, tmp_path: Path) -> None:
    task = Failing(FAILURES[name], (20.0, 1e9), takes=305.0 if name == "silent" else 0.0)
    with pytest.raises(bulk.JobStopped):
        run(task, tmp_path, rows)
    report = json.loads((tmp_path / "report.json").read_bytes())
    assert report["done"] == 420
    assert (report["failed"], report["left"]) == (0, rows - report["done"])


def test_requests_that_time_out_one_after_the_other_end_the_job(tmp_path: Path) -> None:
    task = Failing(FAILURES["silent"], (0.0, 1e9), takes=305.0)
    with pytest.raises(bulk.JobStopped, match="nothing has succeeded"):
        run(task, tmp_path)
    assert task.ended_at <= 2 * 305.0 + 10.0


@pytest.mark.parametrize(("status", "code"), [(503, 75), (429, 75), (500, 1), (None, 1)])
def test_the_exit_code_is_that_of_the_failure(
    status: int | None, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def complete(self: Any, *arguments: Any, **words: Any) -> Any:
        raise refused() if status is None else status_error(status, "no")

    monkeypatch.setattr(AsyncClient, "complete", complete)
    monkeypatch.setenv("AA_TOKEN", "token")
    monkeypatch.setenv("AA_HOST", "http://127.0.0.1:9")
    source = tmp_path / "rows.jsonl"
    source.write_text('{"id": 1, "text": "a"}\n{"id": 2, "text": "b"}\n')
    words = ["bulk", "complete", str(source), "--key=id", "--column=text", "--model=m", f"--output={tmp_path / 'out'}"]
    assert main([*words, "--quiet"]) == code
    assert capsys.readouterr().err.startswith("aleph-alpha: the job was stopped: nothing has succeeded for ")


class Unmade(Failing):
    """Some rows cannot be made requests of, as their images are not to be had."""

    def __init__(self, failure: Callable[[], Exception], rows: Sequence[int]) -> None:
        super().__init__(failure)
        self.unmade = rows

    def request(self, rows: Sequence[Any]) -> Any:
        if rows[0]["id"] in self.unmade:
            raise self.failure()
        return super().request(rows)


class Unread(Failing):
    """Of some rows the response lacks what was asked for."""

    def __init__(self, rows: Sequence[int], **words: Any) -> None:
        super().__init__(refused, **words)
        self.unread = rows

    def columns(self, request: Any, response: Any) -> Any:
        if any(row["id"] in self.unread for row in request):
            raise ResponseError("the response was cut off")
        return super().columns(request, response)


@pytest.mark.parametrize("name", [*FAILURES, "404"])
def test_an_image_that_is_not_to_be_had_costs_its_row_and_says_nothing_of_the_server(name: str, tmp_path: Path) -> None:
    task = Unmade(FAILURES.get(name, lambda: status_error(404, "gone")), range(20))
    report = run(task, tmp_path, 100)
    assert (report.done, report.failed, report.stopped, report.requests) == (80, 20, None, 80)


@pytest.mark.parametrize("rows_per_request", [1, 10])
def test_a_response_without_what_was_asked_for_is_paid_for_a_few_times_only(
    rows_per_request: int, tmp_path: Path
) -> None:
    task = Unread([7], rows_per_request=rows_per_request)
    report = run(task, tmp_path, 100)
    assert (report.done, report.failed) == (99, 1)
    assert task.asked[7] <= 3 * (1 + 4)  # whole requests, halved until the row is alone
    assert task.asked[77] == 1


def test_responses_that_all_lack_what_was_asked_for_stop_the_job(tmp_path: Path) -> None:
    task = Unread(range(1000))
    with pytest.raises(bulk.JobStopped, match="ResponseError 100 times in a row"):
        run(task, tmp_path)


@pytest.mark.parametrize("task", [bulk.Complete, object()])
def test_what_is_no_task_is_refused(task: Any, tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=r"call it with its arguments|is not a task of bulk jobs: it has no name"):
        run(task, tmp_path)


class Full(Failing):
    """A server that takes so many requests at a time, and refuses all others at once."""

    def __init__(self, slots: int) -> None:
        super().__init__(refused)
        self.slots = slots
        self.taken = 0

    async def send(self, client: AsyncClient, request: Any) -> list[int]:
        if self.taken >= self.slots:
            raise status_error(503, "full")
        self.taken += 1
        try:
            return await super().send(client, request)
        finally:
            self.taken -= 1


@pytest.mark.parametrize("slots", [1, 3, 8])
def test_a_server_that_refuses_what_is_too_much_is_kept_busy(slots: int, tmp_path: Path) -> None:
    task = Full(slots)
    report = run(task, tmp_path)
    assert report.done == 1000
    assert task.ended_at <= 1.35 * 1000 / slots
    assert report.refused <= 200
