"""The reference server as a thing to start and stop."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self, TypeAlias

import uvicorn

from aleph_alpha.testing.faults.rules import Faults
from aleph_alpha.testing.faults.wire import protocol_class
from aleph_alpha.testing.server.app import SERVER_NAME, create_app
from aleph_alpha.testing.server.queueing import Queue

__all__ = ["ASGIApp", "LocalServer", "create_app"]

ASGIApp: TypeAlias = Callable[..., Any]
"""An ASGI application, as Starlette understands it."""

_HOST = "127.0.0.1"
_START_SECONDS = 20.0
_STOP_SECONDS = 1.0


class LocalServer:
    """A reference server in a thread of this process, with an event loop and a state of its own.

        >>> import httpx
        >>> with LocalServer() as server:
        ...     httpx.get(server.url + "/version").text
        '4.7.0'

    Args:
        token: the only bearer token accepted, besides those created over the API. None accepts any.
        seed: of sampling. The same request to a server of the same seed has the same response.
        port: 0 takes a free one. It listens on 127.0.0.1 only.
        wrap: puts another ASGI application around the server's own.
        queue: makes requests wait for each other, so that the server slows down and never refuses.

    Attributes:
        faults: makes requests fail, see `aleph_alpha.testing.faults`. They stay when the server is stopped.

    Raises:
        OSError: the port is taken.
        RuntimeError: it was started already, or did not come up.
    """

    def __init__(
        self,
        *,
        token: str | None = None,
        seed: int = 0,
        port: int = 0,
        wrap: Callable[[ASGIApp], ASGIApp] | None = None,
        queue: Queue | None = None,
    ) -> None:
        self.faults = Faults()
        self._token, self._seed, self._port, self._wrap, self._queue = token, seed, port, wrap, queue
        self._socket: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self._server: _Server | None = None

    @property
    def url(self) -> str:
        """Where it listens, such as `http://127.0.0.1:40001`; the host to give a client."""
        if self._socket is None:
            raise RuntimeError("The server is not running: use it as a context manager, or call start().")
        return f"http://{_HOST}:{self._socket.getsockname()[1]}"

    def start(self) -> Self:
        """Starts it, and returns when it answers."""
        if self._thread is not None:
            raise RuntimeError("The server is running already.")
        app: ASGIApp = create_app(token=self._token, seed=self._seed, queue=self._queue)
        if self._wrap is not None:
            app = self._wrap(app)
        self._socket = listen(self._port)
        self._server = _Server(configure(app, self.faults))
        self._thread = threading.Thread(target=self._run, name="aleph-alpha-reference-server", daemon=True)
        self._thread.start()
        if not self._server.came_up.wait(_START_SECONDS) or not self._server.started:
            self.stop()
            raise RuntimeError("The reference server did not start.")
        return self

    def stop(self) -> None:
        """Stops it; connections that are open get a moment to finish. Does nothing when it is not running."""
        thread, server, listening = self._thread, self._server, self._socket
        self._thread = self._server = self._socket = None
        if server is not None:
            server.should_exit = True
            self.faults.stop()
        if thread is not None:
            thread.join(_STOP_SECONDS + 5)
        if listening is not None:
            listening.close()

    def _run(self) -> None:
        server, listening = self._server, self._socket
        if server is None or listening is None:  # stopped before it ran
            return
        try:
            asyncio.run(server.serve(sockets=[listening]))
        finally:
            server.came_up.set()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class _Server(uvicorn.Server):
    """Uvicorn, saying when it is up."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.came_up = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.came_up.set()


def listen(port: int) -> socket.socket:
    """A listening socket on 127.0.0.1."""
    # asyncio switches Nagle's algorithm off only where the protocol is named; with it each response takes 40 ms longer.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((_HOST, port))
        listening.listen(1024)
    except OSError:
        listening.close()
        raise
    return listening


def configure(app: ASGIApp, faults: Faults) -> uvicorn.Config:
    """How uvicorn runs the application: quietly, with the same parser and loop on every machine, and the faults."""
    return uvicorn.Config(
        app,
        loop="asyncio",
        http=protocol_class(faults),
        ws="none",
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        headers=[("server", SERVER_NAME)],
        timeout_graceful_shutdown=int(_STOP_SECONDS),
    )
