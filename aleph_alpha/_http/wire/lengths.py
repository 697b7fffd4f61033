"""A Content-Length that is there more than once, and every time the same: RFC 9110 8.6 lets it count once."""

from __future__ import annotations

import re

__all__ = ["repeated", "said_once"]

_END = b"\r\n\r\n"
_LINES = re.compile(rb"\r\ncontent-length:([^\r\n]*)", re.IGNORECASE)
_ODD_ENDS = re.compile(rb"\r(?!\n|\Z)|(?<!\r)\n").search  # of lines
_DIGITS = re.compile(rb"[0-9]+").fullmatch


def repeated(received: bytes) -> bool:
    """Whether these bytes hold more than one length, or may when the rest of the head is there."""
    head, end, _ = received.partition(_END)
    found = list(_LINES.finditer(head))
    if len(found) < 2 and not any(b"," in line[1] for line in found):
        return False
    if not end and found[-1].end() >= len(head) - 1:
        found.pop()  # it may go on
    values = {value.strip(b" \t") for line in found for value in line[1].split(b",")}
    if len(values) > 1 or not all(map(_DIGITS, values)):
        return False
    return bool(end) or not _ODD_ENDS(head)


def said_once(received: bytes) -> bytes | None:
    """The same with the length in its first place only; ``None`` while the head is not complete."""
    head, end, body = received.partition(_END)
    if not end:
        return None
    first = _LINES.search(head)
    if first is None:
        return received
    line = first[0].partition(b",")[0]
    return head[: first.start()] + line + _LINES.sub(b"", head[first.end() :]) + end + body
