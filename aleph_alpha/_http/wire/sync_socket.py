"""Sockets of the synchronous wire: opened with TLS or through a proxy, waited on with a bound, broken off."""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from aleph_alpha._http.wire.connect import connect
from aleph_alpha._http.wire.opening import opening
from aleph_alpha._http.wire.origin import Origin
from aleph_alpha._http.wire.tls_layer import TlsLayer
from aleph_alpha._runtime.threads import interruptible

__all__ = ["BOTH", "READ", "WRITE", "TlsSocket", "break_off", "open_socket", "waiter", "wrapped"]

READ, WRITE, BOTH = 1, 2, 3
_READ_BYTES = 64 * 1024
_WRITE_BYTES = 16 * 1024  # what one record of TLS holds

# Waits until a socket is ready for what is asked, at most so many seconds; says what it is ready for.
Wait = Callable[[int, float | None], int]


class TlsSocket:
    """A socket behind layers of TLS: what of an ``ssl.SSLSocket`` that does not block the wire uses.

    ``ssl`` wraps no socket twice, as it takes for TLS behind a proxy that is itself reached by TLS.
    """

    def __init__(self, sock: socket.socket, layer: TlsLayer) -> None:
        self._socket = sock
        self._layer = layer
        self._unsent = b""
        self._taken = 0  # of the data of a send that was not through

    def send(self, data: bytes | memoryview) -> int:
        """As that of a socket; after ``ssl.SSLWantWriteError`` it has to be called with the same data again."""
        if not self._taken:
            part = data[:_WRITE_BYTES]
            self._layer.write(part)
            self._taken = len(part)
        self._flush()
        taken, self._taken = self._taken, 0
        return taken

    def recv(self, size: int) -> bytes:
        """As that of a socket, but that it may be more than ``size``."""
        while True:
            data = self._layer.read()
            if data or self._layer.ended:
                return data
            self._flush()
            try:
                received = self._socket.recv(size)
            except BlockingIOError:
                raise ssl.SSLWantReadError from None
            self._layer.feed(received)

    def fileno(self) -> int:
        return self._socket.fileno()

    def shutdown(self, how: int) -> None:
        self._socket.shutdown(how)

    def close(self) -> None:
        self._socket.close()

    def _flush(self) -> None:
        self._unsent += self._layer.to_send()
        while self._unsent:
            try:
                self._unsent = self._unsent[self._socket.send(self._unsent) :]
            except BlockingIOError:
                raise ssl.SSLWantWriteError from None


def open_socket(
    origin: Origin, context: Callable[[], ssl.SSLContext], limit: float | None
) -> tuple[socket.socket | TlsSocket, float]:
    """A connected socket that leads to ``origin``, and how many seconds a round trip to there may take.

    Raises:
        TimeoutError: ``limit``, an instant of ``time.monotonic()``, has passed.
        OSError: no connection, or no TLS.
        httpx.ConnectError: the same, where a proxy is concerned.
        httpx.ProxyError: the proxy refuses.
    """
    proxy = origin.proxy
    sock, seconds = connect(origin if proxy is None else proxy.origin, limit)
    try:
        if proxy is not None:
            began = time.monotonic()
            with interruptible(partial(break_off, sock)):
                layer = _opened(sock, origin, context, limit)
            return (sock if layer is None else TlsSocket(sock, layer)), seconds + time.monotonic() - began
        if origin.scheme == "https":
            return _handshake(sock, origin, context(), limit), seconds
        return sock, seconds
    except BaseException:
        with contextlib.suppress(OSError):
            sock.close()
        raise


def _opened(
    sock: socket.socket, origin: Origin, context: Callable[[], ssl.SSLContext], limit: float | None
) -> TlsLayer | None:
    """Go through the steps that come before the requests."""
    ready = waiter(sock)
    steps = opening(origin, context)
    try:
        data, comes_back = next(steps)
        while True:
            if not comes_back:
                with contextlib.suppress(OSError):  # a last word, whether it is heard or not
                    sock.send(data)
                data, comes_back = next(steps)
                continue
            while data:
                try:
                    data = data[sock.send(data) :]
                except BlockingIOError:
                    _await(ready, WRITE, limit)
            _await(ready, READ, limit)
            with contextlib.suppress(BlockingIOError):
                data, comes_back = steps.send(sock.recv(_READ_BYTES))
    except StopIteration as end:
        layer: TlsLayer | None = end.value
        return layer


def wrapped(context: ssl.SSLContext, sock: socket.socket, **options: Any) -> ssl.SSLSocket:
    """``context.wrap_socket``, which leaves a socket open if the peer has gone before: it is closed here."""
    try:
        return context.wrap_socket(sock, **options)
    except OSError as error:
        import traceback

        for frame, _ in traceback.walk_tb(error.__traceback__):
            if isinstance(made := frame.f_locals.get("self"), ssl.SSLSocket):
                made.close()
        raise


def _handshake(sock: socket.socket, origin: Origin, context: ssl.SSLContext, limit: float | None) -> ssl.SSLSocket:
    """TLS with a bound on the whole handshake, not on each of its reads."""
    ready = waiter(sock)
    tls = wrapped(context, sock, server_hostname=origin.server_name, do_handshake_on_connect=False)
    try:
        with interruptible(partial(break_off, tls)):
            while True:
                try:
                    tls.do_handshake()
                    return tls
                except ssl.SSLWantReadError:
                    wanted = READ
                except ssl.SSLWantWriteError:
                    wanted = WRITE
                _await(ready, wanted, limit)
    except BaseException:
        tls.close()  # wrap_socket took the descriptor over
        raise


def _await(ready: Wait, wanted: int, limit: float | None) -> None:
    left = None if limit is None else limit - time.monotonic()
    if left is not None and left <= 0:
        raise TimeoutError
    if not ready(wanted, left) and limit is not None:
        raise TimeoutError


def waiter(sock: socket.socket | TlsSocket) -> Wait:
    """``select.poll`` where there is one: ``select`` cannot handle descriptors from 1024 on."""
    if not hasattr(select, "poll"):
        return _select_waiter(sock)
    poller = select.poll()
    descriptor = sock.fileno()
    events = (0, select.POLLIN, select.POLLOUT, select.POLLIN | select.POLLOUT)
    poller.register(descriptor, select.POLLIN)
    registered = READ

    def wait(wanted: int, seconds: float | None) -> int:
        nonlocal registered
        if wanted != registered:
            poller.modify(descriptor, events[wanted])
            registered = wanted
        # Rounded up, so as not to spin through the last millisecond.
        for _, event in poller.poll(None if seconds is None else int(seconds * 1000) + (seconds > 0)):
            ready = (READ if event & select.POLLIN else 0) | (WRITE if event & select.POLLOUT else 0)
            return ready or wanted  # an error or a hang-up: let the next call on the socket say which
        return 0

    return wait


def _select_waiter(sock: socket.socket | TlsSocket) -> Wait:
    def wait(wanted: int, seconds: float | None) -> int:
        reading = [sock] if wanted & READ else []
        writing = [sock] if wanted & WRITE else []
        readable, writable, failed = select.select(reading, writing, [sock], seconds)
        ready = (READ if readable else 0) | (WRITE if writable else 0)
        return ready or (wanted if failed else 0)

    return wait


def break_off(sock: socket.socket | TlsSocket) -> None:
    """End what another thread does with the socket, under TLS as well (whose own method would end the encryption)."""
    with contextlib.suppress(OSError):
        if isinstance(sock, TlsSocket):
            sock.shutdown(socket.SHUT_RDWR)
        else:
            socket.socket.shutdown(sock, socket.SHUT_RDWR)
