"""A server that fails as it is told: out of order for a while, full, or gone.

python -m benchmarks.outages.server PORT '{"status": 503, "seconds": 10}'
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any

__all__ = ["Server"]

ANSWER = b'{"tokens": ["An"], "token_ids": [1]}'


class Server:
    """Answers every request alike.

    Args:
        status: of failures.
        seconds: of the outage, from the first request on.
        capacity: requests at a time; the others are refused with the status.
        service: seconds that a response takes.
        model: whose requests fail, where only some do.
        gone: seconds without a listening socket, half a second after the first request.
    """

    def __init__(
        self,
        status: int = 503,
        seconds: float = 0.0,
        capacity: int = 0,
        service: float = 0.0,
        model: str = "",
        gone: float = 0.0,
    ) -> None:
        self.status, self.seconds, self.capacity = status, seconds, capacity
        self.service, self.model, self.gone = service, model.encode(), gone
        self.first: float | None = None
        self.back = 0.0
        self.requests = self.failed = self.serving = 0
        self._open: set[asyncio.StreamWriter] = set()
        self._listening: asyncio.Server | None = None
        self._port = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def listen(self, port: int) -> None:
        self._listening = await asyncio.start_server(self._serve, "127.0.0.1", port, backlog=1000)
        self._port = self._listening.sockets[0].getsockname()[1]

    @property
    def port(self) -> int:
        return self._port

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
                body = await reader.readexactly(length)
                if head.startswith(b"get /stats"):
                    told = {"requests": self.requests, "failed": self.failed, "back": self.back}
                    self._write(writer, 200, json.dumps(told).encode())
                    continue
                await self._response(writer, body)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._open.discard(writer)
            writer.close()

    async def _response(self, writer: asyncio.StreamWriter, body: bytes) -> None:
        now = time.monotonic()
        if self.first is None:
            self.first, self.back = now, now + self.seconds
            if self.gone:
                task = asyncio.create_task(self._go())
                self._tasks.add(task)
        self.requests += 1
        full = 0 < self.capacity <= self.serving
        if now < self.first + self.seconds or full or (self.model and self.model in body):
            self.failed += 1
            self._write(writer, self.status, b"")
            return
        self.serving += 1
        try:
            await asyncio.sleep(self.service)
        finally:
            self.serving -= 1
        self._write(writer, 200, ANSWER)

    async def _go(self) -> None:
        await asyncio.sleep(0.5)
        if self._listening is not None:
            self._listening.close()
        for writer in list(self._open):
            writer.transport.abort()
        await asyncio.sleep(self.gone)
        await self.listen(self._port)
        self.back = time.monotonic()

    def _write(self, writer: asyncio.StreamWriter, status: int, body: bytes) -> None:
        head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)


async def main(port: int, options: dict[str, Any]) -> None:
    server = Server(**options)
    await server.listen(port)
    print(server.port, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), json.loads(sys.argv[2])))
