"""Attention controls: from characters, areas and token indexes to one factor a token.

A token that a control covers in part gets `1 + (factor - 1) * share` (`partial`) or the whole factor (`complete`).
Several controls on one token multiply.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aleph_alpha.testing.server.model.bpe import Encoded
from aleph_alpha.testing.server.model.language_model import LARGEST_GAIN
from aleph_alpha.testing.server.model.ngrams import Vector
from aleph_alpha.testing.server.problems import Rule, invalid

TILES = 12
"""An image is 12 x 12 tokens."""


def covered(factor: float, share: float, overlap: str) -> float:
    """The factor for a token of which a share, 0 to 1, is covered."""
    if share <= 0:
        return 1.0
    return factor if overlap == "complete" else 1.0 + (factor - 1.0) * share


def range_factors(encoded: Encoded, start: int, length: int, factor: float, overlap: str) -> Vector:
    """Factors that a control of a range of characters gives the tokens of a text."""
    end = start + length
    factors = np.ones(len(encoded.spans))
    for index, (first, last) in enumerate(encoded.spans):
        if first == last:  # only white space: covered where the range reaches over it
            share = 1.0 if start <= first < end else 0.0
        else:
            share = max(0, min(last, end) - max(first, start)) / (last - first)
        factors[index] = covered(factor, share, overlap)
    return factors


def index_factors(length: int, index: int, factor: float) -> Vector:
    """The factor for one token of an item, 1 for the others."""
    factors = np.ones(length)
    factors[index] = factor
    return factors


def tile_factors(
    rect: Mapping[str, float], crop: tuple[float, float, float, float], factor: float, overlap: str
) -> Vector:
    """Factors that a rectangle gives the tiles of an image.

    `rect` is in parts of the whole image; `crop` is left, top, width and height of what the model sees, in the same
    parts.
    """
    left, top, width, height = crop
    down = [_share(rect["top"], rect["height"], top + height * i / TILES, height / TILES) for i in range(TILES)]
    across = [_share(rect["left"], rect["width"], left + width * i / TILES, width / TILES) for i in range(TILES)]
    return np.array([covered(factor, row * column, overlap) for row in down for column in across])


def _share(start: float, length: float, tile_start: float, tile_length: float) -> float:
    shared = min(start + length, tile_start + tile_length) - max(start, tile_start)
    # Corners of tiles are rarely exact in binary; without this a tile is covered by its neighbour's 1e-16.
    return round(min(1.0, max(0.0, shared) / tile_length), 9)


def factor_of(control: Mapping[str, Any], pointer: str) -> float:
    """The factor of a control, which must not be negative."""
    factor = float(control["factor"])
    if factor < 0:
        message = f"{factor} is negative; 0 suppresses, 1 changes nothing."
        raise invalid(f"{pointer}/factor", message, Rule.CONTROL_FACTOR)
    return factor


def multiply(parts: Iterable[Vector], length: int) -> Vector:
    """Element-wise product of factors, cut off at the largest gain."""
    result = np.ones(length)
    for part in parts:
        # Cut off at each step: a factor of 0 has to win over factors that would be infinite together.
        result = np.minimum(result * np.minimum(part, LARGEST_GAIN), LARGEST_GAIN)
    return result


def spread(factors: Vector, similarity: NDArray[np.floating[Any]], threshold: float) -> Vector:
    """Gives each token without a control the factor of the most similar token that has one, from a threshold on."""
    controlled = np.flatnonzero(factors != 1.0)
    if not len(controlled):
        return factors
    to_controlled = similarity[:, controlled]
    nearest = controlled[to_controlled.argmax(axis=1)]
    spreads = (factors == 1.0) & (to_controlled.max(axis=1) >= np.float64(threshold))
    return np.where(spreads, factors[nearest], factors)
