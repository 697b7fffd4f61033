"""Both halves of the wire behind one interface, so that one test covers them alike.

Tests are asynchronous; the synchronous half does its work in threads.
"""

from __future__ import annotations

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, NamedTuple, TypeVar

import httpx

from aleph_alpha._http.connections import AsyncConnections, ConnectionSettings, SyncConnections
from aleph_alpha._http.wire.protocol import WireResponse
from aleph_alpha._http.wire.request import RequestHead

__all__ = ["TIMEOUTS", "AsyncHalf", "Half", "Opened", "Reply", "SyncHalf", "request"]

T = TypeVar("T")
TIMEOUTS: Mapping[str, float | None] = {"connect": 10.0, "read": 10.0, "write": 10.0, "pool": 10.0}
Headers = tuple[tuple[bytes, bytes], ...]


class Reply(NamedTuple):
    status: int
    headers: httpx.Headers
    content: bytes
    resent: bool


class Opened(ABC):
    """A response whose body is being read."""

    response: httpx.Response

    @abstractmethod
    async def part(self) -> bytes:
        """The next part; b"" at the end."""


def request(
    url: str,
    body: Any = b"x",
    *,
    method: str = "POST",
    headers: Headers = (),
    timeouts: Mapping[str, float | None] = TIMEOUTS,
    seconds: float | None = None,
) -> httpx.Request:
    """A request with its bounds; ``seconds`` from now until its deadline."""
    deadline = None if seconds is None else time.monotonic() + seconds
    extensions = {"timeout": dict(timeouts), "deadline": deadline}
    return httpx.Request(method, url, headers=list(headers), content=body, extensions=extensions)


class Half(ABC):
    """What tests do with connections."""

    name: str

    @abstractmethod
    async def send(self, request: httpx.Request) -> Reply:
        """Send, read everything, close."""

    @abstractmethod
    def opened(self, request: httpx.Request) -> Any:
        """``async with``: the response with its body unread."""

    @abstractmethod
    async def exchange(
        self,
        url: str,
        body: bytes | None = b"x",
        *,
        method: str = "POST",
        headers: Headers = (),
        timeouts: Mapping[str, float | None] = TIMEOUTS,
        seconds: float | None = None,
    ) -> WireResponse: ...

    @abstractmethod
    async def close(self) -> None: ...

    async def call(self, way: str, url: str, body: Any = b"x", **options: Any) -> tuple[int, bytes]:
        """Status and content, by ``send`` or by ``exchange``."""
        if way == "send":
            reply = await self.send(request(url, body, **options))
            return reply.status, reply.content
        found = await self.exchange(url, body, **options)
        return found.status, found.content


class _OpenedSync(Opened):
    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._parts: Iterator[bytes] = response.iter_raw()

    async def part(self) -> bytes:
        return await asyncio.to_thread(next, self._parts, b"")


class SyncHalf(Half):
    name = "sync"

    def __init__(self, settings: ConnectionSettings, client: httpx.Client | None = None) -> None:
        self.connections = SyncConnections(settings, client)

    async def send(self, request: httpx.Request) -> Reply:
        def call() -> Reply:
            response = self.connections.send(request)
            try:
                content = response.read()
            finally:
                response.close()
            return _reply(response, content)

        return await asyncio.to_thread(call)

    @asynccontextmanager
    async def opened(self, request: httpx.Request) -> AsyncIterator[Opened]:
        response = await asyncio.to_thread(self.connections.send, request)
        try:
            yield _OpenedSync(response)
        finally:
            await asyncio.to_thread(response.close)

    async def exchange(
        self,
        url: str,
        body: bytes | None = b"x",
        *,
        method: str = "POST",
        headers: Headers = (),
        timeouts: Mapping[str, float | None] = TIMEOUTS,
        seconds: float | None = None,
    ) -> WireResponse:
        head = RequestHead(method, url, headers)
        deadline = None if seconds is None else time.monotonic() + seconds
        return await asyncio.to_thread(self.connections.exchange, head, body, timeouts, deadline)

    async def close(self) -> None:
        await asyncio.to_thread(self.connections.close)


class _OpenedAsync(Opened):
    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._parts = response.aiter_raw()

    async def part(self) -> bytes:
        return await anext(self._parts, b"")


class AsyncHalf(Half):
    name = "async"

    def __init__(self, settings: ConnectionSettings, client: httpx.AsyncClient | None = None) -> None:
        self.connections = AsyncConnections(settings, client)

    async def send(self, request: httpx.Request) -> Reply:
        response = await self.connections.send(request)
        try:
            content = await response.aread()
        finally:
            await response.aclose()
        return _reply(response, content)

    @asynccontextmanager
    async def opened(self, request: httpx.Request) -> AsyncIterator[Opened]:
        response = await self.connections.send(request)
        try:
            yield _OpenedAsync(response)
        finally:
            await response.aclose()

    async def exchange(
        self,
        url: str,
        body: bytes | None = b"x",
        *,
        method: str = "POST",
        headers: Headers = (),
        timeouts: Mapping[str, float | None] = TIMEOUTS,
        seconds: float | None = None,
    ) -> WireResponse:
        head = RequestHead(method, url, headers)
        deadline = None if seconds is None else time.monotonic() + seconds
        return await self.connections.exchange(head, body, timeouts, deadline)

    async def close(self) -> None:
        await self.connections.aclose()


MakeHalf = Callable[..., Half]


def _reply(response: httpx.Response, content: bytes) -> Reply:
    return Reply(response.status_code, response.headers, content, bool(response.extensions.get("resent")))
