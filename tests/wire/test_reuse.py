"""Connections between calls: kept, found dead, limited, queued for, expired, closed."""

from __future__ import annotations

import asyncio
import random
import socket
import threading
import time
from collections.abc import AsyncIterator
from contextvars import Context
from typing import Any

import httpx
import pytest

from aleph_alpha._http.wire import resend
from aleph_alpha._http.wire.failures import Clock
from aleph_alpha._http.wire.protocol import ResponseParser
from aleph_alpha._http.wire.request import RequestHead
from aleph_alpha._http.wire.resend import may_resend
from tests.wire.halves import TIMEOUTS, AsyncHalf, Half, MakeHalf, SyncHalf, request
from tests.wire.scripted import Peer, Script, Scripted, answer, eventually, serving


async def test_calls_one_after_the_other_share_a_connection(half: Half) -> None:
    with Scripted(serving(answer())) as server:
        for _ in range(20):
            await half.exchange(server.url)
            assert (await half.send(request(server.url))).content == b"ok"
        assert server.connections == 1


async def test_a_connection_that_the_server_closed_while_idle_is_not_used_again(half: Half) -> None:
    closed = threading.Semaphore(0)

    def script(peer: Peer) -> None:
        peer.request()
        peer.send(answer())
        peer.close()
        closed.release()

    with Scripted(script) as server:
        for number in range(1, 6):
            found = await half.exchange(server.url)
            assert not found.resent, "it was noticed before anything was sent"
            assert server.connections == number
            await asyncio.to_thread(closed.acquire)
            await asyncio.sleep(0.01)


async def test_unasked_bytes_on_an_idle_connection_end_it(half: Half) -> None:
    spoken = threading.Event()

    def script(peer: Peer) -> None:
        while peer.request() is not None:
            peer.send(answer(b"%d" % peer.number))
            if peer.number == 0:
                time.sleep(0.05)
                peer.send(answer(b"poisoned"))
                spoken.set()

    with Scripted(script) as server:
        assert (await half.exchange(server.url)).content == b"0"
        await asyncio.to_thread(spoken.wait)
        await asyncio.sleep(0.02)
        assert (await half.exchange(server.url)).content == b"1"


def dies_on_second_request(how: str) -> Script:
    """The first connection answers once, then takes a request and ends in the given way."""

    def script(peer: Peer) -> None:
        while peer.request() is not None:
            if peer.number == 0 and len(peer.server.received) == 2:
                if how == "resets":
                    peer.reset()
                elif how == "answers half":
                    peer.send(b"HT")
                return
            peer.send(answer(b"%d" % peer.number))

    return script


@pytest.mark.parametrize("how", ["closes", "resets"])
async def test_a_reused_connection_that_ends_without_a_byte_is_replaced_once(half: Half, how: str) -> None:
    with Scripted(dies_on_second_request(how)) as server:
        assert not (await half.exchange(server.url)).resent
        found = await half.exchange(server.url)
        assert (found.content, found.resent) == (b"1", True)
        assert (len(server.received), server.connections) == (3, 2)
        assert server.received[1] == server.received[2]
        assert not (await half.exchange(server.url)).resent


async def test_the_request_and_the_response_say_that_it_was_sent_twice(half: Half) -> None:
    with Scripted(dies_on_second_request("closes")) as server:
        assert not (await half.send(request(server.url))).resent
        second = request(server.url)
        assert (await half.send(second)).resent
        assert second.extensions["resent"] is True


async def test_a_reused_connection_that_ends_with_a_byte_is_not_replaced(half: Half) -> None:
    with Scripted(dies_on_second_request("answers half")) as server:
        await half.exchange(server.url)
        with pytest.raises(httpx.RemoteProtocolError, match="middle of the head"):
            await half.exchange(server.url)
        assert len(server.received) == 2


async def test_the_second_connection_is_the_last(half: Half) -> None:
    def script(peer: Peer) -> None:
        peer.request()
        if peer.number == 0:
            peer.send(answer())
            peer.request()

    with Scripted(script) as server:
        await half.exchange(server.url)
        with pytest.raises(httpx.RemoteProtocolError, match="without a response"):
            await half.exchange(server.url)
        assert (len(server.received), server.connections) == (3, 2)


def dies_and_takes_the_server_along(peer: Peer) -> None:
    """Answers once, takes another request, and is gone for good."""
    peer.request()
    peer.send(answer())
    peer.request()
    peer.server.listen_no_more()


