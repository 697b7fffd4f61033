"""How texts fit a terminal: columns, names with values, and lines that end between words."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence

__all__ = ["pairs", "table", "width", "wrapped"]

_GAP = 2  # between columns
_NARROW = 20  # no text is squeezed into less


def width(text: str) -> int:
    """The places that a text takes in a terminal: East Asian characters take two, combining ones none.

    >>> width("naïve"), width("日本"), width("nai\u0308ve")
    (5, 4, 5)
    """
    if text.isascii():
        return len(text)
    import unicodedata

    return sum(
        0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text
    )


def _columns() -> int:
    return shutil.get_terminal_size().columns


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The lines of a table; in a narrow terminal its last column is wrapped, or each row is names and values."""
    *widths, last = (max(map(width, column)) for column in zip(head, *rows, strict=True))
    before = sum(widths) + _GAP * len(widths)
    if rows and before + min(last, _NARROW) > _columns():
        return "\n".join(pairs(dict(zip(head, row, strict=True))) for row in rows)
    lines = []
    for *cells, end in (head, *rows):
        lines.append(
            wrapped(end, "".join(_padded(cell, places + _GAP) for cell, places in zip(cells, widths, strict=True)))
        )
    return "".join(f"{line}\n" for line in lines)


def pairs(values: Mapping[str, str]) -> str:
    """Names and values, one a line, or below each other where a value is long."""
    indent = max(map(width, values), default=0) + _GAP
    return "".join(f"{wrapped(value, _padded(name, indent))}\n" for name, value in values.items())


def wrapped(text: str, before: str = "") -> str:
    """The text behind `before`, in lines that end between words and are indented as much as it is wide."""
    indent = width(before)
    room = max(_columns() - indent, _NARROW)
    if width(text) <= room:
        return f"{before}{text}".rstrip()
    lines = [""]
    for word in re.findall(r"[^ \t\n\r\f\v]+", text):  # textwrap counts characters, of which some are two wide
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if lines[-1] and width(longer) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    return f"\n{' ' * indent}".join([f"{before}{lines[0]}", *lines[1:]])


def _padded(text: str, places: int) -> str:
    return text + " " * (places - width(text))
