"""A server that fails as it is told: out of order for a while, full, or gone.

python -m benchmarks.outages.server PORT '{"status": 503, "seconds": 10}'
"""

from __future__ import annotations

import asyncio
import json
import re
import ssl
import sys
import time
from typing import Any

__all__ = ["Server"]

ANSWER = (  # to whatever is asked
    b'{"tokens": ["An"], "token_ids": [1], "model_version": "1", "num_tokens_prompt_total": 1, '
    b'"num_tokens_generated": 1, "completions": [{"completion": "An", "finish_reason": "maximum_tokens"}]}'
)


class Server:
    """Answers every request alike.

    Args:
        status: of failures.
        seconds: of the outage, from the first request on.
        capacity: requests at a time; the others are refused with the status.
        service: seconds that a response takes.
        model: whose requests fail, where only some do.
        gone: seconds without a listening socket, half a second after the first request.
        gently: what it has begun then comes to its end; otherwise it is cut.
        healthy: so many requests are answered before all of that, and not counted.
        certificate: speak TLS, with one that nobody knows.
        shared: other processes listen on the port, too.
        journal: a file that gets the number of each request.
    """

    def __init__(
        self,
        status: int = 503,
        seconds: float = 0.0,
        capacity: int = 0,
        service: float = 0.0,
        model: str = "",
        gone: float = 0.0,
        gently: bool = False,
        healthy: int = 0,
        certificate: bool = False,
        shared: bool = False,
        journal: str = "",
    ) -> None:
        self.status, self.seconds, self.capacity = status, seconds, capacity
        self.service, self.model, self.gone = service, model.encode(), gone
        self.gently, self.healthy, self.shared = gently, healthy, shared
        self.context = certified() if certificate else None
        self.journal = open(journal, "ab", buffering=0) if journal else None  # noqa: SIM115
        self.leaving = False  # it will soon be gone
        self.first: float | None = None
        self.back = 0.0
        self.requests = self.failed = self.serving = 0
        self._open: set[asyncio.StreamWriter] = set()
        self._busy: set[asyncio.StreamWriter] = set()
        self._listening: asyncio.Server | None = None
        self._port = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def listen(self, port: int) -> None:
        self._listening = await asyncio.start_server(
            self._serve, "127.0.0.1", port, backlog=1000, ssl=self.context, reuse_port=self.shared or None
        )
        self._port = self._listening.sockets[0].getsockname()[1]

    async def tell(self) -> int:
        """Listen on a port of its own, which is always there, to say what was counted."""
        listening = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port: int = listening.sockets[0].getsockname()[1]
        return port

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
                if self.leaving:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._open.discard(writer)
            writer.close()

    async def _response(self, writer: asyncio.StreamWriter, body: bytes) -> None:
        now = time.monotonic()
        if self.healthy:
            self.healthy -= 1
            self._write(writer, 200, ANSWER)
            return
        if self.journal is not None and (number := re.search(rb'"prompt": ?"(\d+)"', body)):
            self.journal.write(number[1] + b"\n")
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
        self._busy.add(writer)
        try:
            await asyncio.sleep(self.service)
        finally:
            self.serving -= 1
            self._busy.discard(writer)
        self._write(writer, 200, ANSWER)

    async def _go(self) -> None:
        await asyncio.sleep(0.5)
        if self._listening is not None:
            self._listening.close()
        self.leaving = True
        if self.gently:
            await asyncio.sleep(0.5)  # what arrives meanwhile is answered, and its connection closed
        for writer in self._open - self._busy if self.gently else list(self._open):
            writer.transport.abort()
        await asyncio.sleep(self.gone)
        self.leaving = False
        await self.listen(self._port)
        self.back = time.monotonic()

    def _write(self, writer: asyncio.StreamWriter, status: int, body: bytes) -> None:
        head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        if self.leaving:
            head += "Connection: close\r\n"
        writer.write(f"{head}\r\n".encode() + body)


def certified() -> ssl.SSLContext:
    import trustme

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    return context


async def main(port: int, options: dict[str, Any]) -> None:
    server = Server(**options)
    await server.listen(port)
    print(server.port, await server.tell(), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), json.loads(sys.argv[2])))