@pytest.mark.direct
async def test_a_request_that_cannot_be_sent_again_counts_as_not_sent_and_next_goes_out_on_a_fresh_connection(
    half: Half,
) -> None:
    """So that it is sent at most twice, although it is tried again without danger."""
    with Scripted(dies_and_takes_the_server_along) as server:
        await half.exchange(server.url)
        with pytest.raises(httpx.ConnectError, match=r"could not connect.*sent before"):
            await half.exchange(server.url)
        assert len(server.received) == 2


@pytest.mark.direct
async def test_the_second_sending_is_the_last(half: Half) -> None:
    """Whatever other calls have done to the pool meanwhile."""
    with Scripted(dies_and_takes_the_server_along) as server:
        url, port = server.url, server.port

        def refused_and_then_on_a_fresh_one(half: SyncHalf) -> None:
            head = RequestHead("POST", url, ())
            half.connections.exchange(head, b"x", TIMEOUTS, None)
            with pytest.raises(httpx.ConnectError):
                half.connections.exchange(head, b"x", TIMEOUTS, None)
            server.stop()
            with Scripted(serving(answer()), port=port) as again:
                Context().run(half.connections.exchange, head, b"another call's", TIMEOUTS, None)
                for connections in (2, 2):
                    half.connections.exchange(head, b"x", TIMEOUTS, None)
                    assert again.connections == connections

        if isinstance(half, SyncHalf):
            await asyncio.to_thread(refused_and_then_on_a_fresh_one, half)
            return
        await half.exchange(url)
        with pytest.raises(httpx.ConnectError):
            await half.exchange(url)
        server.stop()
        with Scripted(serving(answer()), port=port) as again:
            await asyncio.create_task(half.exchange(url), context=Context())
            for connections in (2, 2):
                await half.exchange(url)
                assert again.connections == connections


@pytest.mark.parametrize(
    ("round_trip", "after", "resent"),
    [(0.001, 0.05, True), (0.001, 0.2, False), (0.1, 0.3, True), (0.1, 0.5, False), (9, 1.9, True), (9, 2.1, False)],
)
@pytest.mark.parametrize("error", [httpx.ReadError("reset"), httpx.RemoteProtocolError("ended")])
def test_the_time_in_which_a_connection_shows_that_it_was_dead_goes_by_its_round_trip(
    error: Exception, round_trip: float, after: float, resent: bool
) -> None:
    """A connection that ends later may have ended in the middle of the work."""

    class Reused:
        reused = True
        parser = ResponseParser()

    connection: Any = Reused()
    ended = isinstance(error, httpx.RemoteProtocolError)  # then the time counts that the system has measured
    connection.round_trip, connection.seen = (round_trip, 9) if ended else (0.0, round_trip)
    out = RequestHead("POST", "http://a.example", ()).outgoing(b"x")
    assert may_resend(connection, out, Clock(None, None), time.monotonic() - after, error) is resent


async def test_a_connection_knows_its_round_trip(half: Half) -> None:
    with Scripted(serving(answer())) as server:
        await half.exchange(server.url)
        assert [0 < connection.round_trip < 1 for connection in open_connections(half)] == [True]


def open_connections(half: Half) -> list[Any]:
    if isinstance(half, SyncHalf):
        return list(half.connections._wire._pool._open)
    assert isinstance(half, AsyncHalf)
    return list(half.connections._wire._pool()._open)


async def test_a_request_that_was_worked_on_for_a_while_is_not_sent_again(
    half: Half, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resend, "_LONGEST", 0.0)
    with Scripted(dies_on_second_request("closes")) as server:
        await half.exchange(server.url)
        with pytest.raises(httpx.RemoteProtocolError, match="without a response"):
            await half.exchange(server.url)
        assert len(server.received) == 2


async def test_after_one_dead_idle_connection_the_others_are_not_tried(half: Half) -> None:
    """Six that were dropped on the way would cost six timeouts, one after the other."""
    together = threading.Barrier(6)

    def script(peer: Peer) -> None:
        peer.request()
        if peer.number < 6:
            together.wait(10)
            peer.send(answer())
            peer.until_closed()  # as if nothing arrived any more
        else:
            peer.send(answer(b"fresh"))

    with Scripted(script) as server:
        await asyncio.gather(*(half.exchange(server.url) for _ in range(6)))
        with pytest.raises(httpx.ReadTimeout):
            await half.exchange(server.url, timeouts={**TIMEOUTS, "read": 0.1})
        assert (await half.exchange(server.url)).content == b"fresh"
        await eventually(lambda: server.open <= 1)


