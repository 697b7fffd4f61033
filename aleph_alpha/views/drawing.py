"""Puts a figure on a sheet: shapes with coordinates in pixels, from which SVG and PNG are written."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import groupby
from typing import TypeAlias

from aleph_alpha._runtime.characters import direction, printable, visible
from aleph_alpha._runtime.line_breaks import Atom, lines
from aleph_alpha.views.layout import matrix_names, visual
from aleph_alpha.views.model import Bars, Block, Figure, ImageBlock, Matrix, Row, Scale, TextBlock, Tile, level

__all__ = ["Box", "ImageShape", "Measure", "Shape", "Words", "draw", "overlay_tiles"]

Measure: TypeAlias = Callable[[str, float], float]
"""How wide a text of a size is, in pixels."""

_MARGIN = 16.0
_SIZE, _SMALL, _TITLE = 14.0, 11.0, 16.0
_LINE = 1.7  # height of a line, in sizes of the text
_CELL = 40.0  # of a matrix, at least
_NAME = 200.0  # of a row of a matrix, at most
_BAR = 160.0


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in the colour of a mark; `outlined` in the colour of text."""

    x: float
    y: float
    width: float
    height: float
    mark: str
    outlined: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """Text on a baseline; `under` draws the line of what is below zero."""

    x: float
    y: float
    text: str
    width: float
    size: float
    faint: bool = False
    under: bool = False


@dataclass(frozen=True, slots=True)
class ImageShape:
    """An image with its tiles."""

    x: float
    y: float
    width: float
    height: float
    block: ImageBlock


Shape: TypeAlias = Box | Words | ImageShape


@dataclass
class _Sheet:
    width: float
    measure: Measure
    scale: Scale
    shapes: list[Shape] = field(default_factory=list)
    y: float = _MARGIN

    def text(self, runs: Iterable[tuple[str, str]], size: float, *, faint: bool = False, gap: float = 0.0) -> None:
        """Marked text over the whole width, in lines."""
        marked = list(runs)
        base = direction("".join(text for text, _ in marked)) or "L"
        room = self.width - 2 * _MARGIN
        for line in lines(marked, room, lambda text: self.measure(text, size)):
            shown = visual(line, base)
            wide = sum(atom.width for atom in shown)
            x = self.width - _MARGIN - wide if base == "R" else _MARGIN
            for mark, atoms in groupby(shown, key=lambda atom: atom.mark):
                x = self._run(x, mark, list(atoms), size, faint)
            self.y += size * _LINE
        self.y += gap

    def _run(self, x: float, mark: str, atoms: list[Atom], size: float, faint: bool) -> float:
        """Atoms with one mark, side by side; returns where they end."""
        if level(mark) or mark in {"x", "e"}:
            wide = sum(atom.width for atom in atoms)
            self.shapes.append(Box(x, self.y + size * 0.1, wide, size * 1.45, mark, outlined=not level(mark)))
        for atom in atoms:
            self.shapes.append(Words(x, self.y + size * 1.2, atom.text, atom.width, size, faint, under=level(mark) < 0))
            x += atom.width
        return x

    def words(self, x: float, text: str, size: float, *, faint: bool = False, room: float = 0.0) -> float:
        """Text on the current line; returns where it ends. Cut where it is wider than `room`."""
        text = printable(text).replace("\t", " ").replace("\n", " ")
        while room and len(text) > 1 and self.measure(text, size) > room:
            text = f"{text[: min(len(text) - 2, int(len(text) * room / self.measure(text, size)))]}…"
        wide = self.measure(text, size)
        self.shapes.append(Words(x, self.y + size * 1.2, text, wide, size, faint))
        return x + wide


def draw(figure: Figure, width: float, measure: Measure) -> tuple[list[Shape], float]:
    """The shapes, and how high the sheet is."""
    sheet = _Sheet(max(width, 320.0), measure, figure.scale)
    sheet.text([(figure.title, "")], _TITLE)
    if figure.scored:
        _legend(sheet)
    if figure.note:
        sheet.text([(figure.note, "")], _SMALL, faint=True)
    for panel in figure.panels:
        if panel.name or len(figure.panels) > 1:
            sheet.shapes.append(Box(_MARGIN, sheet.y + 6, sheet.width - 2 * _MARGIN, 0.5, "z", outlined=True))
            sheet.y += 10
            sheet.text([(visible(panel.name), "")], _TITLE)
        for block in panel.blocks:
            _block(sheet, block)
        top = panel.top(figure.top)
        if top and not isinstance(panel.blocks[0], Bars):
            sheet.text([(f"Top {len(top)}", "")], _SMALL, faint=True)
            for row in top:
                _bar(sheet, row)
    return sheet.shapes, sheet.y + _MARGIN


