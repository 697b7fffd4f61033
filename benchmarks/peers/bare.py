"""Bare sockets and requests made before: as fast as Python can be, and the measure of the stub server itself."""

from __future__ import annotations

import asyncio
import socket

from benchmarks.meter import MODEL, TOKEN, Setup

_BODY = (
    b'{"model":"%b","prompt":[{"type":"text","data":"An apple a day","controls":[]}],"maximum_tokens":32}'
    % MODEL.encode()
)


def _request(body: bytes) -> bytes:
    head = "POST /complete HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nAuthorization: Bearer "
    return b"%b%b\r\nContent-Length: %d\r\n\r\n%b" % (head.encode(), TOKEN.encode(), len(body), body)


def _connect(setup: Setup) -> socket.socket:
    connected = socket.create_connection(setup.address)
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connected


def _call(connected: socket.socket, request: bytes) -> None:
    connected.sendall(request)
    data = connected.recv(65_536)
    end = data.index(b"\r\n\r\n")
    at = data.index(b"Content-Length: ", 0, end) + 16
    missing = int(data[at : data.index(b"\r\n", at)]) - (len(data) - end - 4)
    while missing > 0:
        missing -= len(connected.recv(65_536))


def sequential(setup: Setup) -> None:
    request = _request(_BODY)
    with _connect(setup) as connected:
        for _ in range(setup["warm"]):
            _call(connected, request)
        with setup.measure(setup["calls"]):
            for _ in range(setup["calls"]):
                _call(connected, request)


class _Caller(asyncio.Protocol):
    """One connection that sends its next request when it has the response to the last."""

    def __init__(self, request: bytes, size: int) -> None:
        self._request = request
        self._size = size  # of a response
        self._got = 0
        self._left = 0
        self._transport: asyncio.WriteTransport
        self.done: asyncio.Future[None]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)  # noqa: S101
        self._transport = transport

    def start(self, calls: int) -> asyncio.Future[None]:
        self._left = calls
        self.done = asyncio.get_running_loop().create_future()
        self._transport.write(self._request)
        return self.done

    def data_received(self, data: bytes) -> None:
        self._got += len(data)
        if self._got == self._size:
            self._got = 0
            self._left -= 1
            if self._left:
                self._transport.write(self._request)
            else:
                self.done.set_result(None)

    def close(self) -> None:
        self._transport.close()


def concurrent(setup: Setup) -> None:
    request = _request(_BODY)
    connections = min(setup["tasks"], 100)
    calls = setup["tasks"] * setup["calls"] // connections
    with _connect(setup) as connected:
        connected.sendall(request)
        size = len(connected.recv(65_536))

    async def main() -> None:
        loop = asyncio.get_running_loop()
        callers = []
        for _ in range(connections):
            _, caller = await loop.create_connection(lambda: _Caller(request, size), *setup.address)
            callers.append(caller)
        await asyncio.gather(*(caller.start(1) for caller in callers))
        with setup.measure(connections * calls):
            await asyncio.gather(*(caller.start(calls) for caller in callers))
        for caller in callers:
            caller.close()

    asyncio.run(main())


def threads(setup: Setup) -> None:
    from concurrent.futures import ThreadPoolExecutor

    request = _request(_BODY)

    def work(connected: socket.socket) -> None:
        for _ in range(setup["calls"]):
            _call(connected, request)

    connections = [_connect(setup) for _ in range(setup["threads"])]
    with ThreadPoolExecutor(len(connections)) as pool:
        list(pool.map(lambda connected: _call(connected, request), connections))
        with setup.measure(setup["threads"] * setup["calls"]):
            list(pool.map(work, connections))
    for connected in connections:
        connected.close()


def image_prompt(setup: Setup) -> None:
    import base64
    from pathlib import Path

    with _connect(setup) as connected:

        def call() -> None:
            data = base64.b64encode(Path(setup.file).read_bytes())
            _call(connected, _request(b'{"prompt":[{"type":"image","data":"%b"}]}' % data))

        call()
        with setup.measure(setup["calls"]):
            for _ in range(setup["calls"]):
                call()
