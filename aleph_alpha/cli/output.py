"""What a command writes: results to standard output, all else to standard error, in the form that was asked for."""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from aleph_alpha._runtime.characters import escaped
from aleph_alpha.cli import layout
from aleph_alpha.cli.failures import decoded, error_json, hint_for, lines_of, message_of, one_line

__all__ = ["Output", "ReaderGone", "abandon", "plain"]

_LONGEST = 10_000  # characters of a cell


class ReaderGone(BrokenPipeError):
    """Whoever read standard output has gone; a connection that breaks is something else."""


class Output:
    """The two streams of a command.

    Parameters:
        json: results, notes and errors are JSON, one object a line.
        quiet: no notes and warnings.
        debug: show the traceback of an error.
    """

    def __init__(self, *, json: bool = False, quiet: bool = False, debug: bool = False) -> None:
        self.json = json
        self.quiet = quiet
        self.debug = debug
        self._in_line = False  # whether what was last written has not ended its line

    @property
    def is_terminal(self) -> bool:
        """Whether somebody looks at standard output."""
        return sys.stdout is not None and sys.stdout.isatty()

    def record(self, value: Any) -> None:
        """A result as one line of JSON."""
        self._write(f"{to_json(value)}\n")
        self.flush()

    def text(self, text: str) -> None:
        """A result as text, on a line of its own."""
        self._write(self._shown(text) + "\n")

    def piece(self, text: str) -> None:
        """A part of a text, to be seen at once."""
        if text:
            self._in_line = True  # before it is written: Ctrl-C may come between the two
            self._write(self._shown(text))
            self._in_line = not text.endswith("\n")
            self.flush()

    def end_line(self) -> None:
        """End the line that pieces were written to."""
        if self._in_line:
            self._in_line = False
            self._write("\n")
            self.flush()

    def colored(self, text: str) -> None:
        """A text that holds the escapes of a terminal on purpose."""
        self._write(f"{text}\n")

    def table(self, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Aligned columns; in a pipe, columns separated by tabs, without the head."""
        cells = [[_cell(cell) for cell in row] for row in rows]
        if self.is_terminal:
            self._write(layout.table(head, cells))
        else:
            self._write("".join("\t".join(row) + "\n" for row in cells))

    def pairs(self, values: Mapping[str, object]) -> None:
        """Names and values, one a line; in a pipe, separated by a tab."""
        cells = {name: _cell(value) for name, value in values.items()}
        if self.is_terminal:
            self._write(layout.pairs(cells))
        else:
            self._write("".join(f"{name}\t{cell}\n" for name, cell in cells.items()))

    def wrapped(self, before: str, text: str) -> None:
        """A result as text behind `before`; a terminal gets it in lines that end between words."""
        self._write((layout.wrapped(self._shown(text), before) if self.is_terminal else f"{before}{text}") + "\n")

    def note(self, text: str) -> None:
        """Something to know, on standard error."""
        if not self.quiet:
            self._say("note", one_line(text))

    def warn(self, text: str) -> None:
        """Something to mind, on standard error."""
        if not self.quiet:
            self._say("warning", one_line(text))

    def line_failed(self, number: int, error: BaseException) -> None:
        """Tell people at once of a line that failed; programs are told at the end, all in one object."""
        if not self.json:
            self._tell(f"aleph-alpha: line {number}: {message_of(error)}")

    def error(self, error: BaseException) -> None:
        """Why the command ended: its message and a hint, a line each as a rule; or one JSON object."""
        trace = None
        if self.debug and isinstance(error, Exception):
            import traceback

            trace = "".join(traceback.format_exception(error))
        if self.json:
            told = error_json(error)
            self._tell(to_json({"error": told if trace is None else {**told, "traceback": trace}}, ascii_only=True))
            return
        if trace is not None:
            self._tell(trace.rstrip())
        first, *more = lines_of(error)
        self._tell("\n  ".join([f"aleph-alpha: {first}", *more]))  # no line looks like a message of its own
        if hint := hint_for(error):
            self._tell(f"  {one_line(hint)}")

    def flush(self) -> None:
        """Hand over what was written.

        Raises:
            ReaderGone: nobody reads it any more.
            OSError: the disk is full.
        """
        try:
            if sys.stdout is not None:
                sys.stdout.flush()
        except BrokenPipeError as error:
            raise ReaderGone("nobody reads standard output any more") from error

    def _say(self, kind: str, text: str) -> None:
        if self.json:
            self._tell(to_json({kind: text}, ascii_only=True))
        else:
            self._tell(f"aleph-alpha: {text}" if kind == "note" else f"aleph-alpha: {kind}: {text}")

    def _write(self, text: str) -> None:
        if sys.stdout is None:
            raise OSError("standard output is closed")
        try:
            sys.stdout.write(text)
        except BrokenPipeError as error:
            raise ReaderGone("nobody reads standard output any more") from error

    def _tell(self, text: str) -> None:
        if sys.stderr is None:  # print() would take standard output
            return
        try:
            sys.stderr.write(f"{text}\n")
            sys.stderr.flush()
        except OSError:  # nobody is there to be told
            abandon(sys.stderr)

    def _shown(self, text: str) -> str:
        """What a terminal may get of a text that a model wrote: no escapes that act on it."""
        return escaped(text) if self.is_terminal else text


def _cell(value: object) -> str:
    """A value as a person or ``cut -f`` reads it: on one line, true and false as in JSON."""
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return ""
    text = str(value)
    shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
    return escaped(decoded(shown)).replace("\n", "\\n").replace("\t", "\\t")


def abandon(stream: Any) -> None:
    """Let Python, which writes what is left in a stream at its end, write it nowhere."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
    except (OSError, ValueError, AttributeError):  # a stand-in without a file behind it
        return


def to_json(value: Any, *, ascii_only: bool = False) -> str:
    """One line of JSON that any encoding of the standard streams can hold."""
    encoding = (getattr(sys.stdout, "encoding", None) or "ascii").lower().replace("-", "")
    return json.dumps(plain(value), ensure_ascii=ascii_only or encoding != "utf8", allow_nan=False)


def plain(value: Any) -> Any:
    """A value as JSON has it: objects by their own ``to_json`` or their fields, numbers that JSON lacks as null.

    >>> plain({("layer_1", "mean"): [0.5, float("nan")]})
    {'layer_1': {'mean': [0.5, None]}}
    """
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return _mapping(value)
    if hasattr(value, "to_json"):
        return plain(value.to_json())
    if is_dataclass(value):
        kind = getattr(value, "kind", None)  # which of several an item is
        named = {} if kind is None else {"type": kind}
        return named | {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Iterable):
        return [plain(one) for one in value]
    return str(value)  # a secret among others, which hides itself


def _mapping(values: Mapping[Any, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, value in values.items():
        place = made
        *outer, last = key if isinstance(key, tuple) else (key,)
        for name in outer:
            place = place.setdefault(str(name), {})
        place[str(last)] = plain(value)
    return made