async def test_a_silent_peer_is_probed_and_given_up_soon(half: Half) -> None:
    """One that is gone without a word would otherwise be waited for as long as a model may take."""
    with Scripted(serving(answer())) as server:
        await half.exchange(server.url)
        (connection,) = open_connections(half)
        sock = connection._socket if isinstance(half, SyncHalf) else connection._transport.get_extra_info("socket")
        options = [getattr(socket, name, None) for name in ("TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_KEEPCNT")]
        if None in options:
            pytest.skip("not to be set here")
        first, between, count = [sock.getsockopt(socket.IPPROTO_TCP, option) for option in options]
        assert first + between * count <= 20
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 20_000


async def test_a_body_that_cannot_be_repeated_is_not_sent_again(half: Half) -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield b"once"

    with Scripted(dies_on_second_request("closes")) as server:
        await half.exchange(server.url)
        body = parts() if isinstance(half, AsyncHalf) else iter([b"once"])
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            await half.send(request(server.url, body))
        assert len(server.received) == 2


async def test_a_stream_that_was_left_early_does_not_disturb_the_next_call(half: Half) -> None:
    def script(peer: Peer) -> None:
        while peer.request() is not None:
            peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n" + b"%d" % peer.number * 1000)
            peer.send(b"." * 1_999_000)

    with Scripted(script) as server:
        for number in range(3):
            async with half.opened(request(server.url)) as opened:
                assert (await opened.part())[:1] == b"%d" % number
        assert server.connections == 3


async def test_an_answer_that_is_dropped_unread_gives_its_place_back(make_half: MakeHalf) -> None:
    def script(peer: Peer) -> None:
        while (received := peer.request()) is not None:
            length = 9 if received.body == b"dropped" else 2
            peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\nok" % length)

    half = make_half(max_connections=1)
    with Scripted(script) as server:
        for number in range(3):
            if isinstance(half, AsyncHalf):
                await half.connections.send(request(server.url, b"dropped"))
            else:
                await asyncio.to_thread(_send_and_drop, half, server.url)
            assert (await half.exchange(server.url)).content == b"ok"
            assert server.connections == 2 * number + 2 - number
        await half.close()


def _send_and_drop(half: Half, url: str) -> None:
    assert isinstance(half, SyncHalf)
    half.connections.send(request(url, b"dropped"))


async def test_an_answer_that_is_all_there_frees_its_connection_before_it_is_read(make_half: MakeHalf) -> None:
    half = make_half(max_connections=1)
    with Scripted(serving(answer(b"first"), answer(b"second"))) as server:
        async with half.opened(request(server.url)) as first:
            assert (await half.exchange(server.url)).content == b"second"
            assert await first.part() == b"first"
        assert server.connections == 1
    await half.close()


async def test_no_more_connections_than_allowed_are_opened_and_all_calls_succeed(make_half: MakeHalf) -> None:
    half = make_half(max_connections=4)
    with Scripted(serving(answer())) as server:
        found = await asyncio.gather(*(half.exchange(server.url) for _ in range(60)))
        assert {each.status for each in found} == {200}
        assert server.most_open <= 4
        await half.close()


async def test_those_who_wait_are_served_in_their_order(make_half: MakeHalf) -> None:
    half = make_half(max_connections=1)
    go = threading.Event()

    def script(peer: Peer) -> None:
        while peer.request() is not None:
            go.wait(10)
            peer.send(answer())

    with Scripted(script) as server:
        calls = []
        for number in range(6):
            calls.append(asyncio.ensure_future(half.exchange(server.url, b"%d" % number)))
            await asyncio.sleep(0.03)
        go.set()
        await asyncio.gather(*calls)
        assert [received.body for received in server.received] == [b"%d" % number for number in range(6)]
        await half.close()


async def test_a_waiter_that_gives_up_does_not_lose_the_place_for_the_others(make_half: MakeHalf) -> None:
    half = make_half(max_connections=1)
    go = threading.Event()

    def script(peer: Peer) -> None:
        while peer.request() is not None:
            go.wait(10)
            peer.send(answer())

    with Scripted(script) as server:
        first = asyncio.ensure_future(half.exchange(server.url))
        await asyncio.sleep(0.05)
        with pytest.raises(httpx.PoolTimeout):
            await half.exchange(server.url, timeouts={**TIMEOUTS, "pool": 0.05})
        third = asyncio.ensure_future(half.exchange(server.url))
        await asyncio.sleep(0.05)
        go.set()
        assert [(await call).status for call in (first, third)] == [200, 200]
        await half.close()


