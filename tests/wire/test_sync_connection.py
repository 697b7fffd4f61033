"""Connections whose peer goes, or takes nothing, at an odd moment of TLS."""

from __future__ import annotations

import contextlib
import gc
import select
import socket
import ssl
import struct
import time
import warnings

import httpx
import pytest

from aleph_alpha._http.wire.failures import Clock
from aleph_alpha._http.wire.request import RequestHead
from aleph_alpha._http.wire.sync_connection import SyncConnection
from aleph_alpha._http.wire.sync_socket import wrapped


class FullTls(socket.socket):
    """TLS that has something of its own to write first, while the peer takes nothing and has spoken."""

    def send(self, *_: object) -> int:
        raise ssl.SSLWantWriteError

    def recv(self, *_: object) -> bytes:
        raise ssl.SSLWantWriteError


@pytest.mark.parametrize("deadline", [False, True])
def test_a_writer_that_waits_for_a_peer_ends_as_a_write_timeout(deadline: bool) -> None:
    ours, peer = socket.socketpair()
    with peer, FullTls(fileno=ours.detach()) as full:
        full.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                socket.socket.send(full, b"x" * 65536)
        peer.send(b"H")
        head = RequestHead("POST", "http://127.0.0.1:9/", ())
        connection = SyncConnection(head.origin, full)
        clock = Clock({}, time.monotonic() + 0.05) if deadline else Clock({"write": 0.05, "read": 60}, None)
        with pytest.raises(httpx.WriteTimeout):
            connection.send(head.outgoing(b"body"), clock)


@pytest.mark.parametrize("said", [b"", b"220 not TLS"])
def test_a_peer_that_goes_before_the_handshake_leaves_no_socket_open(said: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        ours = socket.create_connection(listening.getsockname())
        theirs, _ = listening.accept()
        theirs.send(said)
        theirs.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        theirs.close()
        select.select([ours], [], [], 5)
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            with ours, pytest.raises(OSError):  # noqa: PT011 - Python's own, one or another
                wrapped(ssl.create_default_context(), ours, server_hostname="localhost")
            gc.collect()
    assert told == []
