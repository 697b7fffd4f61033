"""Ctrl-C: exit code 130, no traceback, and what had come stays."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import os
import signal
import subprocess
import sys
import termios
import threading
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aleph_alpha.testing import LocalServer
from aleph_alpha.testing.faults import BadJson, Disconnect, Fault, StreamError
from aleph_alpha.testing.server import ASGIApp
from tests.cli.calls import CALLS, Call
from tests.cli.conftest import TOKEN
from tests.cli.running import run, start

pytestmark = pytest.mark.slow  # each starts a program


class Holding:
    """Holds back what the server sends, once it is told to, and tells when it does."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.pieces: int | None = None  # of a body, to let through; None lets all through

    def wrap(self, app: ASGIApp) -> ASGIApp:
        async def held(scope: Any, receive: Any, send: Any) -> None:
            sent = 0

            async def counted(message: Any) -> None:
                nonlocal sent
                if self.pieces is not None and sent > self.pieces:
                    await self._hold()
                sent += 1
                await send(message)

            with contextlib.suppress(asyncio.CancelledError):  # when the server is stopped
                if self.pieces == 0:
                    await self._hold()
                await app(scope, receive, counted)

        return held

    async def _hold(self) -> None:
        self.reached.set()
        await asyncio.Event().wait()


@pytest.fixture(scope="module")
def holding() -> Holding:
    return Holding()


@pytest.fixture(scope="module")
def server(holding: Holding) -> Iterator[LocalServer]:
    with LocalServer(token=TOKEN, wrap=holding.wrap) as server:
        yield server


@pytest.fixture(autouse=True)
def let_go(holding: Holding) -> Iterator[None]:
    holding.reached.clear()
    yield
    holding.pieces = None


SENDING = [
    pytest.param(name, call, id=name, marks=[pytest.mark.slow] if call.slow else [])
    for name, call in CALLS.items()
    if call.path is not None
]


@pytest.mark.parametrize(("name", "call"), SENDING)
def test_ctrl_c_during_a_call_ends_it_with_130(name: str, call: Call, holding: Holding) -> None:
    holding.pieces = 0
    reading, writing = os.pipe()
    os.write(writing, call.stdin.encode())
    os.close(writing)
    with start([*name.split(), *call.words, "--json"], stdin=reading) as process:
        os.close(reading)
        assert holding.reached.wait(30)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert json.loads(err)["error"] == {"type": "KeyboardInterrupt", "message": "interrupted", "exit_code": 130}
    assert out == b""


STREAMS = {
    "complete": ["complete", "An apple", "--model=toy-base", "--max-tokens=64"],
    "chat": ["chat", "Hello", "--model=toy-chat", "--max-tokens=64"],
}


@pytest.mark.parametrize("name", STREAMS)
@pytest.mark.parametrize("as_json", [False, True], ids=["text", "json"])
def test_ctrl_c_during_a_stream_keeps_what_had_come(name: str, as_json: bool, holding: Holding) -> None:
    holding.pieces = 6
    words = [*STREAMS[name], "--stream", *(["--json"] if as_json else [])]
    with start(words) as process:
        assert process.stdout is not None
        first = process.stdout.read(1)  # text is there before the whole of it
        assert holding.reached.wait(30)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    out = first + out
    assert process.returncode == 130
    assert b"Traceback" not in err
    assert out.endswith(b"\n")
    if as_json:
        assert {json.loads(line)["event"] for line in out.splitlines()} == {"text"}
    else:
        assert len(out) > 1


def test_ctrl_c_during_json_lines_keeps_those_that_are_done(holding: Holding) -> None:
    reading, writing = os.pipe()
    words = ["complete", "--jsonl", "-", "--model=toy-base", "--max-tokens=2", "--concurrency=1"]
    with start(words, stdin=reading) as process, os.fdopen(writing, "w") as lines:
        os.close(reading)
        assert process.stdout is not None
        lines.write('{"prompt": "one"}\n{"prompt": "two"}\n{"prompt": "three"}\n')
        lines.flush()
        first = process.stdout.readline()
        holding.pieces = 0
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err == b"aleph-alpha: interrupted\n"
    assert json.loads(first)["line"] == 1


def _waits_for_more(process: int, pipe: int) -> bool:
    """Whether a process has read all that was in the pipe, and sleeps; elsewhere than on Linux, only the first."""
    left = array("i", [0])
    fcntl.ioctl(pipe, termios.FIONREAD, left)
    state = Path(f"/proc/{process}/stat")
    return not left[0] and (not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "S")


def test_ctrl_c_while_standard_input_is_read(holding: Holding) -> None:
    reading, writing = os.pipe()
    with start(["complete", "-", "--model=toy-base", "--debug"], stdin=reading) as process, os.fdopen(writing, "w"):
        # It is up when it has read the first part of what may be long, which the pipe shows by having room again.
        for _ in range(2):
            os.write(writing, b"x" * 65536)
        while not _waits_for_more(process.pid, reading):  # a signal just before it does is one that Python misses
            os.sched_yield()
        os.close(reading)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err == b"aleph-alpha: interrupted\n"


_EARLY = """
import os, signal, sys
from aleph_alpha.__main__ import run

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "aleph_alpha.cli.output":
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Finder())
sys.exit(run())
"""


def test_ctrl_c_before_there_is_a_command_is_no_traceback() -> None:
    done = subprocess.run([sys.executable, "-c", _EARLY, "models"], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "aleph-alpha: interrupted\n")


def test_serve_ends_well_with_ctrl_c() -> None:
    with start(["serve", "--port=0", "--json"]) as process:
        assert process.stdout is not None
        url = json.loads(process.stdout.readline())["url"]
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert url.startswith("http://127.0.0.1:")
    assert process.returncode == 0
    assert b"Traceback" not in err


@pytest.mark.parametrize("name", STREAMS)
@pytest.mark.parametrize(
    "fault", [Disconnect("body"), StreamError(), BadJson("not_json")], ids=lambda one: type(one).__name__
)
def test_a_stream_that_breaks_off_keeps_what_had_come_and_is_a_failure(
    name: str, fault: Fault, server: LocalServer
) -> None:
    with server.faults.add(fault):
        ended = run(*STREAMS[name], "--stream", "--retries=0")
    assert ended.code == (75 if isinstance(fault, StreamError) else 1)
    assert ended.out == "" or ended.out.endswith("\n")
    assert ended.err.startswith("aleph-alpha: ")
    assert len(ended.err.splitlines()) == 2
    with server.faults.add(fault):
        ended = run(*STREAMS[name], "--stream", "--retries=0", "--json")
    assert ended.error["type"].startswith("Stream")
    assert {record["event"] for record in ended.records} <= {"text"}
