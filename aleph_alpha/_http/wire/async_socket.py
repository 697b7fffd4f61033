"""Sockets of the asynchronous wire: opened with TLS or through a proxy, before a transport has them."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import time
from collections.abc import Callable
from typing import NamedTuple

from aleph_alpha._http.wire.connect import connect_async
from aleph_alpha._http.wire.opening import needs_context, opening
from aleph_alpha._http.wire.origin import Origin
from aleph_alpha._http.wire.tls_layer import TlsLayer

__all__ = ["Opened", "open_socket"]

_READ_BYTES = 64 * 1024


class Opened(NamedTuple):
    """A socket that leads to where it should."""

    socket: socket.socket
    tls: TlsLayer | None  # what everything that is sent and received has to go through
    seconds: float  # that a round trip may take; TLS to the API is not counted, since it computes


async def open_socket(origin: Origin, context: Callable[[], ssl.SSLContext], loop: asyncio.AbstractEventLoop) -> Opened:
    """Connect, as far as the proxy, if there is one, and from there to ``origin``; its bound of time is the caller's.

    Raises:
        OSError: no connection, or no TLS.
        httpx.ConnectError: the same, where a proxy is concerned.
        httpx.ProxyError: the proxy refuses.
    """
    proxy = origin.proxy
    tls = context() if needs_context(origin) else None  # before there is a socket: files may be missing
    sock, seconds = await connect_async(origin if proxy is None else proxy.origin)
    if tls is None:
        return Opened(sock, None, seconds)
    began = time.monotonic()
    try:
        layer = await _opened(sock, origin, tls, loop)
    except BaseException:
        sock.close()
        raise
    return Opened(sock, layer, seconds if proxy is None else seconds + time.monotonic() - began)


async def _opened(
    sock: socket.socket, origin: Origin, context: ssl.SSLContext, loop: asyncio.AbstractEventLoop
) -> TlsLayer | None:
    """Go through the steps that come before the requests."""
    steps = opening(origin, lambda: context)
    try:
        data, comes_back = next(steps)
        while True:
            if comes_back:
                if data:
                    await loop.sock_sendall(sock, data)
                data, comes_back = steps.send(await loop.sock_recv(sock, _READ_BYTES))
            else:
                with contextlib.suppress(OSError):  # a last word, whether it is heard or not
                    sock.send(data)
                data, comes_back = next(steps)
    except StopIteration as end:
        layer: TlsLayer | None = end.value
        return layer
