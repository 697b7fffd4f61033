"""Where faults happen: a protocol between the socket and uvicorn's own.

Requests are read as far as it takes to know where each begins and ends. One that meets no fault
is handed on as it is, and so is its response. Of one that does, the response is collected, changed,
and sent step by step.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import struct
from collections.abc import Sequence
from typing import Any, ClassVar, cast

import httptools
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from aleph_alpha.testing.faults.control import PATH as CONTROL_PATH, control
from aleph_alpha.testing.faults.kinds import Fault
from aleph_alpha.testing.faults.response import End, FaultResponse, Send, Step, Wait, steps_of
from aleph_alpha.testing.faults.rules import Faults

__all__ = ["protocol_class"]

_SETTLE = 0.02  # seconds: some systems throw away what was sent just before a reset
_ORIGIN = re.compile(rb"^https?://[^/?#]*")  # before the path of requests that come through a proxy


def protocol_class(faults: Faults) -> type[asyncio.Protocol]:
    """uvicorn's HTTP protocol, with these faults; for ``uvicorn.Config(http=...)``."""

    class Bound(FaultyProtocol):
        pass

    Bound.faults = faults
    return Bound


class FaultyProtocol(asyncio.Protocol):
    """One connection."""

    faults: ClassVar[Faults]

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        self._loop = _loop or asyncio.get_event_loop()
        self._inner = HttpToolsProtocol(config, server_state, app_state, self._loop)
        self._parser = httptools.HttpRequestParser(self)
        self._head: list[bytes] = []  # of a request, until it is whole: only then is it known where it goes
        self._url = b""
        self._body = b""  # of a request for the control API
        self._in_head = False
        self._complete = False
        self._met: tuple[Fault, ...] = ()
        self._control = False
        self._collector: _Collector | None = None
        self._close_asked = False
        self._player: asyncio.Task[None] | None = None
        self._waiting: list[bytes] = []

    # --- the socket's side -----------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._inner.connection_made(cast(asyncio.Transport, _Outlet(self, self._transport)))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._player is not None:
            self._player.cancel()
        self._inner.connection_lost(exc)

    def eof_received(self) -> None:
        self._inner.eof_received()

    def pause_writing(self) -> None:
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        self._inner.resume_writing()

    def data_received(self, data: bytes) -> None:
        if self._player is not None:
            self._waiting.append(data)
            return
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._in_head = False  # the server refuses what it cannot read
        if self._in_head:
            self._head.append(data)
            return
        if self._control or any(fault.instead for fault in self._met):
            self._head.clear()
            if self._complete or any(fault.early for fault in self._met):
                self._play(FaultResponse())
            return
        head, self._head = b"".join(self._head), []
        self._inner.data_received(head + data if head else data)

    # --- what the request's parser finds ---------------------------------------------------------

    def on_message_begin(self) -> None:
        self._in_head, self._complete = True, False
        self._url = self._body = b""

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_headers_complete(self) -> None:
        self._in_head = False
        if self._collector is not None:  # pipelined: the response to the one before is not there yet
            return
        self._url = _ORIGIN.sub(b"", self._url)
        path = self._url.partition(b"?")[0].decode("latin-1")
        method = self._parser.get_method().decode("latin-1")
        self._control = path.startswith(CONTROL_PATH)
        self._met = () if self._control or method == "HEAD" else self.faults.meet(method, path)
        if self._met and not any(fault.instead for fault in self._met):
            self._collector = _Collector()

    def on_body(self, body: bytes) -> None:
        if self._control:
            self._body += body

    def on_message_complete(self) -> None:
        self._complete = True

    # --- the server's side -----------------------------------------------------------------------

    def write(self, data: bytes) -> None:
        """What the server sends."""
        if self._collector is None or data.startswith(b"HTTP/1.1 100 "):
            self._transport.write(data)
        elif self._collector.feed(data):
            self._play(self._collector.response)

    def close(self) -> None:
        """The server wants the connection closed."""
        if self._collector is not None and self._player is None:  # the end of a response of unknown length
            self._close_asked = True
            self._play(self._collector.response)
        elif self._player is not None:
            self._close_asked = True
        else:
            self._transport.close()

    # --- sending ---------------------------------------------------------------------------------

    def _play(self, response: FaultResponse) -> None:
        steps = self._steps(response)
        self._collector, self._met, self._control = None, (), False
        self._player = self._loop.create_task(self._send(steps))

    def _steps(self, response: FaultResponse) -> list[Step]:
        if self._control:
            method = self._parser.get_method().decode("latin-1")
            return steps_of(control(self.faults, method, self._url.decode("latin-1"), self._body))
        try:
            for fault in self._met:
                fault.change(response)
        except (ValueError, AttributeError, TypeError) as error:
            text = f"The fault does not fit this response: {type(error).__name__}: {error}"
            return steps_of(FaultResponse(500, [("content-type", "text/plain")], [text.encode()]))
        steps = steps_of(response)
        for fault in self._met:
            steps = fault.play(steps)
        return steps

    async def _send(self, steps: Sequence[Step]) -> None:
        stopped = asyncio.Event()
        forget = self.faults.on_stop(lambda: self._loop.call_soon_threadsafe(stopped.set))
        try:
            for step in steps:
                match step:
                    case Send(data):
                        self._transport.write(data)
                    case Wait(seconds):
                        with contextlib.suppress(TimeoutError):
                            await asyncio.wait_for(stopped.wait(), seconds)
                    case End("silence"):
                        await stopped.wait()
                    case End("close"):
                        self._close_asked = True
                    case End("reset"):
                        await self._reset()
                        return
                if stopped.is_set():
                    self._transport.abort()
                    return
        finally:
            forget()
        self._player = None
        if self._close_asked:
            self._transport.close()
            return
        waiting, self._waiting = b"".join(self._waiting), []
        if waiting:
            self.data_received(waiting)

    async def _reset(self) -> None:
        while self._transport.get_write_buffer_size():  # noqa: ASYNC110 (a transport has no event for it)
            await asyncio.sleep(0.001)
        await asyncio.sleep(_SETTLE)
        connection: socket.socket = self._transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._transport.abort()


class _Outlet:
    """The transport as the server sees it: what it writes and closes goes through the protocol."""

    def __init__(self, protocol: FaultyProtocol, transport: asyncio.Transport) -> None:
        self._transport = transport
        self.write = protocol.write
        self.writelines = lambda parts: protocol.write(b"".join(parts))
        self.close = protocol.close

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class _Collector:
    """Puts a response together from what the server writes."""

    def __init__(self) -> None:
        self.response = FaultResponse()
        self._parser = httptools.HttpResponseParser(self)
        self._complete = False

    def feed(self, data: bytes) -> bool:
        """Whether the response is complete."""
        self._parser.feed_data(data)
        return self._complete

    def on_header(self, name: bytes, value: bytes) -> None:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        if key == "transfer-encoding":
            self.response.chunked = True
        elif key == "connection":
            self.response.closes = text.lower() == "close"
        elif key != "content-length":
            self.response.headers.append((key, text))

    def on_headers_complete(self) -> None:
        self.response.status = self._parser.get_status_code()

    def on_body(self, body: bytes) -> None:
        self.response.pieces.append(body)

    def on_message_complete(self) -> None:
        self._complete = True
