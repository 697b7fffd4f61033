"""A proxy on the loopback that passes bytes on as they are, and ends one side as the other has ended."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import socket
import ssl
import struct
import threading
from typing import Self
from urllib.parse import quote, urlsplit

__all__ = ["CREDENTIALS", "Relay"]

_USER, _PASSWORD = "a user", "open sesame: /@?#"
CREDENTIALS = f"{quote(_USER, safe='')}:{quote(_PASSWORD, safe='')}@"  # as they stand in the proxy's URL
_EXPECTED = b"Proxy-Authorization: Basic " + base64.b64encode(f"{_USER}:{_PASSWORD}".encode())


class Relay:
    """Connects to where CONNECT says and, for http, to where the target of the first request says.

    Args:
        context: for TLS between the client and the proxy.
        authenticates: ask for ``CREDENTIALS``.
        status: answered to CONNECT in place of a connection.

    Attributes:
        asked: method and target of each connection's first request.
    """

    def __init__(self, *, context: ssl.SSLContext | None = None, authenticates: bool = False, status: str = "") -> None:
        self.asked: list[str] = []
        self.status = status
        self._context = context
        self._authenticates = authenticates
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port: int = self._listener.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._ended = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        credentials = CREDENTIALS if self._authenticates else ""
        return f"{'https' if self._context else 'http'}://{credentials}127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join(10)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._until_end())

    async def _until_end(self) -> None:
        server = await asyncio.start_server(self._accept, sock=self._listener, ssl=self._context)
        await self._ended.wait()
        server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for _ in range(3):
            await asyncio.sleep(0)  # transports close in the next rounds

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        server: asyncio.StreamWriter | None = None
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            method, target, _ = head.split(b"\r\n")[0].decode().split(" ")
            self.asked.append(f"{method} {target}")
            if self._authenticates and _EXPECTED not in head:
                client.write(b"HTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n")
                return
            if self.status:
                client.write(f"HTTP/1.1 {self.status}\r\nContent-Length: 2\r\n\r\nno".encode())
                return
            place = urlsplit(f"//{target}" if method == "CONNECT" else target)
            try:
                answers, server = await asyncio.open_connection(place.hostname, place.port or 80)
            except OSError:
                client.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
                return
            if method == "CONNECT":
                client.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                server.write(head)
            await asyncio.gather(_pass_on(reader, server), _pass_on(answers, client))
        except (OSError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        except asyncio.CancelledError:
            for writer in (client, server):
                if writer is not None:
                    writer.transport.abort()
            raise
        finally:
            for writer in (client, server):
                if writer is not None:
                    writer.close()


async def _pass_on(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(262144):
            target.write(data)
            await target.drain()
    except ConnectionResetError:  # the other side ends in the same way
        with contextlib.suppress(OSError):
            target.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        target.transport.abort()
        raise
    if target.can_write_eof():
        target.write_eof()
    else:
        target.close()
