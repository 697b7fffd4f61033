"""What both halves of the wire set on a new socket."""

from __future__ import annotations

import socket

__all__ = ["prepare"]

# A call may take minutes without a byte. The probes keep middleboxes from forgetting the
# connection, and find out about a peer that is gone.
_KEEP_ALIVE = (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 20), ("TCP_KEEPCNT", 5))


def prepare(sock: socket.socket) -> None:
    """Send small writes at once, and probe a silent peer."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _KEEP_ALIVE:
        option = getattr(socket, name, None)
        if option is not None:
            sock.setsockopt(socket.IPPROTO_TCP, option, value)