@pytest.mark.direct
async def test_a_failed_connection_gives_its_place_to_the_next(make_half: MakeHalf) -> None:
    half = make_half(max_connections=1)
    for _ in range(3):
        results = await asyncio.gather(
            *(half.exchange("http://no-such-host.invalid") for _ in range(3)), return_exceptions=True
        )
        assert {type(result) for result in results} == {httpx.ConnectError}
    with Scripted(serving(answer())) as server:
        assert (await half.exchange(server.url)).status == 200
    await half.close()


async def test_idle_connections_give_way_to_another_host(make_half: MakeHalf) -> None:
    half = make_half(max_connections=1)
    with Scripted(serving(answer(b"a"))) as one, Scripted(serving(answer(b"b"))) as other:
        for _ in range(3):
            assert (await half.exchange(one.url)).content == b"a"
            assert (await half.exchange(other.url)).content == b"b"
        await half.close()


async def test_hosts_share_the_places_while_all_are_wanted(make_half: MakeHalf) -> None:
    half = make_half(max_connections=2)
    with Scripted(serving(answer(b"a"))) as one, Scripted(serving(answer(b"b"))) as other:
        found = await asyncio.gather(*(half.exchange(each.url) for _ in range(20) for each in (one, other)))
        assert [each.content for each in found] == [b"a", b"b"] * 20
        await half.close()


async def test_an_idle_connection_expires(make_half: MakeHalf) -> None:
    half = make_half(idle_expiry=0.1)
    with Scripted(serving(answer())) as server:
        await half.exchange(server.url)
        await half.exchange(server.url)
        assert server.connections == 1
        await asyncio.sleep(0.25)
        assert not (await half.exchange(server.url)).resent
        assert server.connections == 2
        await half.close()


async def test_no_more_idle_connections_than_allowed_are_kept(make_half: MakeHalf) -> None:
    half = make_half(max_idle=2)
    together = threading.Barrier(6)

    def script(peer: Peer) -> None:
        while peer.request() is not None:
            if len(peer.server.received) <= 6:
                together.wait(10)
            peer.send(answer())

    with Scripted(script) as server:
        await asyncio.gather(*(half.exchange(server.url) for _ in range(6)))
        await eventually(lambda: server.open == 2)
        await half.close()


async def test_the_connection_used_last_is_used_next(make_half: MakeHalf) -> None:
    """So that the others can expire."""
    half = make_half(idle_expiry=0.3)
    together = threading.Barrier(3)

    def script(peer: Peer) -> None:
        while peer.request() is not None:
            if len(peer.server.received) <= 3:
                together.wait(10)
            peer.send(answer(b"%d" % peer.number))

    with Scripted(script) as server:
        await asyncio.gather(*(half.exchange(server.url) for _ in range(3)))
        assert len({(await half.exchange(server.url)).content for _ in range(5)}) == 1
        for _ in range(8):
            await asyncio.sleep(0.06)
            await half.exchange(server.url)
        await eventually(lambda: server.open == 1)
        assert server.connections == 3
        await half.close()


async def test_closing_closes_what_is_idle_and_the_half_works_again_afterwards(half: Half) -> None:
    with Scripted(serving(answer())) as server:
        for number in range(1, 4):
            await asyncio.gather(*(half.exchange(server.url) for _ in range(3)))
            await half.close()
            await eventually(lambda: server.open == 0)
            assert server.connections >= number
        await half.close()


@pytest.mark.parametrize("places", [3, 100])
async def test_a_server_that_closes_idle_connections_just_as_they_are_reused_causes_no_error(
    make_half: MakeHalf, places: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """1,500 calls against connections that live for a random number of responses and a random moment."""
    monkeypatch.setattr(resend, "_SHORTEST", 2.0)  # a busy machine may take longer than a round trip to see it
    chance = random.Random(7)
    half = make_half(max_connections=places)

    def script(peer: Peer) -> None:
        for _ in range(chance.randrange(1, 6)):
            received = peer.request()
            if received is None:
                return
            peer.send(answer(received.body))
        if chance.random() < 0.7:
            time.sleep(chance.random() * 0.001)

    with Scripted(script) as server:

        async def caller(number: int) -> None:
            for index in range(125):
                body = b"%d-%d" % (number, index)
                found = await half.exchange(server.url, body)
                assert found.content == body, "answers must not be swapped"
                if index % 3 == 0:
                    await asyncio.sleep(chance.random() * 0.001)

        await asyncio.gather(*(caller(number) for number in range(12)))
        await half.close()
