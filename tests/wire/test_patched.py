"""A recorder or an instrumentor that has patched httpx sees every request, on the way that it has patched."""

from __future__ import annotations

import asyncio
import functools
import gzip
from pathlib import Path
from typing import Any

import httpx
import pytest
import vcr  # type: ignore[import-untyped]

from aleph_alpha._http.connections import AsyncConnections, ConnectionSettings
from aleph_alpha._http.wire.request import RequestHead
from tests.wire.halves import TIMEOUTS, Half, request
from tests.wire.scripted import Peer, Scripted, answer, serving

ways = pytest.mark.parametrize("way", ["send", "exchange"])


def echo(peer: Peer) -> None:
    while (received := peer.request()) is not None:
        peer.send(answer(received.body))


# Patched transports


def _patch(monkeypatch: pytest.MonkeyPatch, kind: str) -> list[str]:
    """Replace the methods that recorders replace, in the ways they do it; returns the URLs they saw."""
    seen: list[str] = []
    for owner, name in (
        (httpx.HTTPTransport, "handle_request"),
        (httpx.AsyncHTTPTransport, "handle_async_request"),
    ):
        make = _replacement_async if "async" in name else _replacement
        monkeypatch.setattr(owner, name, make(getattr(owner, name), kind, seen))
    return seen


def _replacement(genuine: Any, kind: str, seen: list[str]) -> Any:
    def handle(self: Any, request: httpx.Request) -> httpx.Response:
        seen.append(str(request.url))
        return genuine(self, request) if kind != "replaced" else httpx.Response(200, content=b"mocked")

    return _as(kind, genuine, handle)


def _replacement_async(genuine: Any, kind: str, seen: list[str]) -> Any:
    async def handle(self: Any, request: httpx.Request) -> httpx.Response:
        seen.append(str(request.url))
        return await genuine(self, request) if kind != "replaced" else httpx.Response(200, content=b"mocked")

    return _as(kind, genuine, handle)


def _as(kind: str, genuine: Any, handle: Any) -> Any:
    if kind == "replaced":
        return handle
    return functools.wraps(genuine)(handle) if kind == "wrapped" else _Equal(genuine, handle)


class _Equal:
    """A wrapper like wrapt's, which passes for what it wraps wherever it can."""

    def __init__(self, genuine: Any, handle: Any) -> None:
        self.__wrapped__ = genuine
        self._handle = handle

    def __get__(self, instance: Any, owner: Any) -> Any:
        return functools.partial(self._handle, instance) if instance is not None else self

    def __call__(self, *arguments: Any) -> Any:
        return self._handle(*arguments)

    def __eq__(self, other: object) -> bool:
        return bool(self.__wrapped__ == other)

    def __hash__(self) -> int:
        return hash(self.__wrapped__)

    @property
    def __code__(self) -> Any:
        return self.__wrapped__.__code__


@ways
@pytest.mark.parametrize("kind", ["replaced", "wrapped", "wrapped by an equal"])
async def test_a_patched_httpx_sees_every_request_while_it_is_patched(half: Half, kind: str, way: str) -> None:
    with Scripted(echo) as server:
        assert await half.call(way, server.url, b"before") == (200, b"before")
        with pytest.MonkeyPatch.context() as patch:
            seen = _patch(patch, kind)
            expected = b"mocked" if kind == "replaced" else b"during"
            assert await half.call(way, server.url, b"during") == (200, expected)
            assert len(seen) == 1
        assert await half.call(way, server.url, b"after") == (200, b"after")
        assert len(seen) == 1


@ways
async def test_a_patched_httpcore_sees_every_request(half: Half, way: str) -> None:
    """As respx does by default."""
    import httpcore

    seen: list[str] = []

    def handle(self: Any, request: httpcore.Request) -> httpcore.Response:
        seen.append("sync")
        return httpcore.Response(200, content=b"mocked")

    async def handle_async(self: Any, request: httpcore.Request) -> httpcore.Response:
        seen.append("async")
        return httpcore.Response(200, content=b"mocked")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpcore.ConnectionPool, "handle_request", handle)
        patch.setattr(httpcore.AsyncConnectionPool, "handle_async_request", handle_async)
        assert await half.call(way, "http://far.example") == (200, b"mocked")
    assert seen == [half.name]


@ways
async def test_vcr_records_and_replays(half: Half, way: str, tmp_path: Path) -> None:
    recorder = vcr.VCR(match_on=["method", "path", "query", "body"])
    cassette = str(tmp_path / "cassette.yaml")
    encoded = answer(gzip.compress(b"zipped"), "200 OK", "Content-Encoding: gzip")
    with Scripted(serving(answer(b"one"), answer(b"two", "429 Busy"), encoded)) as server:
        url = server.url
        with recorder.use_cassette(cassette):
            recorded = [await half.call(way, url + "/p", b"%d" % number, seconds=10) for number in range(3)]
        assert len(server.received) == 3
    with recorder.use_cassette(cassette, record_mode="none") as played:
        assert [await half.call(way, url + "/p", b"%d" % number, seconds=10) for number in range(3)] == recorded
        assert played.all_played
    assert recorded == [(200, b"one"), (429, b"two"), (200, b"zipped")]
    await half.close()


async def test_vcr_records_and_replays_a_stream(half: Half, tmp_path: Path) -> None:
    recorder = vcr.VCR(match_on=["method", "path", "query", "body"])
    cassette = str(tmp_path / "cassette.yaml")
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n"
    with Scripted(serving(chunked)) as server:
        url = server.url
        for mode in ("once", "none"):
            with recorder.use_cassette(cassette, record_mode=mode):
                body = b""
                async with half.opened(request(url)) as opened:
                    while part := await opened.part():
                        body += part
            assert body == b"onetwo"
        assert len(server.received) == 1
    await half.close()


def test_a_patched_httpx_works_on_one_loop_after_the_other() -> None:
    """Where stock httpx would use the connections of a loop that is gone."""
    connections = AsyncConnections(ConnectionSettings())

    async def call(url: str, body: bytes) -> bytes:
        content = (await connections.exchange(RequestHead("POST", url, ()), body, TIMEOUTS, None)).content
        await connections.aclose()
        return content

    with Scripted(echo) as server, pytest.MonkeyPatch.context() as patch:
        _patch(patch, "wrapped")
        for number in range(3):
            assert asyncio.run(call(server.url, b"%d" % number)) == b"%d" % number
