"""When a request is the recorded one, and how to show what differs when it is not.

Compared are method, path, query and body: JSON as JSON (order of members and whitespace do not
count, the types of values do), anything else byte for byte. Not compared are host, token and
other headers.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

__all__ = ["Asked", "explain"]

_LINES = 40  # of a difference
_LONG = 160  # characters of a string or line
_COMPARED = 2_000  # lines of a body


@dataclass(frozen=True)
class Asked:
    """What of a request counts for matching."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    content_type: str
    body: bytes

    @cached_property
    def content(self) -> Any:
        """The body, read if it is JSON; equal to that of an equal request."""
        try:
            return _typed(json.loads(self.body))
        except (ValueError, RecursionError):
            return self.body

    def matches(self, other: Asked) -> bool:
        """Whether the other one is the same request."""
        same_place = (self.method, self.path, self.query) == (other.method, other.path, other.query)
        return same_place and self._media == other._media and self.content == other.content

    @property
    def _media(self) -> str:
        return self.content_type.partition(";")[0].strip().lower()

    @property
    def address(self) -> str:
        """As in ``POST /complete?nice=true``."""
        query = "&".join(f"{name}={value}" for name, value in self.query)
        return f"{self.method} {self.path}{'?' if query else ''}{query}"

    @cached_property
    def lines(self) -> list[str]:
        """The request as lines that can be compared: long strings are shortened, but differ when they differ."""
        if isinstance(self.content, bytes):
            body = [_short(line) for line in self.body.decode("utf-8", "backslashreplace").splitlines()]
        else:
            body = json.dumps(
                _shortened(json.loads(self.body)), indent=2, sort_keys=True, ensure_ascii=False
            ).splitlines()
        return [self.address, *([f"Content-Type: {self._media}"] if self._media else []), *body[:_COMPARED]]


def explain(sent: Asked, recorded: Sequence[Asked], used: Sequence[bool]) -> str:
    """Why the request has no response among the recorded ones."""
    same = [number for number, other in enumerate(recorded, 1) if other.matches(sent)]
    if same:
        return f"{sent.address}\n\nIt was recorded {_times(len(same))} and has now been sent {_times(len(same) + 1)}."
    if not recorded:
        return f"{sent.address}\n\nNothing was recorded."
    number, nearest = min(enumerate(recorded, 1), key=lambda entry: _distance(sent, entry[1]))
    difference = list(difflib.unified_diff(nearest.lines, sent.lines, "recorded", "sent", lineterm="", n=2))
    rest = len(difference) - _LINES
    shown = difference[:_LINES] + ([f"... and {rest} lines more"] if rest > 0 else [])
    state = "already used" if used[number - 1] else "not used yet"
    title = f"The nearest of {len(recorded)} recorded requests is number {number} ({state}):"
    return "\n".join([sent.address, "", title, *(f"    {line}" for line in shown)])


def _distance(sent: Asked, recorded: Asked) -> tuple[bool, bool, float]:
    ratio = difflib.SequenceMatcher(None, recorded.lines, sent.lines).quick_ratio()
    return sent.path != recorded.path, sent.method != recorded.method, -ratio


def _typed(value: Any) -> Any:
    """The value, with what Python takes for equal and JSON does not kept apart."""
    if isinstance(value, dict):
        return {name: _typed(child) for name, child in value.items()}
    if isinstance(value, list):
        return [_typed(child) for child in value]
    if isinstance(value, bool):
        return ("bool", value)
    if isinstance(value, float) and value != value:
        return ("NaN",)
    return value


def _shortened(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _shortened(child) for name, child in value.items()}
    if isinstance(value, list):
        return [_shortened(child) for child in value]
    return _short(value) if isinstance(value, str) else value


def _short(text: str) -> str:
    if len(text) <= _LONG:
        return text
    digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{text[:40]}... ({len(text)} characters, sha256 {digest})"


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
