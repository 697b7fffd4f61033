"""From a host name to a connected socket, for both versions of the wire.

A name may have several addresses, and one of them may swallow packets. The next one is tried
after a quarter of a second without giving up the ones before (RFC 8305, "Happy Eyeballs"). asyncio
can do that itself, but loses sockets when it is cancelled meanwhile.
"""

from __future__ import annotations

import contextlib
import errno
import os
import queue
import selectors
import socket
import sys
import threading
import time
from collections.abc import Sequence
from itertools import chain, zip_longest
from typing import TYPE_CHECKING, Any

from aleph_alpha._http.wire.origin import Origin
from aleph_alpha._runtime.source import no_thread
from aleph_alpha._runtime.threads import Cancelled, check_scope, in_scope, interruptible

if TYPE_CHECKING:
    import asyncio

__all__ = ["connect", "connect_async", "round_trip"]

_HEAD_START = 0.25  # seconds for an address before the next one is tried as well

# A call may take minutes without a byte. The probes keep middleboxes from forgetting the
# connection, and find out about a peer that is gone.
_KEEP_ALIVE = (("TCP_KEEPIDLE", 10), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 2))

# The same for a peer that is gone while something is on its way to it. Without it, the system sends that again
# and again for a quarter of an hour.
_UNANSWERED = (("TCP_USER_TIMEOUT", 20_000),)  # milliseconds

_RTT = slice(68, 72)  # of Linux's tcp_info: microseconds

# What a connect that does not block may say for "wait".
_UNDER_WAY = {0, errno.EINPROGRESS, errno.EWOULDBLOCK, getattr(errno, "WSAEWOULDBLOCK", 0)}

Connected = tuple[socket.socket, float]  # and how many seconds the server, once it had an address, took
_Address = tuple[socket.AddressFamily, socket.SocketKind, int, str, Any]


def connect(origin: Origin, limit: float | None) -> Connected:
    """A connected, non-blocking socket.

    Raises:
        TimeoutError: ``limit``, an instant of ``time.monotonic()``, has passed.
        OSError: the name is unknown, or no address could be connected to.
    """
    addresses = _in_turn(_resolve_within(origin, limit))
    with selectors.DefaultSelector() as selector:
        try:
            return _first(addresses, selector, limit)
        finally:
            for key in list(selector.get_map().values()):
                selector.unregister(key.fileobj)
                key.data[0].close()


def _first(addresses: list[_Address], selector: selectors.BaseSelector, limit: float | None) -> Connected:
    problem: OSError | None = None
    while True:
        if addresses:
            sock = None
            try:
                family, kind, protocol, _, address = addresses.pop(0)
                sock = _new(family, kind, protocol)
                selector.register(sock, selectors.EVENT_WRITE, (sock, time.monotonic()))
                error = sock.connect_ex(address)
                if error not in _UNDER_WAY:
                    raise OSError(error, os.strerror(error))
            except OSError as failed:
                problem = failed
                _drop(selector, sock)
                continue
        elif not selector.get_map():
            raise problem or OSError("the name has no address")
        check_scope()
        for key, _ in selector.select(_patience(limit, bool(addresses) or in_scope())):
            sock, began = key.data
            error = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if error == 0:
                selector.unregister(sock)
                return sock, time.monotonic() - began
            problem = OSError(error, os.strerror(error))
            _drop(selector, sock)
        if limit is not None and time.monotonic() >= limit:
            raise TimeoutError


def _patience(limit: float | None, more: bool) -> float | None:
    """Seconds to wait for the attempts under way; not for long where there is something else to look at."""
    left = None if limit is None else max(0.0, limit - time.monotonic())
    if not more:
        return left
    return _HEAD_START if left is None else min(left, _HEAD_START)


def _drop(selector: selectors.BaseSelector, sock: socket.socket | None) -> None:
    if sock is not None:
        with contextlib.suppress(KeyError, ValueError):
            selector.unregister(sock)
        sock.close()


