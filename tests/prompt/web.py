"""A small web server on the loopback interface, for downloads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Handler(BaseHTTPRequestHandler):
    """Does what a test tells it to; ``server.seen`` has the path and headers of each request."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        server: Any = self.server
        server.seen.append((self.path, self.headers))
        server.answer(self)

    def reply(self, body: bytes = b"", status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"content_length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


class Site:
    """A running server."""

    def __init__(self, server: ThreadingHTTPServer, stopped: threading.Event) -> None:
        self.url = f"http://127.0.0.1:{server.server_port}"
        self.port = server.server_port
        self.seen: list[tuple[str, Message]] = server.seen  # type: ignore[attr-defined]
        self.stopped = stopped


@contextmanager
def serving(answer: Callable[[Handler], None]) -> Iterator[Site]:
    """Run a server that answers GET requests with ``answer``, until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    server.seen, server.answer = [], answer  # type: ignore[attr-defined]
    stopped = threading.Event()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield Site(server, stopped)
    finally:
        stopped.set()
        server.shutdown()
        server.server_close()
        thread.join()
