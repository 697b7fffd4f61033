"""What becomes of vectors: how similar each two of them are, or the numbers of a single one."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from operator import mul
from typing import Any

from aleph_alpha._call.checks import describe
from aleph_alpha.errors import InvalidRequestError
from aleph_alpha.views.model import Bars, Block, Figure, Matrix, Panel, Scale, Segment, counted
from aleph_alpha.views.view import View

__all__ = ["of_vectors", "similarity"]

_SHOWN = 100  # vectors: nobody reads a larger table
_NUMBERS = 16  # of a vector that is alone


def similarity(vectors: Iterable[Sequence[float]], labels: Sequence[str] | None = None) -> View:
    """A small heatmap: the cosine of each two vectors, -1 to 1. The first 100 are shown.

    Args:
        vectors: lists or arrays of one length, such as ``response.embedding`` of several responses.
        labels: names of the vectors, in order; numbers from 0 if not given.

    Raises:
        InvalidRequestError: a vector is not one of numbers, they differ in length, or there is not one label for each.

    >>> from aleph_alpha.views import similarity
    >>> print(similarity([[1.0, 0.0], [1.0, 1.0]], ["east", "north-east"]).text(columns=40))
    Similarity of 2 vectors
    opposite -1.00 … 1.00 alike
    Cosine similarity
                     east north-east
    east             1.00       0.71
    north-east       0.71       1.00
    """
    shown = list(vectors)
    names = _names(labels, len(shown))
    numbers = [_floats(one, f"vectors[{index}]") for index, one in enumerate(shown[:_SHOWN])]
    matrix = Matrix("Cosine similarity", names, _cosines(numbers))
    note = f"The first {_SHOWN} of {len(shown):,} vectors" if len(shown) > _SHOWN else ""
    title = f"Similarity of {counted(len(shown), 'vector')}"
    return _view(title, matrix, Scale(1.0, "opposite", "alike", two_digits), note)


def of_vectors(vectors: Sequence[Sequence[float]], labels: Sequence[str] | None) -> View:
    """The view of a response's vectors."""
    if len(vectors) != 1:
        return similarity(vectors, labels)
    vector = _floats(vectors[0][:_NUMBERS], "vectors[0]")
    segments = [Segment(str(index), value) for index, value in enumerate(vector)]
    label = "" if labels is None else _names(labels, 1)[0]
    length = len(vectors[0])
    note = f"The first {_NUMBERS} of {length:,} numbers" if length > _NUMBERS else ""
    title = f"Vector of {counted(length, 'number')}"
    return _view(title, Bars(label, segments), Scale.of(vector, "negative", "positive"), note)


def _view(title: str, block: Block, scale: Scale, note: str) -> View:
    return View(Figure(title, [Panel("", [block])], scale, note=note))


def two_digits(cosine: float) -> str:
    """A cosine, short.

    >>> two_digits(0.125), two_digits(-1.0), two_digits(float("nan"))
    ('0.12', '-1.00', 'NaN')
    """
    return "NaN" if cosine != cosine else f"{cosine:.2f}"


def _names(labels: Sequence[str] | None, count: int) -> list[str]:
    if labels is not None and len(labels) != count:
        raise InvalidRequestError(f"labels must be one for each of the {count} vectors, got {len(labels)}")
    return [*map(str, range(count) if labels is None else labels)][:_SHOWN]


def _floats(vector: Any, name: str) -> list[float]:
    try:
        return list(map(float, vector.tolist() if hasattr(vector, "tolist") else vector))
    except (TypeError, ValueError, OverflowError):
        raise InvalidRequestError(f"{name} must be numbers, got {describe(vector)}") from None


def _cosines(vectors: list[list[float]]) -> list[list[float]]:
    lengths = {len(vector) for vector in vectors}
    if len(lengths) > 1:
        raise InvalidRequestError(f"the vectors have different lengths: {', '.join(map(str, sorted(lengths)))}")
    units = [_unit(vector) for vector in vectors]
    values = [[1.0] * len(units) for _ in units]
    for row, one in enumerate(units):
        for column in range(row + 1):
            cosine = sum(map(mul, one, units[column]))
            values[row][column] = values[column][row] = max(-1.0, min(cosine, 1.0)) if cosine == cosine else math.nan
    return values


def _unit(vector: list[float]) -> list[float]:
    """The vector at length 1; what has no direction becomes NaN."""
    largest = max(map(abs, vector), default=0.0)
    if not largest or not math.isfinite(largest):
        return [math.nan] * max(len(vector), 1)
    scaled = [one / largest for one in vector]  # squares of large numbers would be infinite, of small ones 0
    length = math.hypot(*scaled)
    return [one / length for one in scaled]