async def connect_async(origin: Origin) -> Connected:
    """The same on an event loop; its bound of time is the caller's ``asyncio.timeout``."""
    import asyncio

    loop = asyncio.get_running_loop()
    addresses = _in_turn(await _resolve(origin, loop))
    if len(addresses) == 1:
        return await _attempt(addresses[0], loop)
    pending: set[asyncio.Task[Connected]] = set()
    problem: BaseException | None = None
    try:
        while True:
            if addresses:
                pending.add(loop.create_task(_attempt(addresses.pop(0), loop)))
            elif not pending:
                raise problem or OSError("the name has no address")
            done, pending = await asyncio.wait(
                pending, timeout=_HEAD_START if addresses else None, return_when=asyncio.FIRST_COMPLETED
            )
            for attempt in done:
                problem = attempt.exception()
                if problem is None:
                    pending |= done - {attempt}
                    return attempt.result()
    finally:
        for attempt in pending:
            attempt.cancel()
            attempt.add_done_callback(_close_result)


def _resolve_within(origin: Origin, limit: float | None) -> Sequence[_Address]:
    """The addresses of the host; a resolver that does not answer is left behind in its thread."""
    addresses = _of_number(origin)
    if addresses is not None:
        return addresses
    if limit is None:
        return socket.getaddrinfo(origin.host, origin.port, type=socket.SOCK_STREAM)
    answered: queue.SimpleQueue[Sequence[_Address] | BaseException] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            answered.put(socket.getaddrinfo(origin.host, origin.port, type=socket.SOCK_STREAM))
        except BaseException as error:
            answered.put(error)

    try:
        threading.Thread(target=look_up, name=f"look up {origin.host}", daemon=True).start()
    except RuntimeError:  # at interpreter exit: nobody else has a use for this thread now
        look_up()
    try:
        with interruptible(lambda: answered.put(Cancelled())):
            found = answered.get(timeout=max(0.0, limit - time.monotonic()))
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(found, BaseException):
        raise found
    return found


async def _resolve(origin: Origin, loop: asyncio.AbstractEventLoop) -> Sequence[_Address]:
    addresses = _of_number(origin)
    if addresses is not None:
        return addresses
    try:
        return await loop.getaddrinfo(origin.host, origin.port, type=socket.SOCK_STREAM)
    except RuntimeError as error:  # it does so in a thread
        raise no_thread(error) from error


def _of_number(origin: Origin) -> Sequence[_Address] | None:
    """The address that a numeric host is: nothing to look up, no thread needed."""
    try:
        return socket.getaddrinfo(origin.host, origin.port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except socket.gaierror:
        return None


async def _attempt(address: _Address, loop: asyncio.AbstractEventLoop) -> Connected:
    family, kind, protocol, _, target = address
    sock = _new(family, kind, protocol)
    began = time.monotonic()
    try:
        await loop.sock_connect(sock, target)
    except BaseException:
        sock.close()
        raise
    return sock, time.monotonic() - began


def round_trip(sock: socket.socket, seen: float) -> float:
    """Seconds between asking and being connected; a process that is busy has seen more than there were."""
    if sys.platform != "linux":
        return seen
    with contextlib.suppress(OSError):
        rtt = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _RTT.stop)[_RTT]
        return min(seen, int.from_bytes(rtt, sys.byteorder) / 1e6 or seen)
    return seen


def _close_result(attempt: asyncio.Task[Connected]) -> None:
    """An attempt that nobody waits for any more."""
    if not attempt.cancelled() and attempt.exception() is None:
        attempt.result()[0].close()


def _new(family: int, kind: int, protocol: int) -> socket.socket:
    """A non-blocking socket that sends small writes at once and probes a silent peer."""
    sock = socket.socket(family, kind, protocol)
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in _KEEP_ALIVE + _UNANSWERED:
            option = getattr(socket, name, None)
            if option is not None:
                with contextlib.suppress(OSError):  # a system may know the name and not the option
                    sock.setsockopt(socket.IPPROTO_TCP, option, value)
    except BaseException:
        sock.close()
        raise
    return sock


def _in_turn(addresses: Sequence[_Address]) -> list[_Address]:
    """The families in turn, beginning with the one that the system prefers."""
    families: dict[int, list[_Address]] = {}
    for address in addresses:
        families.setdefault(address[0], []).append(address)
    return [address for address in chain.from_iterable(zip_longest(*families.values())) if address is not None]
