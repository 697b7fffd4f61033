"""How texts fit a terminal: columns, names with values, and lines that end between words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aleph_alpha._runtime.characters import width
from aleph_alpha._runtime.line_breaks import lines
from aleph_alpha._runtime.terminal import columns

__all__ = ["broken", "pairs", "table", "wrapped"]

_GAP = 2  # between columns
_NARROW = 20  # no text is squeezed into less


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The lines of a table; in a narrow terminal its last column is wrapped, or each row is names and values."""
    *widths, last = (max(map(width, column)) for column in zip(head, *rows, strict=True))
    fixed = sum(widths) + _GAP * len(widths)
    if rows and fixed + min(last, _NARROW) > columns():
        return "\n".join(pairs(dict(zip(head, row, strict=True))) for row in rows)
    shown = []
    for *cells, end in (head, *rows):
        before = "".join(_padded(cell, places + _GAP) for cell, places in zip(cells, widths, strict=True))
        shown.append(f"{wrapped(end, before)}\n")
    return "".join(shown)


def pairs(values: Mapping[str, str]) -> str:
    """Names and values, one a line, or below each other where a value is long."""
    indent = max(map(width, values), default=0) + _GAP
    return "".join(f"{wrapped(value, _padded(name, indent))}\n" for name, value in values.items())


def wrapped(text: str, before: str = "") -> str:
    """The text behind `before`, or below it where that leaves too little room, in lines that the terminal has room for.

    They end between words, and are indented as much as the first one.
    """
    places = columns()
    indent = width(before)
    if places - indent < min(_NARROW, width(text)):
        above = broken(before.rstrip(), places) if before.strip() else []
        left = " " * min(_GAP, max(places - 2, 0))
        return "\n".join([*above, *(f"{left}{line}".rstrip() for line in broken(text, places - len(left)))])
    first, *more = broken(text, places - indent)
    return f"\n{' ' * indent}".join([f"{before}{first}".rstrip(), *more])


def broken(text: str, places: int) -> list[str]:
    """The text in lines of so many columns at most, that end between words if words are not wider."""
    room = max(places, 2)  # of one character
    return ["".join(atom.text for atom in line).rstrip() for line in lines([(text, "")], room, width)]


def _padded(text: str, places: int) -> str:
    return text + " " * (places - width(text))
