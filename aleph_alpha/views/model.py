"""What is to be seen, before any renderer: text as disjoint segments, images as tiles, one scale for all.

    builders (explanation, probabilities, prompt, matrix, bars)  ──►  Figure  ──►  renderers (html, terminal, text,
                                                                                    drawing ──► svg, png)

A renderer decides nothing about scores: which of the marks a score gets is the scale's, which of them
are listed and ranked is the figure's. Text is raw here and is escaped in the last step of each renderer.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import nsmallest
from typing import NamedTuple, TypeAlias

__all__ = [
    "LEVELS",
    "MARKS",
    "Bars",
    "Block",
    "Figure",
    "ImageBlock",
    "Matrix",
    "Panel",
    "Row",
    "Scale",
    "Segment",
    "TextBlock",
    "Tile",
    "counted",
    "level",
    "number",
]

LEVELS = 9
"""Steps of a colour on each side of zero; single digits, so that a step can be written into a tile."""

MARKS = (
    *(f"n{step}" for step in range(LEVELS, 0, -1)),
    "z",
    *(f"p{step}" for step in range(1, LEVELS + 1)),
    "x",
)
"""What a score can look like: nine steps below zero, zero, nine above, not a number. ``""``: no score."""

_UP = MARKS[LEVELS + 1 : -1]
_DOWN = MARKS[:LEVELS][::-1]


def level(mark: str) -> int:
    """The step of a mark with its sign; 0 for what has none."""
    return int(mark[1:]) * (1 if mark[0] == "p" else -1) if len(mark) == 2 else 0


def number(score: float) -> str:
    """A score with its sign, to three digits.

    >>> number(-0.12345), number(0.0), number(float("inf")), number(float("nan"))
    ('-0.123', '0', '+∞', 'NaN')
    """
    if score != score:
        return "NaN"
    if math.isinf(score):
        return "+∞" if score > 0 else "-∞"
    return f"{score:+.3g}" if score else "0"


def counted(count: int, noun: str) -> str:
    """A number of things.

    >>> counted(1, "vector"), counted(2000, "vector")
    ('1 vector', '2,000 vectors')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


class Segment(NamedTuple):
    """A run of characters with one score, or without; segments of a text do not overlap and leave no gap.

    `note` is what else there is to say of it, such as other tokens that were likely. `focus` is what
    a panel is about: the token that is explained.
    """

    text: str
    score: float | None = None
    note: str = ""
    focus: bool = False


class Tile(NamedTuple):
    """A rectangle of an image, in shares of its width and height (0 to 1), with its score."""

    left: float
    top: float
    width: float
    height: float
    score: float


@dataclass(frozen=True)
class TextBlock:
    """A text, cut into segments.

    `role` tells prompt from target. `label` names the text to the reader. `known` is False where
    segments hold names of parts ("token 3"), because the text itself is not at hand.
    """

    label: str
    segments: Sequence[Segment]
    role: str = "prompt"
    known: bool = True


@dataclass(frozen=True)
class ImageBlock:
    """An image with tiles on it. `source` is its file, in base64, and `size` its pixels: None if it is not readable."""

    label: str
    source: str | None
    size: tuple[int, int] | None
    tiles: Sequence[Tile] = ()
    cropping: Tile | None = None


@dataclass(frozen=True)
class Matrix:
    """Numbers between each two of some things; `values` has a row and a column for each label."""

    label: str
    labels: Sequence[str]
    values: Sequence[Sequence[float]]


@dataclass(frozen=True)
class Bars:
    """One bar for each of some things, in the order that they are given in."""

    label: str
    segments: Sequence[Segment]


Block: TypeAlias = TextBlock | ImageBlock | Matrix | Bars


class Row(NamedTuple):
    """A score with its place, for tables: `where` is the block's label, `what` the text or the name of the tile."""

    where: str
    what: str
    score: float
    note: str


