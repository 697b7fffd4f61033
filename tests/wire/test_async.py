"""What only the asynchronous half has: cancellation, event loops, tasks."""

from __future__ import annotations

import asyncio
import gc
import random
import threading
import weakref
from collections.abc import AsyncIterator

import httpx
import pytest

from aleph_alpha._http.connections import AsyncConnections, ConnectionSettings
from aleph_alpha._http.wire.request import RequestHead
from tests.wire.conftest import sockets
from tests.wire.halves import TIMEOUTS, AsyncHalf, request
from tests.wire.scripted import Peer, Script, Scripted, answer, serving


@pytest.fixture
async def half() -> AsyncIterator[AsyncHalf]:
    half = AsyncHalf(ConnectionSettings(max_connections=8))
    yield half
    await half.close()


def echoing(delay: float = 0.0) -> Script:
    def script(peer: Peer) -> None:
        while (received := peer.request()) is not None:
            if delay:
                threading.Event().wait(delay)
            peer.send(answer(received.body))

    return script


def silent(peer: Peer) -> None:
    peer.request()
    peer.until_closed()


async def test_after_a_thousand_cancellations_calls_still_succeed_and_nothing_is_left(half: AsyncHalf) -> None:
    chance = random.Random(3)
    tasks = asyncio.all_tasks()
    with Scripted(echoing(0.001)) as server:

        async def cancelled(number: int) -> int:
            call = asyncio.ensure_future(half.exchange(server.url, b"cancelled %d" % number))
            await asyncio.sleep(chance.random() * 0.02)
            call.cancel()
            return (await asyncio.gather(call, return_exceptions=True)).count(None)

        for start in range(0, 1000, 50):
            await asyncio.gather(*(cancelled(number) for number in range(start, start + 50)))
        for number in range(20):
            assert (await half.exchange(server.url, b"good %d" % number)).content == b"good %d" % number
        together = await asyncio.gather(*(half.exchange(server.url, b"%d" % number) for number in range(50)))
        assert [each.content for each in together] == [b"%d" % number for number in range(50)]
        assert server.most_open <= 8 + 50, "cancelled connections end at once; the server may lag"
        assert asyncio.all_tasks() == tasks


@pytest.mark.parametrize("way", ["exchange", "send"])
@pytest.mark.parametrize("connection", ["fresh", "reused", "queued"])
async def test_a_call_can_be_cancelled_at_every_step(way: str, connection: str) -> None:
    """Cancelled after 0, 1, 2, ... rounds of the loop, until the call is quicker than its cancellation."""
    with Scripted(echoing()) as server:
        for step in range(200):
            half = AsyncHalf(ConnectionSettings(max_connections=1))
            other = None
            if connection != "fresh":
                await half.exchange(server.url)
            if connection == "queued":
                other = asyncio.ensure_future(half.exchange(server.url, b"other"))
                await asyncio.sleep(0)
            call = asyncio.ensure_future(
                half.exchange(server.url, b"call") if way == "exchange" else half.send(request(server.url, b"call"))
            )
            for _ in range(step):
                await asyncio.sleep(0)
            finished = call.done()
            call.cancel()
            await asyncio.gather(call, return_exceptions=True)
            if other is not None:
                assert (await other).content == b"other"
            for number in range(2):
                body = b"after %d" % number
                assert (await asyncio.wait_for(half.exchange(server.url, body), 5)).content == body
            await half.close()
            if finished:
                break
        else:
            pytest.fail("the call never finished")
        assert step > 2


async def test_a_cancelled_call_that_waited_for_a_connection_is_never_sent(half: AsyncHalf) -> None:
    go = threading.Event()

    def script(peer: Peer) -> None:
        while peer.request() is not None:
            go.wait(10)
            peer.send(answer())

    half = AsyncHalf(ConnectionSettings(max_connections=1))
    with Scripted(script) as server:
        first = asyncio.ensure_future(half.exchange(server.url, b"first"))
        await asyncio.sleep(0.05)
        waiting = asyncio.ensure_future(half.exchange(server.url, b"cancelled"))
        await asyncio.sleep(0.05)
        waiting.cancel()
        go.set()
        await first
        await half.exchange(server.url, b"last")
        assert [received.body for received in server.received] == [b"first", b"last"]
        await half.close()


async def test_a_turn_that_came_with_the_cancellation_is_passed_on() -> None:
    """The connection is handed over in the same round of the loop in which its new owner is cancelled."""
    half = AsyncHalf(ConnectionSettings(max_connections=1))
    pool = None
    with Scripted(echoing()) as server:
        await half.exchange(server.url)
        pool = half.connections._wire._pool()
        head = RequestHead("POST", server.url, ())
        (connection, full) = pool.take(head.origin)
        assert connection is not None
        assert not full
        calls = [asyncio.ensure_future(half.exchange(server.url, b"%d" % number)) for number in range(3)]
        await asyncio.sleep(0)
        pool.release(connection, reusable=True)
        calls[0].cancel()
        assert [each.content for each in await asyncio.gather(*calls[1:])] == [b"1", b"2"]
        await half.close()


async def test_a_cancelled_stream_breaks_only_its_own_connection(half: AsyncHalf) -> None:
    def script(peer: Peer) -> None:
        while (received := peer.request()) is not None:
            if received.body == b"stream":
                peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
            else:
                peer.send(answer(received.body))

    with Scripted(script) as server:

        async def read() -> None:
            async with half.opened(request(server.url, b"stream")) as opened:
                await opened.part()
                begun.set()
                await opened.part()

        begun = asyncio.Event()
        reading = asyncio.ensure_future(read())
        await begun.wait()
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        assert (await half.exchange(server.url, b"next")).content == b"next"


