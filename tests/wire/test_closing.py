"""Closing while calls are under way: whose doing it was is said, and other event loops are left alone."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from aleph_alpha import (
    APIConnectionError,
    AsyncClient,
    Client,
    CompletionRequest,
    Prompt,
    StreamConnectionError,
)
from aleph_alpha._http.connections import ConnectionSettings
from aleph_alpha._http.wire.failures import Closed
from tests.wire.halves import AsyncHalf, Half, MakeHalf, request
from tests.wire.scripted import Peer, Scripted, answer, eventually, serving

CLOSED = "this client was closed while the call to"


def silent(peer: Peer) -> None:
    peer.request()
    peer.until_closed()


def says_half(head: bytes) -> Callable[[Peer], None]:
    def script(peer: Peer) -> None:
        peer.request()
        peer.send(b"HTTP/1.1 200 OK\r\n" + head + b"half")
        peer.until_closed()

    return script


HALVES = {"of known length": b"Content-Length: 9\r\n\r\n", "to the end of the connection": b"\r\n"}


def reached(make_half: MakeHalf, server: Scripted, proxied: bool) -> tuple[Half, str]:
    """A half, and the address by which it comes to the server."""
    return (make_half(proxy=server.url), "http://far.example") if proxied else (make_half(), server.url)


@pytest.mark.parametrize("proxied", [False, True], ids=["wire", "proxy"])
async def test_closing_breaks_a_call_that_is_under_way_and_says_so(make_half: MakeHalf, proxied: bool) -> None:
    with Scripted(silent) as server:
        half, url = reached(make_half, server, proxied)
        call = asyncio.ensure_future(half.exchange(url))
        await eventually(lambda: len(server.received) == 1)
        await half.close()
        with pytest.raises(Closed, match=CLOSED):
            await asyncio.wait_for(call, 5)
        assert len(server.received) == 1


@pytest.mark.parametrize("proxied", [False, True], ids=["wire", "proxy"])
@pytest.mark.parametrize("framing", HALVES)
async def test_an_answer_that_closing_broke_is_not_taken_for_a_whole_one(
    make_half: MakeHalf, framing: str, proxied: bool
) -> None:
    with Scripted(says_half(HALVES[framing])) as server:
        half, url = reached(make_half, server, proxied)
        async with half.opened(request(url)) as opened:
            assert await opened.part() == b"half"
            rest = asyncio.ensure_future(opened.part())
            await asyncio.sleep(0.05)  # until it waits; earlier or later, it fails alike
            await half.close()
            with pytest.raises(Closed, match=CLOSED):
                await asyncio.wait_for(rest, 5)
        await eventually(lambda: server.open == 0)


async def test_closing_breaks_an_upload_and_says_so(half: Half) -> None:
    begun, end = threading.Event(), threading.Event()

    def takes_only_the_head(peer: Peer) -> None:
        peer.head()
        begun.set()
        end.wait(60)

    with Scripted(takes_only_the_head) as server:
        call = asyncio.ensure_future(half.exchange(server.url, b"x" * 20_000_000))
        await eventually(begun.is_set)
        await half.close()
        with pytest.raises(Closed, match=CLOSED):
            await asyncio.wait_for(call, 5)
        end.set()


async def test_closing_breaks_a_call_on_a_reused_connection_and_it_is_not_sent_again(half: Half) -> None:
    def script(peer: Peer) -> None:
        peer.request()
        peer.send(answer())
        silent(peer)

    with Scripted(script) as server:
        await half.exchange(server.url)
        call = asyncio.ensure_future(half.exchange(server.url))
        await eventually(lambda: len(server.received) == 2)
        await half.close()
        with pytest.raises(Closed):
            await asyncio.wait_for(call, 5)
        assert (len(server.received), server.connections) == (2, 1)


@pytest.mark.parametrize("proxied", [False, True], ids=["wire", "proxy"])
async def test_after_closing_calls_open_connections_anew(make_half: MakeHalf, proxied: bool) -> None:
    with Scripted(serving(answer())) as server:
        half, url = reached(make_half, server, proxied)
        for _ in range(3):
            assert (await half.exchange(url)).content == b"ok"
            await half.close()
            await eventually(lambda: server.open == 0)
        assert server.connections == 3


@pytest.mark.parametrize("proxied", [False, True], ids=["wire", "proxy"])
@pytest.mark.parametrize("kind", [Client, AsyncClient])
async def test_a_client_that_was_closed_says_so_and_does_not_try_again(kind: Any, proxied: bool) -> None:
    asked = CompletionRequest(Prompt.from_text("x"), maximum_tokens=1)
    with Scripted(silent) as server:
        options: dict[str, Any] = {"retry_ambiguous": True, **({"proxy": server.url} if proxied else {})}
        client = kind("token", "http://far.example" if proxied else server.url, **options)
        if kind is AsyncClient:
            call = asyncio.ensure_future(client.complete(asked, "some-model"))
        else:
            call = asyncio.ensure_future(asyncio.to_thread(client.complete, asked, "some-model"))
        await eventually(lambda: len(server.received) == 1)
        await client.close() if kind is AsyncClient else client.close()
        with pytest.raises(APIConnectionError, match=f"POST /complete: {CLOSED}") as caught:
            await asyncio.wait_for(call, 5)
        assert (caught.value.attempts, len(server.received)) == (1, 1)


@pytest.mark.parametrize("proxied", [False, True], ids=["wire", "proxy"])
@pytest.mark.parametrize("kind", [Client, AsyncClient])
async def test_a_stream_of_a_client_that_was_closed_says_so(kind: Any, proxied: bool) -> None:
    asked = CompletionRequest(Prompt.from_text("x"), maximum_tokens=1)

    def begins(peer: Peer) -> None:
        peer.request()
        chunk = b'data: {"type": "stream_chunk", "index": 0, "completion": "well"}\n\n'
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + chunk)
        peer.until_closed()

    with Scripted(begins) as server:
        options: dict[str, Any] = {"proxy": server.url} if proxied else {}
        client = kind("token", "http://far.example" if proxied else server.url, **options)
        stream = client.stream_complete(asked, "some-model")
        if kind is AsyncClient:
            await anext(stream)
            rest = asyncio.ensure_future(stream.final())
        else:
            await asyncio.to_thread(next, stream)
            rest = asyncio.ensure_future(asyncio.to_thread(stream.final))
        await asyncio.sleep(0.05)  # until it waits; earlier or later, it fails alike
        await client.close() if kind is AsyncClient else client.close()
        with pytest.raises(StreamConnectionError, match=CLOSED) as caught:
            await asyncio.wait_for(rest, 5)
        assert [event.completion for event in caught.value.events] == ["well"]


async def test_a_closed_client_of_the_callers_is_named(make_half: MakeHalf) -> None:
    own: Any = httpx.AsyncClient() if isinstance(make_half(), AsyncHalf) else httpx.Client()
    half = make_half(own)
    await own.aclose() if isinstance(half, AsyncHalf) else own.close()
    for way in ("send", "exchange"):
        with pytest.raises(Closed, match="the http_client is closed"):
            await half.call(way, "http://far.example")


def test_closing_on_one_loop_lets_a_call_of_another_come_to_its_end() -> None:
    """Only what lies idle there is closed: a call may have cost minutes, and is another's."""
    half = AsyncHalf(ConnectionSettings())
    go_on = threading.Event()
    got: list[bytes] = []

    def script(peer: Peer) -> None:
        while (received := peer.request()) is not None:
            if received.body == b"slow":
                go_on.wait(10)
            peer.send(answer(received.body))

    with Scripted(script) as server:

        async def other() -> None:
            await asyncio.gather(half.exchange(server.url, b"1"), half.exchange(server.url, b"2"))
            got.append((await half.exchange(server.url, b"slow")).content)  # the other connection lies idle
            got.append((await half.exchange(server.url, b"after")).content)

        async def closing() -> None:
            await half.exchange(server.url, b"here")
            await eventually(lambda: server.received[-1].body == b"slow" or len(server.received) == 4)
            await half.close()
            await eventually(lambda: server.open == 1)
            go_on.set()

        thread = threading.Thread(target=lambda: asyncio.run(other()))
        thread.start()
        asyncio.run(closing())
        thread.join(10)
        assert got == [b"slow", b"after"]