@dataclass(frozen=True)
class Panel:
    """What belongs to one target. `name` is the target's text, "" where there is only one panel."""

    name: str
    blocks: Sequence[Block]

    @cached_property
    def rows(self) -> list[Row]:
        """All scores, in the order of the blocks; matrices are tables by themselves."""
        return list(self._rows())

    def _rows(self) -> Iterator[Row]:
        for block in self.blocks:
            if isinstance(block, TextBlock | Bars):
                for text, score, note, _ in block.segments:
                    if score is not None:
                        yield Row(block.label, text, score, note)
            elif isinstance(block, ImageBlock):
                for name, tile in zip(_tile_names(block.tiles), block.tiles, strict=True):
                    yield Row(block.label, name, tile.score, "")

    def top(self, n: int) -> list[Row]:
        """The `n` rows that are furthest from zero; equal ones in their order.

        What is not a number, or zero, is not among them.
        """
        comparable = [row for row in self.rows if row.score == row.score and row.score]
        return nsmallest(n, comparable, key=lambda row: -abs(row.score))


def _tile_names(tiles: Sequence[Tile]) -> list[str]:
    """Where each tile is, by rows and columns from 1."""
    down = {top: index for index, top in enumerate(sorted({tile.top for tile in tiles}), 1)}
    across = {left: index for index, left in enumerate(sorted({tile.left for tile in tiles}), 1)}
    return [f"row {down[tile.top]}, column {across[tile.left]}" for tile in tiles]


class Forms(dict[float, str]):
    """Scores and how they are written; what is not in it yet is written when it is asked for."""

    def __init__(self, form: Callable[[float], str]) -> None:
        super().__init__()
        self._form = form

    def __missing__(self, score: float) -> str:
        text = self[score] = self._form(score)
        return text


@dataclass(frozen=True)
class Scale:
    """Zero in the middle, the same distance to both sides, for everything in a figure.

    `bound` is the largest finite distance from zero, 0 where no score has a sign. `low` and `high`
    say what the sides mean; without `low` there is only the upper one. `form` writes a score.
    """

    bound: float
    low: str
    high: str
    form: Callable[[float], str] = number

    @classmethod
    def of(cls, scores: Sequence[float], low: str, high: str, form: Callable[[float], str] = number) -> Scale:
        """The scale that the scores need; 1 is the bound of those that are infinite or 0."""
        bound = max(map(abs, filter(math.isfinite, scores)), default=0.0)
        return cls(bound or float(any(map(math.isinf, scores))), low, high, form)

    def mark(self, score: float | None) -> str:
        """One of ``MARKS``. Only zero is in the middle: whatever has a sign has at least one step.

        >>> scale = Scale(2.0, "less", "more")
        >>> [scale.mark(score) for score in (2.0, 1.9, -1.0, 1e-300, -0.0, float("-inf"), float("nan"), None)]
        ['p9', 'p9', 'n5', 'p1', 'z', 'n9', 'x', '']
        """
        if score is None:
            return ""
        if score != score:
            return "x"
        if not score:
            return "z"
        return _UP[bisect_left(self._edges, score)] if score > 0 else _DOWN[bisect_left(self._edges, -score)]

    @cached_property
    def _edges(self) -> list[float]:
        """The largest score of each step but the last: below the bound, where steps are too small to be told apart."""
        below = math.nextafter(self.bound, 0.0)
        return [min(self.bound * (step / LEVELS), below) for step in range(1, LEVELS)]

    def share(self, score: float) -> float:
        """Where a score is between the ends, -1 to 1."""
        return max(-1.0, min(score / self.bound, 1.0)) if self.bound else math.copysign(1.0, score)

    def style(self, segment: Segment) -> str:
        """The mark of a segment, or ``"e"`` for the one that a panel is about."""
        return "e" if segment.focus else self.mark(segment.score)

    @cached_property
    def forms(self) -> Forms:
        """The scores that were written so far: pages hold each of thousands twice."""
        return Forms(self.form)

    @property
    def legend(self) -> list[tuple[str, str]]:
        """Marks with their scores, from the lowest to the highest."""
        steps = [mark for mark in MARKS[:-1] if self.low or level(mark) >= 0]
        return [(mark, self.form(self.bound * level(mark) / LEVELS)) for mark in steps]


@dataclass(frozen=True)
class Figure:
    """All that one view shows. `note` is a remark on what is left out; `top` how many rows stand beside each panel."""

    title: str
    panels: Sequence[Panel]
    scale: Scale
    top: int = 0
    note: str = ""

    @property
    def scored(self) -> bool:
        """Whether there is anything that a scale would be for."""
        return any(panel.rows or any(isinstance(block, Matrix) for block in panel.blocks) for panel in self.panels)
