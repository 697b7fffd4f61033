"""A proxy on the loopback that passes bytes on as they are, and ends one side as the other has ended."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import socket
import ssl
import struct
import sys
import threading
from typing import Self
from urllib.parse import quote, urlsplit

import trustme

__all__ = ["CREDENTIALS", "Relay"]

_USER, _PASSWORD = "a user", "open sesame: /@?#"
CREDENTIALS = f"{quote(_USER, safe='')}:{quote(_PASSWORD, safe='')}@"  # as they stand in the proxy's URL
_EXPECTED = b"Proxy-Authorization: Basic " + base64.b64encode(f"{_USER}:{_PASSWORD}".encode())

_HELD = 1 << 18  # bytes from a client; left to itself, the system takes up to 32 MB for somebody who reads fast


class Relay:
    """Connects to where CONNECT says and, for http, to where the target of the first request says.

    Args:
        context: for TLS between the client and the proxy.
        authenticates: ask for ``CREDENTIALS``.
        interceptor: an authority of the proxy's own, by which it reads what goes through its tunnels.
        socks: speak SOCKS and not HTTP.
        status: answered to CONNECT in place of a connection.

    Attributes:
        asked: method and target of each connection's first request.
    """

    def __init__(
        self,
        *,
        context: ssl.SSLContext | None = None,
        authenticates: bool = False,
        status: str = "",
        interceptor: trustme.CA | None = None,
        socks: bool = False,
    ) -> None:
        self.asked: list[str] = []
        self.status = status
        self._context = context
        self._authenticates = authenticates
        self._interceptor = interceptor
        self._socks = socks
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _HELD)
        self.port: int = self._listener.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._ended = asyncio.Event()
        self._transports: list[asyncio.WriteTransport] = []  # below TLS
        self._tasks: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        credentials = CREDENTIALS if self._authenticates else ""
        scheme = "socks5" if self._socks else "https" if self._context else "http"
        return f"{scheme}://{credentials}127.0.0.1:{self.port}"

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
        for _ in range(10):
            await asyncio.sleep(0)  # what has just been accepted gets its task in the next rounds
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for transport in self._transports:  # TLS would wait for the other side's farewell
            transport.abort()
        for _ in range(10):
            await asyncio.sleep(0)  # transports close in the next rounds

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._transports.append(writer.transport)
        task = asyncio.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        writers = [client]
        try:
            await (self._by_socks if self._socks else self._by_http)(reader, client, writers)
        except (OSError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        finally:
            for writer in writers:
                writer.close()

    async def _by_http(
        self, reader: asyncio.StreamReader, client: asyncio.StreamWriter, writers: list[asyncio.StreamWriter]
    ) -> None:
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
        writers.append(server)
        self._transports.append(server.transport)
        if method != "CONNECT":
            server.write(head)
        else:
            client.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            if self._interceptor is not None:
                ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                self._interceptor.issue_cert(place.hostname or "").configure_cert(ours)
                await client.start_tls(ours)
                await server.start_tls(ssl._create_unverified_context())
        await asyncio.gather(_pass_on(reader, server), _pass_on(answers, client))

    async def _by_socks(
        self, reader: asyncio.StreamReader, client: asyncio.StreamWriter, writers: list[asyncio.StreamWriter]
    ) -> None:
        """Version 5, without a password (RFC 1928)."""
        await reader.readexactly((await reader.readexactly(2))[1])
        client.write(b"\5\0")
        kind = (await reader.readexactly(4))[3]
        if kind == 3:  # a name
            host = (await reader.readexactly((await reader.readexactly(1))[0])).decode()
        else:
            host = socket.inet_ntop(socket.AF_INET, await reader.readexactly(4))
        port = int.from_bytes(await reader.readexactly(2))
        self.asked.append(f"CONNECT {host}:{port}")
        if self.status == "hang up":
            return
        try:
            answers, server = await asyncio.open_connection(host, port)
        except OSError:
            client.write(b"\5\5\0\1" + bytes(6))  # connection refused
            return
        writers.append(server)
        self._transports.append(server.transport)
        client.write(b"\5\0\0\1" + bytes(6))
        await asyncio.gather(_pass_on(reader, server), _pass_on(answers, client))


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


if __name__ == "__main__":  # until its standard input ends
    with Relay() as relay:
        print(relay.url, flush=True)
        sys.stdin.read()
