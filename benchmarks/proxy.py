"""A forward proxy that passes bytes on: a process of its own, which prints its port and ends when its input does.

It looks at the first request of a connection only, to see where that is to lead.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from urllib.parse import urlsplit


class _Server(asyncio.Protocol):
    """The connection to the server: what comes goes to the client."""

    def __init__(self, client: asyncio.Transport) -> None:
        self._client = client

    def data_received(self, data: bytes) -> None:
        self._client.write(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._client.close()


class _Client(asyncio.Protocol):
    """The connection of a client: what comes goes to the server, as soon as it is known and connected."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._transport = transport
        self._waiting = b""
        self._server: asyncio.Transport | None = None
        self._connecting: asyncio.Task[None] | None = None

    def data_received(self, data: bytes) -> None:
        if self._server is not None:
            self._server.write(data)
            return
        self._waiting += data
        if self._connecting is None and b"\r\n" in self._waiting:
            place = urlsplit(self._waiting.split(b" ", 2)[1].decode())
            self._connecting = asyncio.create_task(self._connect(place.hostname or "", place.port or 80))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._server is not None:
            self._server.close()

    async def _connect(self, host: str, port: int) -> None:
        loop = asyncio.get_running_loop()
        self._server, _ = await loop.create_connection(lambda: _Server(self._transport), host, port)
        self._server.write(self._waiting)


async def _main() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_Client, "127.0.0.1", 0, backlog=2048)
    print(server.sockets[0].getsockname()[1], flush=True)
    ended = asyncio.Event()
    loop.add_reader(sys.stdin.fileno(), ended.set)
    await ended.wait()


if __name__ == "__main__":
    asyncio.run(_main())
