"""An HTTP client of the caller's: of httpx, or of httpx2, which has the same classes with another name before them."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import partial
from types import ModuleType
from typing import Any

import httpx

__all__ = ["library_of", "sender_of", "sender_of_async"]


def library_of(client: object, kind: str) -> ModuleType:
    """httpx or httpx2, whichever the client is a ``kind`` of: "Client" or "AsyncClient"; raises ``TypeError``."""
    for name in ("httpx", "httpx2"):
        library = sys.modules.get(name)  # what is not loaded has no clients
        if library is not None and isinstance(client, getattr(library, kind)):
            return library
    given = f"{type(client).__module__.partition('.')[0]}.{type(client).__qualname__}"
    raise TypeError(f"http_client must be an httpx.{kind} or an httpx2.{kind}, not {given}")


def sender_of(client: Any, library: ModuleType) -> Callable[[httpx.Request], httpx.Response]:
    """What sends a request of httpx by the client, and gives its response, unread, as one of httpx."""
    if library is httpx:
        return partial(client.send, stream=True)

    def send(request: httpx.Request) -> httpx.Response:
        with _as_httpx(library):
            theirs = client.send(_request(library, request), stream=True)
        return _response(theirs, request, _Stream(theirs, library))

    return send


def sender_of_async(client: Any, library: ModuleType) -> Callable[[httpx.Request], Awaitable[httpx.Response]]:
    """The same for an event loop."""
    if library is httpx:
        return partial(client.send, stream=True)

    async def send(request: httpx.Request) -> httpx.Response:
        with _as_httpx(library):
            theirs = await client.send(_request(library, request), stream=True)
        return _response(theirs, request, _AsyncStream(theirs, library))

    return send


def _request(library: ModuleType, request: httpx.Request) -> Any:
    stream = request.stream
    whole = library.ByteStream(b"".join(stream)) if isinstance(stream, httpx.ByteStream) else None
    body = {"content": stream} if whole is None else {"stream": whole}
    return library.Request(
        request.method, str(request.url), headers=request.headers.raw, extensions=request.extensions, **body
    )


def _response(
    theirs: Any, request: httpx.Request, stream: httpx.SyncByteStream | httpx.AsyncByteStream
) -> httpx.Response:
    headers = theirs.headers.raw
    if theirs.is_stream_consumed:  # by a hook of the client: what it has is decoded
        headers = [header for header in headers if header[0].lower() != b"content-encoding"]
    return httpx.Response(
        theirs.status_code, headers=headers, stream=stream, request=request, extensions=theirs.extensions
    )


@contextlib.contextmanager
def _as_httpx(library: ModuleType) -> Iterator[None]:
    """Raise what the library raises as what httpx calls by the same name."""
    try:
        yield
    except (library.HTTPError, library.InvalidURL, library.StreamError) as error:
        kind = getattr(httpx, type(error).__name__, None)
        if not (isinstance(kind, type) and issubclass(kind, httpx.RequestError)):
            kind = httpx.HTTPError
        raise kind(str(error)) from error


class _Stream(httpx.SyncByteStream):
    def __init__(self, theirs: Any, library: ModuleType) -> None:
        self._theirs = theirs
        self._library = library

    def __iter__(self) -> Iterator[bytes]:
        with _as_httpx(self._library):
            if self._theirs.is_stream_consumed:
                yield self._theirs.content
            else:
                yield from self._theirs.iter_raw()

    def close(self) -> None:
        self._theirs.close()


class _AsyncStream(httpx.AsyncByteStream):
    def __init__(self, theirs: Any, library: ModuleType) -> None:
        self._theirs = theirs
        self._library = library

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _as_httpx(self._library):
            if self._theirs.is_stream_consumed:
                yield self._theirs.content
                return
            async for part in self._theirs.aiter_raw():
                yield part

    async def aclose(self) -> None:
        await self._theirs.aclose()
