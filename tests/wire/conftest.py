"""Fixtures of the wire's tests: both halves, and a watch over what they leave behind."""

from __future__ import annotations

import contextlib
import gc
import os
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from aleph_alpha._http.connections import ConnectionSettings
from tests.wire.halves import AsyncHalf, Half, MakeHalf, SyncHalf
from tests.wire.relay import Relay


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    """No test leaves a socket or a thread behind."""
    before = sockets()
    threads = set(threading.enumerate())
    yield
    if sockets() > before:
        gc.collect()
    assert sockets() <= before, "sockets were left open"
    left = [thread for thread in threading.enumerate() if thread not in threads]
    for thread in left:
        thread.join(5)  # what ends by itself is not left behind
    left = [thread for thread in left if thread.is_alive()]
    assert not left, f"threads were left running: {left}"


HALVES: list[Any] = ["sync", "async"]
HALVES += [pytest.param(f"{name} through a proxy", marks=pytest.mark.slow) for name in HALVES]


@pytest.fixture(params=HALVES)
def make_half(request: pytest.FixtureRequest) -> Iterator[MakeHalf]:
    """Builds a half with the given settings (and client); the test closes it."""
    name, _, through = request.param.partition(" ")
    kind = SyncHalf if name == "sync" else AsyncHalf
    with Relay() if through else contextlib.nullcontext() as relay:

        def make(client: Any = None, **settings: Any) -> Half:
            if relay is not None:
                settings = {"proxy": relay.url, **settings}
            return kind(ConnectionSettings(**settings), client)

        yield make


@pytest.fixture
async def half(make_half: MakeHalf) -> Any:
    """A half with the usual settings."""
    half = make_half()
    yield half
    await half.close()


def sockets() -> int:
    """How many sockets this process has open; 0 where that cannot be counted."""
    folder = "/proc/self/fd"
    if not os.path.isdir(folder):
        return 0
    count = 0
    for name in os.listdir(folder):
        try:
            count += os.readlink(f"{folder}/{name}").startswith("socket:")
        except OSError:
            continue
    return count
