"""Cuts a text into disjoint segments, at the boundaries of the scores on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import fsum, isfinite

from aleph_alpha.views.model import Segment

__all__ = ["cut", "mean"]

Range = tuple[int, int, float]


def mean(scores: Sequence[float]) -> float:
    """The mean; of infinities and what is not a number as Python adds them."""
    if not all(map(isfinite, scores)):
        return sum(scores) / len(scores)
    try:
        return fsum(scores) / len(scores)
    except OverflowError:  # of the sum: the mean of finite numbers is finite
        from fractions import Fraction

        return float(sum(map(Fraction, scores)) / len(scores))


def cut(text: str, ranges: Sequence[Range], combine: Callable[[Sequence[float]], float] = mean) -> list[Segment]:
    """Segments that are the text, in order, each with the scores on it combined; ``None`` where there are none.

    Args:
        text: the text.
        ranges: start, length and score of each; what lies outside the text is left out.
        combine: makes one score for characters that several ranges cover.

    >>> [(segment.text, segment.score) for segment in cut("abcdef", [(0, 4, 1.0), (2, 3, 3.0)])]
    [('ab', 1.0), ('cd', 2.0), ('e', 3.0), ('f', None)]
    """
    in_order = _in_order(text, ranges)
    return _overlapping(text, ranges, combine) if in_order is None else in_order


def _in_order(text: str, ranges: Sequence[Range]) -> list[Segment] | None:
    """The segments of ranges as servers send them, one after the other; ``None`` for any others."""
    segments = []
    at, size = 0, len(text)
    for start, length, score in ranges:
        end = start + length
        if start < at or length <= 0 or end > size:
            return None
        if at < start:
            segments.append(Segment(text[at:start]))
        segments.append(Segment(text[start:end], score))
        at = end
    if at < size:
        segments.append(Segment(text[at:]))
    return segments


def _overlapping(text: str, ranges: Sequence[Range], combine: Callable[[Sequence[float]], float]) -> list[Segment]:
    size = len(text)
    inside = [(max(start, 0), min(start + length, size), score) for start, length, score in ranges]
    inside = sorted((one for one in inside if one[0] < one[1]), key=lambda one: one[:2])
    edges = sorted({0, size, *(edge for start, end, _ in inside for edge in (start, end))})
    segments = []
    active: list[Range] = []
    upcoming = 0
    for start, end in pairwise(edges):
        active = [one for one in active if one[1] > start]
        while upcoming < len(inside) and inside[upcoming][0] <= start:
            active.append(inside[upcoming])
            upcoming += 1
        segments.append(Segment(text[start:end], combine([one[2] for one in active]) if active else None))
    return segments