def _legend(sheet: _Sheet) -> None:
    scale = sheet.scale
    if not scale.bound:
        sheet.text([("No score is above or below zero.", "")], _SMALL, faint=True)
        return
    high, end = f" {scale.form(scale.bound)} {scale.high}", sheet.width - _MARGIN
    low = f"{scale.low} {scale.form(-scale.bound)} " if scale.low else f"{scale.form(0.0)} "
    x = sheet.words(_MARGIN, low, _SMALL, faint=True)
    if x + 15 * len(scale.legend) > end:
        x, sheet.y = _MARGIN, sheet.y + 18
    for mark, _ in scale.legend:
        sheet.shapes.append(Box(x, sheet.y + 1, 14, 14, mark, outlined=mark == "z"))
        sign = {1: "+", 0: "", -1: "−"}[(level(mark) > 0) - (level(mark) < 0)]
        sheet.words(x + 7 - sheet.measure(sign, _SMALL) / 2, sign, _SMALL)
        x += 15
    if x + sheet.measure(high, _SMALL) > end:
        x, sheet.y = _MARGIN, sheet.y + 18
    sheet.words(x, high, _SMALL, faint=True)
    sheet.y += 22


def _block(sheet: _Sheet, block: Block) -> None:
    if block.label:
        sheet.text([(block.label, "")], _SMALL, faint=True)
    match block:
        case TextBlock() if not block.segments:
            sheet.text([("(empty)", "")], _SIZE, faint=True)
        case TextBlock():
            between = () if block.known else ((" ", ""),)
            runs = [run for one in block.segments for run in ((one.text, sheet.scale.style(one)), *between)]
            sheet.text(runs, _SIZE, gap=6)
        case ImageBlock():
            wide, high = shown_size(block, sheet.width - 2 * _MARGIN)
            sheet.shapes.append(ImageShape(_MARGIN, sheet.y + 2, wide, high, block))
            sheet.y += high + 10
        case Matrix():
            _matrix(sheet, block)
        case Bars():
            for text, score, note, _ in block.segments:
                _bar(sheet, Row("", text, 0.0 if score is None else score, note))


def shown_size(block: ImageBlock, room: float = 320.0) -> tuple[float, float]:
    """Width and height of an image on the sheet: its own, within bounds."""
    width, height = block.size or (240, 160)
    factor = min(max(160 / max(width, height), 1), 320 / max(width, height), room / width)
    return max(width * factor, 1.0), max(height * factor, 1.0)


def overlay_tiles(block: ImageBlock, scale: Scale, width: float) -> list[tuple[Tile, str, str]]:
    """Tiles that are on the image, with their marks and what is written on them: the step, where there is room."""
    marks = [(tile, scale.mark(tile.score)) for tile in filter(None, map(_on_the_image, block.tiles))]
    written = {"x": "?", "z": ""}
    return [
        (tile, mark, (f"{level(mark):+d}" if level(mark) else written.get(mark, "")) if tile.width * width > 17 else "")
        for tile, mark in marks
    ]


def _on_the_image(tile: Tile) -> Tile | None:
    """The part of a tile that is on the image; ``None`` without any. Servers can send any numbers."""
    left, top = max(tile.left, 0.0), max(tile.top, 0.0)
    width, height = min(tile.left + tile.width, 1.0) - left, min(tile.top + tile.height, 1.0) - top
    # Comparisons with what is not a number are false.
    shown = 0.0 <= left < 1.0 and 0.0 <= top < 1.0 and 0.0 < width <= 1.0 and 0.0 < height <= 1.0
    return Tile(left, top, width, height, tile.score) if shown else None


def _matrix(sheet: _Sheet, block: Matrix) -> None:
    room = sheet.width - 2 * _MARGIN - _NAME - len(block.labels) * 6
    rows, heads, wide = matrix_names(block.labels, room, _CELL - 6, lambda text: sheet.measure(text, _SMALL))
    head, cell = min(max((sheet.measure(name, _SMALL) for name in rows), default=0.0), _NAME) + 8, wide + 6
    sheet.width = max(sheet.width, 2 * _MARGIN + head + len(rows) * cell)
    for column, name in enumerate(heads):
        sheet.words(_MARGIN + head + column * cell + 4, name, _SMALL, faint=True)
    sheet.y += 20
    for name, values in zip(rows, block.values, strict=True):
        sheet.words(_MARGIN, name, _SMALL, faint=True, room=head - 8)
        for column, value in enumerate(values):
            x, mark = _MARGIN + head + column * cell, sheet.scale.mark(value)
            sheet.shapes.append(Box(x, sheet.y, cell - 2, 18, mark, outlined=mark == "x"))
            sheet.words(x + 4, sheet.scale.form(value), _SMALL)
        sheet.y += 20


def _bar(sheet: _Sheet, row: Row) -> None:
    score, scale = row.score, sheet.scale
    sheet.words(_MARGIN, scale.form(score), _SMALL)
    mark = scale.mark(score)
    x = _MARGIN + 72
    sheet.shapes.append(Box(x, sheet.y + 2, max(abs(_share(scale, score)) * _BAR, 1.0), 14, mark, outlined=True))
    sign = "" if not level(mark) else "+" if level(mark) > 0 else "−"
    sheet.words(x + 3, sign, _SMALL)
    sheet.words(x + _BAR + 10, visible(row.what), _SMALL, room=sheet.width - x - _BAR - 10 - _MARGIN)
    sheet.y += 20


def _share(scale: Scale, score: float) -> float:
    return scale.share(score) if score == score and score else 0.0
