"""The calls of one client give way together to a server that is full; how they wait, and how waits end."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from aleph_alpha import (
    AlephAlphaError,
    APITimeoutError,
    AsyncClient,
    BusyError,
    Client,
    CompletionRequest,
    Prompt,
    TokenizationRequest,
)
from aleph_alpha._retry.gate import Gate
from aleph_alpha._retry.pacing import Turn
from aleph_alpha._retry.schedule import Others
from aleph_alpha._runtime.threads import fan_out
from aleph_alpha.testing import LocalServer
from aleph_alpha.testing.faults.kinds import Status

pytestmark = pytest.mark.proxied

REQUEST = TokenizationRequest("An apple", tokens=True, token_ids=False)
MODEL = "toy-base"


class Full:
    """Around the server's application: serves a few requests at a time and refuses the others."""

    def __init__(self, app: Any, body: bytes, at_once: int = 4, seconds: float = 0.02) -> None:
        self.app, self.body, self.at_once, self.seconds = app, body, at_once, seconds
        self.running = self.refused = self.served = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if self.running >= self.at_once:
            self.refused += 1
            headers = [(b"content-length", str(len(self.body)).encode())]
            await send({"type": "http.response.start", "status": 503, "headers": headers})
            await send({"type": "http.response.body", "body": self.body})
            return
        self.running += 1
        try:
            await asyncio.sleep(self.seconds)
            await self.app(scope, receive, send)
        finally:
            self.running -= 1
            self.served += 1


async def in_tasks(server: LocalServer, calls: int) -> int:
    """How many of the calls failed."""
    async with AsyncClient("token", server.url, deadline=100) as client:
        ends = await asyncio.gather(*(client.tokenize(REQUEST, MODEL) for _ in range(calls)), return_exceptions=True)
    return sum(isinstance(end, AlephAlphaError) for end in ends)


async def in_threads(server: LocalServer, calls: int) -> int:
    """The same with threads."""
    with Client("token", server.url, deadline=100) as client, ThreadPoolExecutor(32) as threads:

        def call() -> bool:
            try:
                client.tokenize(REQUEST, MODEL)
            except AlephAlphaError:
                return True
            return False

        loop = asyncio.get_running_loop()
        return sum(await asyncio.gather(*(loop.run_in_executor(threads, call) for _ in range(calls))))


@pytest.mark.parametrize("code", [b'{"code": "QUEUE_FULL"}', b""], ids=["QUEUE_FULL", "bare"])
@pytest.mark.parametrize("kind", [in_tasks, in_threads])
async def test_a_full_server_loses_no_call_and_refuses_fewer_than_it_serves(kind: Any, code: bytes) -> None:
    doors: list[Full] = []

    def wrap(app: Any) -> Full:
        doors.append(Full(app, body=code))
        return doors[0]

    with LocalServer(wrap=wrap) as server:
        assert await kind(server, 100) == 0
    assert doors[0].served == 100
    assert doors[0].refused <= 150  # 96 at first, where they have all been sent; 324 if each waited alone


class Trouble:
    """A client whose server is full, as far as it knows, with one call under way."""

    def __init__(self, client: AsyncClient) -> None:
        self.gate = client._sender._gate
        self.kind = ("tokenize", MODEL)
        now = time.monotonic()
        self.gate.succeeded(self.kind, now, now)
        self.failed = Turn(now, 60.0)
        self.gate.failed(self.kind, self.failed, now, now, others=Others.PACE, retry_after=None)
        self.turn = Turn(now, 60.0)
        assert self.gate.enter(self.kind, self.turn, now) is None

    @property
    def waiting(self) -> int:
        return len(self.gate._kinds[self.kind]._waiting)

    async def wait_for(self, waiting: int) -> None:
        while self.waiting != waiting:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0)

    def over(self) -> None:
        now = time.monotonic()
        self.gate.succeeded(self.kind, 0.0, now)  # sent before: no right to more than one call
        self.gate.leave(self.kind, self.turn, now)


async def test_a_call_that_is_cancelled_while_it_waits_or_after_its_turn_has_come_passes_it_on() -> None:
    with LocalServer() as server:
        async with AsyncClient("token", server.url) as client:
            trouble = Trouble(client)
            tasks = []
            for waiting in range(1, 4):
                tasks.append(asyncio.create_task(client.tokenize(REQUEST, MODEL)))
                await trouble.wait_for(waiting)
            tasks[0].cancel()
            await trouble.wait_for(2)
            trouble.over()  # the second one is told, but has not heard it yet
            tasks[1].cancel()
            ends = await asyncio.gather(*tasks, return_exceptions=True)
            assert [type(end).__name__ for end in ends] == ["CancelledError", "CancelledError", "TokenizationResponse"]


async def test_a_call_whose_deadline_comes_while_it_waits_says_so() -> None:
    with LocalServer() as server:
        async with AsyncClient("token", server.url) as client:
            trouble = Trouble(client)
            with pytest.raises(APITimeoutError, match="before its turn") as caught:
                await client.with_options(deadline=0.1).tokenize(REQUEST, MODEL)
            assert caught.value.attempts == 0
            assert trouble.waiting == 0
            assert server.faults.seen == []


def test_a_failing_batch_in_threads_ends_those_that_wait_at_once() -> None:
    with LocalServer() as server, Client("token", server.url) as client:
        trouble = Trouble(client)  # type: ignore[arg-type]

        def broken() -> None:
            while trouble.waiting < 3:
                time.sleep(0.001)
            raise LookupError("broken")

        jobs = [broken, *[lambda: client.tokenize(REQUEST, MODEL)] * 3]
        with pytest.raises(LookupError, match="broken"):
            fan_out(iter(jobs), 4, lambda index, result: None)
        assert trouble.waiting == 0


async def test_a_stream_keeps_its_place_until_it_is_closed() -> None:
    asked = CompletionRequest(Prompt.from_text("The sun is"), maximum_tokens=3)
    with LocalServer() as server:
        server.faults.add(Status(503), on=1)
        async with AsyncClient("token", server.url) as client:
            async with client.stream_complete(asked, MODEL):
                (pacing,) = client._sender._gate._kinds.values()
                assert len(pacing._running) == 1
            assert len(pacing._running) == 0


async def test_calls_of_several_event_loops_wait_for_each_other() -> None:
    with LocalServer() as server:
        client = AsyncClient("token", server.url)
        trouble = Trouble(client)

        async def elsewhere() -> None:
            await client.tokenize(REQUEST, MODEL)
            await client.close()

        thread = threading.Thread(target=lambda: asyncio.run(elsewhere()))
        thread.start()
        await trouble.wait_for(1)
        trouble.over()
        thread.join(30)
        assert not thread.is_alive()


def test_a_forked_child_does_not_wait_for_threads_of_its_parent() -> None:
    gate, kind = Gate(), ("tokenize", MODEL)
    gate.failed(kind, Turn(0.0, 60.0), 1.0, 1.0, others=Others.PACE, retry_after=60.0)
    assert gate.enter(kind, Turn(1.0, 60.0), 1.0) is not None
    gate._pid = -1
    gate._lock.acquire()  # by a thread that the child does not have
    assert gate.enter(kind, Turn(1.0, 60.0), 1.0) is None


async def test_a_client_without_retries_does_not_wait_for_others() -> None:
    with LocalServer() as server:
        server.faults.add(Status(503, retry_after=50), on=1)
        async with AsyncClient("token", server.url, total_retries=0) as client:
            with pytest.raises(BusyError):
                await client.tokenize(REQUEST, MODEL)
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
