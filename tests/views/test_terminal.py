"""What `print(view)` writes, by what it writes to."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
from collections.abc import Mapping
from typing import TextIO

import pytest

from aleph_alpha.views import terminal
from tests.views.parsed import SGR
from tests.views.samples import VIEWS

SCRIPT = (
    "from tests.views.samples import EDGES, VIEWS;"
    "print(VIEWS['explanation']); print(VIEWS['chat']); print(EDGES['hundred documents'])"
)


class Stream(io.StringIO):
    def __init__(self, tty: bool) -> None:
        super().__init__()
        self._tty = tty

    def isatty(self) -> bool:
        return self._tty


@pytest.mark.parametrize(
    ("environment", "tty", "colours"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, True, 1 << 24),
        ({"TERM": "xterm-direct"}, True, 1 << 24),
        ({"WT_SESSION": "1"}, True, 1 << 24),
        ({"TERM": "xterm-256color"}, True, 256),
        ({"TERM": "screen-256color"}, True, 256),
        ({"TERM": "xterm"}, True, 16),
        ({"TERM": "linux"}, True, 16),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, True, 256),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, True, 0),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "1"}, True, 0),
        ({"TERM": "dumb", "COLORTERM": "truecolor"}, True, 0),
        ({"TERM": "xterm-256color"}, False, 0),
        ({}, True, 0),
        ({"TERM": "xterm-256color", "FORCE_COLOR": "1"}, True, 256),
        ({"TERM": "xterm-256color", "FORCE_COLOR": "1"}, False, 256),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor", "FORCE_COLOR": "true"}, False, 1 << 24),
        ({"FORCE_COLOR": "1"}, False, 16),
        ({"FORCE_COLOR": "no"}, False, 16),  # any value
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, False, 16),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, True, 16),
        ({"TERM": "xterm-256color", "FORCE_COLOR": ""}, False, 0),
        ({"TERM": "xterm-256color", "FORCE_COLOR": "0"}, False, 0),
        ({"TERM": "xterm-256color", "FORCE_COLOR": ""}, True, 256),
        ({"TERM": "xterm-256color", "FORCE_COLOR": "0"}, True, 256),
        ({"TERM": "dumb", "FORCE_COLOR": "0"}, True, 0),
        ({"TERM": "xterm-256color", "FORCE_COLOR": "1", "NO_COLOR": "1"}, True, 0),
        ({"TERM": "xterm-256color", "FORCE_COLOR": "1", "NO_COLOR": "1"}, False, 0),
        ({"TERM": "xterm-256color", "FORCE_COLOR": "1", "NO_COLOR": ""}, False, 256),
    ],
)
def test_the_colours_of_a_stream(environment: Mapping[str, str], tty: bool, colours: int) -> None:
    assert terminal.colours_of(Stream(tty), environment) == colours
    if not tty:
        for stream in (None, object()):  # there may be none, or somebody's own
            assert terminal.colours_of(stream, environment) == colours  # type: ignore[arg-type]


@pytest.mark.parametrize("stream", [None, object()])
def test_what_is_not_known_to_be_a_terminal_gets_no_colours(stream: TextIO | None) -> None:
    assert terminal.colours_of(stream, {"TERM": "xterm-256color", "COLORTERM": "truecolor"}) == 0


@pytest.mark.parametrize(("hint", "dark"), [("", True), ("15;0", True), ("0;15", False), ("0;default;7", False)])
def test_the_background_of_a_terminal(hint: str, dark: bool) -> None:
    assert terminal.is_dark({"COLORFGBG": hint}) is dark
    assert terminal.is_dark({}) is True


@pytest.mark.parametrize("columns", [40, 200])
@pytest.mark.parametrize(
    ("term", "more", "code"),
    [
        ("xterm", {}, "97;44m"),
        ("xterm-256color", {}, "48;5;"),
        ("xterm-256color", {"COLORTERM": "truecolor"}, "48;2;"),
        ("xterm-256color", {"NO_COLOR": "1"}, None),
        ("dumb", {}, None),
    ],
)
def test_printing_to_a_terminal(columns: int, term: str, more: Mapping[str, str], code: str | None) -> None:
    parent, child = pty.openpty()
    environment = {"PATH": os.environ["PATH"], "TERM": term, "COLUMNS": str(columns), "PYTHONUTF8": "1", **more}
    with subprocess.Popen([sys.executable, "-c", SCRIPT], stdout=child, env=environment) as process:
        os.close(child)
        written = b""
        while part := _read(parent):
            written += part
        os.close(parent)
    assert process.returncode == 0
    shown = written.decode().replace("\r\n", "\n")
    assert (code in shown) if code else ("\x1b" not in shown)
    lines = SGR.sub("", shown).split("\n")
    assert max(map(len, lines)) <= columns
    assert (max(map(len, lines)) > 40) == (columns > 40)


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # how Linux says that nobody writes any longer
        return b""


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1"])
@pytest.mark.parametrize("more", [{}, {"FORCE_COLOR": "1"}], ids=["", "forced"])
def test_printing_to_a_pipe_of_any_encoding(encoding: str, more: Mapping[str, str]) -> None:
    given = {name: value for name, value in os.environ.items() if name not in ("FORCE_COLOR", "NO_COLOR")}
    environment = {**given, "TERM": "xterm-256color", "PYTHONIOENCODING": encoding, "COLUMNS": "80", **more}
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, env=environment, check=True)
    shown = done.stdout.decode(encoding)
    assert ("\x1b[" in shown) is bool(more)
    assert "\x1b" not in SGR.sub("", shown)
    assert ("\U0001f680" if encoding == "utf-8" else "\\U0001f680") in shown


def test_printing_to_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    monkeypatch.setattr(sys, "stdout", None)  # as in a program without a console
    assert "\x1b" not in str(VIEWS["prompt"])
