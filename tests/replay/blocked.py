"""A network that refuses everything, for tests that must not need one."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn
from unittest import mock


@contextmanager
def no_network() -> Iterator[None]:
    """Fail at every attempt to connect or to look up a name."""

    def refuse(*arguments: Any, **options: Any) -> NoReturn:
        raise AssertionError("the network was used")

    with (
        mock.patch.object(socket.socket, "connect", refuse),
        mock.patch.object(socket.socket, "connect_ex", refuse),
        mock.patch.object(socket, "getaddrinfo", refuse),
    ):
        yield
