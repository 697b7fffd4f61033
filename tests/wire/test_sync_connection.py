"""Which bound ends an exchange whose TLS waits for the other direction."""

from __future__ import annotations

import contextlib
import socket
import ssl
import time

import httpx
import pytest

from aleph_alpha._http.wire.failures import Clock
from aleph_alpha._http.wire.request import RequestHead
from aleph_alpha._http.wire.sync_connection import SyncConnection


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
