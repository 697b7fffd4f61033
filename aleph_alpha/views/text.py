"""The plain-text renderer: every score on a line, its sign and step as plus and minus signs.

Also lays out what the terminal renderer colours: a line is a list of runs, text with a style, which
is a mark, "bold" or "faint".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from aleph_alpha._runtime.characters import clusters, shortened, visible, width
from aleph_alpha._runtime.line_breaks import lines as broken
from aleph_alpha.views.layout import matrix_names
from aleph_alpha.views.model import Bars, Block, Figure, ImageBlock, Matrix, Panel, Scale, TextBlock, level

__all__ = ["Line", "layout", "plain"]

Line: TypeAlias = list[tuple[str, str]]

_LEAST = 24  # columns; less cannot hold a score and a word
_HEAD = 21  # columns of a score and its bar
_CELL = 5  # columns of a number in a matrix, at least


def plain(figure: Figure, columns: int) -> str:
    """Lines without colours, none of them wider than `columns`."""
    return "\n".join("".join(text for text, _ in line).rstrip() for line in layout(figure, columns, inline=False))


def layout(figure: Figure, columns: int, *, inline: bool) -> Iterator[Line]:
    """The lines; with `inline` texts stay texts, with marks on them, and only the top scores are listed."""
    columns = max(columns, _LEAST)
    yield from _wrapped(figure.title, "bold", columns)
    if figure.scored:
        yield from _legend(figure.scale, columns)
    if figure.note:
        yield from _wrapped(figure.note, "faint", columns)
    for panel in figure.panels:
        if panel.name or len(figure.panels) > 1:
            yield []
            yield from _wrapped(visible(panel.name), "bold", columns)
        yield from _panel(panel, figure, columns, inline)


def _wrapped(text: str, style: str, columns: int) -> Iterator[Line]:
    for line in broken([(text, style)], columns, width):
        yield _joined((atom.text, atom.mark) for atom in line)


def _legend(scale: Scale, columns: int) -> Iterator[Line]:
    if not scale.bound:
        yield [("No score is above or below zero.", "faint")]
        return
    low = f"{scale.low} {scale.form(-scale.bound)}" if scale.low else scale.form(0.0)
    yield from _wrapped(f"{low} … {scale.form(scale.bound)} {scale.high}", "faint", columns)


def _panel(panel: Panel, figure: Figure, columns: int, inline: bool) -> Iterator[Line]:
    for block in panel.blocks:
        if block.label:
            yield from _wrapped(block.label, "faint", columns)
        yield from _block(block, figure.scale, columns, inline)
    top = panel.top(figure.top)
    if top and not isinstance(panel.blocks[0], Bars):
        yield [(f"Top {len(top)}", "faint")]
        for row in top:
            yield from _row(shortened(visible(row.what)), row.score, row.note, figure.scale, columns)


def _block(block: Block, scale: Scale, columns: int, inline: bool) -> Iterator[Line]:
    match block:
        case TextBlock() if not block.segments:
            yield [("(empty)", "faint")]
        case TextBlock() if inline or all(one.score is None and not one.focus for one in block.segments):
            between = () if block.known else ((" ", ""),)
            runs = [run for one in block.segments for run in ((one.text, scale.style(one)), *between)]
            for line in broken(runs, columns, width):
                yield _joined((atom.text, atom.mark) for atom in line)
        case TextBlock():
            for text, score, note, focus in block.segments:
                if focus or score is not None or not text.isspace():
                    yield from _row(visible(text), score, "(explained)" if focus else note, scale, columns)
        case ImageBlock():
            yield from _tiles(block, scale, columns)
        case Matrix():
            yield from _matrix(block, scale, columns)
        case Bars():
            for text, score, note, _ in block.segments:
                yield from _row(visible(text), score, note, scale, columns)


def _joined(runs: Iterable[tuple[str, str]]) -> Line:
    """Neighbours of one style as one run."""
    line: Line = []
    for text, style in runs:
        if line and line[-1][1] == style:
            line[-1] = line[-1][0] + text, style
        else:
            line.append((text, style))
    return line


def bar(mark: str) -> str:
    """Plus or minus signs for a step.

    >>> bar("p3"), bar("n1"), bar("z"), bar("x"), bar("")
    ('+++', '-', '0', '?', '')
    """
    step = level(mark)
    return ("+" if step > 0 else "-") * abs(step) if step else {"z": "0", "x": "?"}.get(mark, "")


def _row(text: str, score: float | None, note: str, scale: Scale, columns: int) -> Iterator[Line]:
    mark = scale.mark(score)
    shown = "" if score is None else scale.form(score)
    room = columns - _HEAD
    said = f"{text}   {note}" if note else text
    pieces = broken([(said, "")], room, width) if room >= 8 else [[]]
    for index, piece in enumerate(pieces):
        head = f"{shown:>10} {bar(mark):<9}" if not index else " " * (_HEAD - 1)
        yield [(head, mark if not index else ""), (" ", ""), *((atom.text.replace("\t", "    "), "") for atom in piece)]
    if room < 8:
        yield from _wrapped(said, "", columns)


def _tiles(block: ImageBlock, scale: Scale, columns: int) -> Iterator[Line]:
    size = f"{block.size[0]} x {block.size[1]} pixels" if block.size else "not a readable image"
    yield [(f"[{size}]", "faint")]
    grid: dict[float, dict[float, str]] = {}
    for tile in block.tiles:
        grid.setdefault(tile.top, {})[tile.left] = scale.mark(tile.score)
    across = sorted({left for row in grid.values() for left in row})
    regular = all(len(row) == len(across) for row in grid.values()) and len(across) * len(grid) == len(block.tiles)
    if regular and len(across) * 3 <= columns:
        for top in sorted(grid):
            yield [run for left in across for run in ((_digit(grid[top][left]), grid[top][left]), (" ", ""))]
    else:
        for row in Panel("", [block]).rows:
            yield from _row(row.what, row.score, "", scale, columns)


def _digit(mark: str) -> str:
    return f"{level(mark):+d}" if level(mark) else {"z": " 0", "x": " ?"}.get(mark, "  ")


def _matrix(block: Matrix, scale: Scale, columns: int) -> Iterator[Line]:
    longest = columns // 3  # of the names of rows
    rows, heads, wide = matrix_names(block.labels, columns - longest - len(block.labels), _CELL, width)
    cell = int(wide)
    head = min(max(map(width, rows), default=0), longest)
    chunk = max((columns - head) // (cell + 1), 1)
    for first in range(0, len(rows), chunk):
        part = slice(first, first + chunk)
        if first:
            yield []
        yield [(" " * head, ""), *((f" {' ' * (cell - width(name))}{name}", "faint") for name in heads[part])]
        for name, values in zip(rows, block.values, strict=True):
            yield [(_fit(name, head), "faint"), *_numbers(values[part], scale, cell)]


def _numbers(values: Sequence[float], scale: Scale, cell: int) -> Iterator[tuple[str, str]]:
    for value in values:
        shown = scale.form(value)
        yield " " * (cell + 1 - len(shown)), ""
        yield shown, scale.mark(value)


def _fit(text: str, columns: int) -> str:
    """The beginning of it that fits, filled with blanks."""
    if width(text) <= columns:
        return text + " " * (columns - width(text))
    used, kept = 0, ""
    for one in clusters(text):
        if used + width(one) >= columns:
            break
        kept, used = kept + one, used + width(one)
    return f"{kept}…{' ' * (columns - used - 1)}"