async def test_a_slow_reader_makes_the_server_wait() -> None:
    """What nobody reads is not piled up in memory."""
    sent = 0

    def script(peer: Peer) -> None:
        nonlocal sent
        peer.request()
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 200000000\r\n\r\n")
        for _ in range(2000):
            peer.send(b"x" * 100_000)
            sent += 100_000

    half = AsyncHalf(ConnectionSettings())
    with Scripted(script) as server:
        async with half.opened(request(server.url)) as opened:
            await asyncio.sleep(0.3)
            assert sent < 50_000_000
            size = 0
            while part := await opened.part():
                size += len(part)
            assert size == 200_000_000
        await half.close()


def test_one_client_serves_one_event_loop_after_the_other() -> None:
    connections = AsyncConnections(ConnectionSettings())
    with Scripted(echoing()) as server:
        head = RequestHead("POST", server.url, ())

        async def calls(number: int) -> list[bytes]:
            found = await asyncio.gather(
                *(connections.exchange(head, b"%d" % number, TIMEOUTS, None) for _ in range(5))
            )
            return [each.content for each in found]

        loops = []
        for number in range(4):
            with asyncio.Runner() as runner:
                assert runner.run(calls(number)) == [b"%d" % number] * 5
                loops.append(weakref.ref(runner.get_loop()))
            del runner
        gc.collect()
        assert [loop() for loop in loops] == [None] * 4, "a loop that is over is not held"


def test_loops_in_several_threads_use_one_client_at_a_time_and_together() -> None:
    connections = AsyncConnections(ConnectionSettings())
    wrong: list[object] = []
    with Scripted(echoing()) as server:
        head = RequestHead("POST", server.url, ())

        async def calls(number: int) -> None:
            for index in range(20):
                body = b"%d %d" % (number, index)
                found = await connections.exchange(head, body, TIMEOUTS, None)
                if found.content != body:
                    wrong.append(found)

        threads = [threading.Thread(target=lambda number=number: asyncio.run(calls(number))) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []


def test_a_loop_that_ends_takes_its_connections_with_it() -> None:
    before = sockets()
    connections = AsyncConnections(ConnectionSettings())
    with Scripted(echoing()) as server:
        asyncio.run(connections.exchange(RequestHead("POST", server.url, ()), b"x", TIMEOUTS, None))
        for _ in range(200):
            if server.open == 0:
                break
            threading.Event().wait(0.01)
        assert server.open == 0
    assert sockets() <= before


async def test_a_client_that_is_dropped_takes_its_connections_with_it() -> None:
    with Scripted(echoing()) as server:
        half = AsyncHalf(ConnectionSettings())
        await half.exchange(server.url)
        assert server.open == 1
        del half
        gc.collect()
        for _ in range(200):
            if server.open == 0:
                break
            await asyncio.sleep(0.01)
        assert server.open == 0


def test_closing_on_one_loop_closes_the_connections_of_another() -> None:
    connections = AsyncConnections(ConnectionSettings())
    with Scripted(echoing()) as server:
        head = RequestHead("POST", server.url, ())
        elsewhere = asyncio.new_event_loop()
        thread = threading.Thread(target=elsewhere.run_forever)
        thread.start()
        try:
            asyncio.run_coroutine_threadsafe(connections.exchange(head, b"x", TIMEOUTS, None), elsewhere).result(10)
            assert server.open == 1
            asyncio.run(connections.aclose())
            for _ in range(200):
                if server.open == 0:
                    break
                threading.Event().wait(0.01)
            assert server.open == 0
        finally:
            elsewhere.call_soon_threadsafe(elsewhere.stop)
            thread.join()
            elsewhere.run_until_complete(elsewhere.shutdown_asyncgens())
            elsewhere.close()


async def test_a_thousand_at_once_stay_within_the_limit() -> None:
    half = AsyncHalf(ConnectionSettings(max_connections=100))
    with Scripted(echoing()) as server:
        found = await asyncio.gather(*(half.exchange(server.url, b"%d" % number) for number in range(1000)))
        assert [each.content for each in found] == [b"%d" % number for number in range(1000)]
        assert server.most_open <= 100
        await half.close()


async def test_a_call_under_a_task_timeout_leaves_a_working_client(half: AsyncHalf) -> None:
    with Scripted(silent) as server, pytest.raises(TimeoutError):
        await asyncio.wait_for(half.exchange(server.url), 0.05)
    with Scripted(serving(answer())) as server:
        assert (await half.exchange(server.url)).status == 200


async def test_an_error_of_one_call_is_not_raised_in_another(half: AsyncHalf) -> None:
    def script(peer: Peer) -> None:
        while (received := peer.request()) is not None:
            if received.body == b"bad":
                peer.send(b"nonsense")
                return
            peer.send(answer(received.body))

    with Scripted(script) as server:
        bodies = [b"bad" if number % 3 == 0 else b"%d" % number for number in range(60)]
        results = await asyncio.gather(*(half.exchange(server.url, body) for body in bodies), return_exceptions=True)
        for body, result in zip(bodies, results, strict=True):
            if body == b"bad":
                assert isinstance(result, httpx.RemoteProtocolError)
            else:
                assert not isinstance(result, BaseException)
                assert result.content == body
