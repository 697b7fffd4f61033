"""The calls of one client give way together to a server that is full, and do not storm one that is down.

Figures, with and without: ``pytest -s tests/retry/test_overload.py -k figures``.
"""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given, strategies as st

from aleph_alpha import AlephAlphaError, AsyncClient, BusyError, Client, TokenizationRequest
from aleph_alpha._async import sender as sender_module
from aleph_alpha._retry.overload import Overload
from aleph_alpha.testing import LocalServer
from aleph_alpha.testing.faults.kinds import Status

REQUEST = TokenizationRequest("An apple", tokens=True, token_ids=False)
MODEL = "toy-base"


# --- the policy, as a table -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "asked", "starts"),
    [
        ([], [0.0, 0.0, 5.0], [0.0, 0.0, 5.0]),
        ([("refused", 10.0, 10.0, 2.0)], [10.0, 10.0, 10.0], [12.0, 12.05, 12.1]),
        ([("refused", 10.0, 10.0, 2.0)], [12.5, 12.5], [12.5, 12.55]),
        # a shorter refusal does not end a longer pause, and those under way do not count again
        ([("refused", 10.0, 11.0, 2.0), ("refused", 10.5, 11.1, 0.5)], [11.0, 11.0], [13.0, 13.05]),
        ([("refused", 10.0, 11.0, 2.0), ("refused", 13.0, 13.1, 0.5)], [13.1, 13.1], [13.6, 13.7]),
        # an answer to what was sent before the pause says nothing; one to what was sent since, ends it
        ([("refused", 10.0, 11.0, 2.0), ("succeeded", 10.5)], [11.0], [13.0]),
        ([("refused", 10.0, 11.0, 2.0), ("succeeded", 12.0)], [12.0], [12.0]),
    ],
)
def test_when_a_call_may_start(told: list[Any], asked: list[float], starts: list[float]) -> None:
    shared = Overload()
    for name, *arguments in told:
        getattr(shared, name)(*arguments)
    assert [shared.start(now) for now in asked] == pytest.approx(starts)


def test_a_call_does_not_keep_its_distance_from_itself() -> None:
    shared = Overload()
    shared.refused(sent=10.0, now=10.0, wait=0.01)
    first = shared.start(10.0)
    assert shared.start(first, first) == first
    assert shared.start(first) == first + 0.05


def test_the_distance_between_calls_grows_with_refusals_to_a_bound_and_shrinks_to_nothing_with_successes() -> None:
    shared, now = Overload(), 100.0
    for _ in range(10):
        shared.refused(sent=now, now=now, wait=0.0)
        now += 10
    first, second = shared.start(now), shared.start(now)
    assert second - first == pytest.approx(1.0)
    for _ in range(300):
        shared.succeeded(sent=now + 100)
    assert shared.calm
    assert shared.start(now) == now


@given(st.lists(st.sampled_from(["call", "fail", "succeed"]), max_size=1000))
def test_retries_stay_under_a_fifth_of_the_calls_and_the_reserve(events: list[str]) -> None:
    shared, retries, ended, succeeded = Overload(), 0, 0, 0
    for event in events:
        if event == "call":
            retries += shared.may_retry()
        elif event == "fail":
            shared.failed()
            ended += 1
        else:
            shared.succeeded(sent=1.0)
            succeeded += 1
        assert retries <= 100 + 0.2 * ended + 1.2 * succeeded + 1e-6


# --- both clients -----------------------------------------------------------------------------------


class Full:
    """Around the server's application: serves a few requests at a time and refuses the others."""

    def __init__(self, app: Any, at_once: int = 4, seconds: float = 0.05) -> None:
        self.app, self.at_once, self.seconds = app, at_once, seconds
        self.running = self.refused = self.served = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if self.running >= self.at_once:
            self.refused += 1
            body = b'{"error": "busy", "code": "QUEUE_FULL"}'
            headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
            await send({"type": "http.response.start", "status": 503, "headers": headers})
            await send({"type": "http.response.body", "body": body})
            return
        self.running += 1
        try:
            await asyncio.sleep(self.seconds)
            await self.app(scope, receive, send)
        finally:
            self.running -= 1
            self.served += 1


class Alone(Overload):
    """Every call for itself, as before."""

    def refused(self, sent: float, now: float, wait: float) -> None:
        """Nobody else hears of it."""

    def may_retry(self) -> bool:
        return True


async def in_tasks(server: LocalServer, overload: Overload, calls: int) -> int:
    """How many of the calls failed."""
    async with AsyncClient("token", server.url, deadline=100) as client:
        client._sender._overload = overload
        ends = await asyncio.gather(*(client.tokenize(REQUEST, MODEL) for _ in range(calls)), return_exceptions=True)
    return sum(isinstance(end, AlephAlphaError) for end in ends)


async def in_threads(server: LocalServer, overload: Overload, calls: int) -> int:
    """The same with threads."""
    with Client("token", server.url, deadline=100) as client, ThreadPoolExecutor(32) as threads:
        client._sender._overload = overload

        def call() -> bool:
            try:
                client.tokenize(REQUEST, MODEL)
            except AlephAlphaError:
                return True
            return False

        loop = asyncio.get_running_loop()
        return sum(await asyncio.gather(*(loop.run_in_executor(threads, call) for _ in range(calls))))


@pytest.mark.parametrize("kind", [in_tasks, in_threads])
async def test_a_full_server_refuses_far_less_when_calls_give_way_together_figures(kind: Any) -> None:
    refused = {}
    for name, overload in (("alone", Alone()), ("together", Overload())):
        doors: list[Full] = []
        with LocalServer(wrap=lambda app, doors=doors: doors.append(Full(app)) or doors[0]) as server:  # type: ignore[misc]
            started = time.monotonic()
            failed = await kind(server, overload, 100)
            seconds = time.monotonic() - started
        refused[name] = doors[0].refused
        print(f"{kind.__name__}, {name}: {doors[0].refused} refused, {failed} failed, {seconds:.1f} s")
        if name == "together":
            assert failed == 0
    assert refused["together"] < refused["alone"]


async def test_a_call_that_has_not_been_sent_yet_waits_for_the_pause_of_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waits: list[float] = []
    refused = asyncio.Event()

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        refused.set()

    monkeypatch.setattr(sender_module, "sleep", sleep)
    with LocalServer() as server:
        server.faults.add(Status(429, retry_after=30), on=1)
        async with AsyncClient("token", server.url) as client:
            copy = client.with_options(nice=True)
            first = asyncio.create_task(client.tokenize(REQUEST, MODEL))
            await refused.wait()
            client._sender._overload.refused(sent=time.monotonic(), now=time.monotonic(), wait=30)
            await copy.tokenize(REQUEST, MODEL)
            await first
    assert waits == [30.0, pytest.approx(30, abs=1)]


async def test_a_client_without_retries_does_not_wait_for_others() -> None:
    with LocalServer() as server:
        server.faults.add(Status(503, retry_after=50), on=1)
        async with AsyncClient("token", server.url, total_retries=0) as client:
            with pytest.raises(BusyError):
                await client.tokenize(REQUEST, MODEL)
            await client.tokenize(REQUEST, MODEL)


async def test_an_outage_is_not_met_with_all_the_retries_of_all_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    async def sleep(seconds: float) -> None:
        await asyncio.sleep(0)

    monkeypatch.setattr(sender_module, "sleep", sleep)
    calls = 300
    with LocalServer() as server:
        server.faults.add(Status(500))
        async with AsyncClient("token", server.url) as client:
            for _ in range(calls // 50):
                ends = await asyncio.gather(
                    *(client.tokenize(REQUEST, MODEL) for _ in range(50)), return_exceptions=True
                )
                assert all(isinstance(end, AlephAlphaError) for end in ends)
            sent = len(server.faults.seen)
            assert 100 + 0.15 * calls <= sent - calls <= 100 + 0.2 * calls  # and not 2,400
            server.faults.clear()
            await client.tokenize(REQUEST, MODEL)


def test_all_copies_of_a_client_share_its_limit_of_parallel_requests() -> None:
    running, most, lock = 0, 0, threading.Lock()

    class Counting:
        def __init__(self, app: Any) -> None:
            self.app = app

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            nonlocal running, most
            with lock:
                running += 1
                most = max(most, running)
            await asyncio.sleep(0.002)
            await self.app(scope, receive, send)
            with lock:
                running -= 1

    with (
        LocalServer(wrap=Counting) as server,
        Client("token", server.url, limit=3) as client,
        ThreadPoolExecutor(12) as threads,
    ):
        copies = [client, client.with_options(nice=True), client.with_options(tags=["a"])]
        list(threads.map(lambda number: copies[number % 3].tokenize(REQUEST, MODEL), range(60)))
    assert most == 3
