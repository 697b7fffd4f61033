"""How similar vectors are, and which are nearest: numpy's matrix products, block by block.

Beside the documents and the result there is memory for a few blocks of 16 MB, so that a million documents are no
more than themselves; a ``numpy.memmap`` stays on the disk.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from aleph_alpha._call.checks import check_field, integer, refuse
from aleph_alpha.embedding.vectors import need_numpy
from aleph_alpha.errors import InvalidRequestError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Nearest", "nearest", "similarity"]

Vectors: TypeAlias = Any
"""One vector or several: an array, lists of numbers, or a response (or a list of responses) of an embedding."""

_BLOCK = 4_000_000  # numbers of float32 in a block


class Nearest(NamedTuple):
    """The documents nearest to a query, the most similar first.

    Attributes:
        indices: of the documents, as int64: of the shape (n,) for one query, (queries, n) for several.
        scores: cosine similarity of each, as float32, in the same shape.
    """

    indices: NDArray[np.int64]
    scores: NDArray[np.float32]


def similarity(queries: Vectors, documents: Vectors) -> NDArray[np.float32]:
    """The cosine similarity of each query with each document, from -1 to 1; 0 with a vector of zeros.

    Args:
        queries: vectors of the shape (queries, numbers), or a single one (numbers,). Arrays, lists, and the responses
            of semantic, batch, instructable and OpenAI-like embeddings.
        documents: likewise, with as many numbers.

    Returns:
        float32 of the shape (queries, documents), without the axis of what was a single vector.

    Raises:
        InvalidRequestError: vectors of different lengths, or numbers that are not finite.
        ImportError: numpy is not installed (extra ``numpy``).

    >>> similarity([1.0, 0.0], [[2.0, 0.0], [1.0, 1.0], [0.0, 0.0]]).round(3).tolist()
    [1.0, 0.7070000171661377, 0.0]
    """
    np = need_numpy()
    left, right, one_query, one_document = _pair(queries, documents)
    result = np.empty((len(left), len(right)), dtype=np.float32)
    for row, of_left in _blocks(left, "queries", _beside(right)):
        for column, of_right in _blocks(right, "documents"):
            part = result[row : row + len(of_left), column : column + len(of_right)]
            np.clip(of_left @ of_right.T, -1.0, 1.0, out=part)
    shape = (() if one_query else (len(left),)) + (() if one_document else (len(right),))
    cosines: NDArray[Any] = result.reshape(shape)
    return cosines


def nearest(query: Vectors, documents: Vectors, n: int = 10) -> Nearest:
    """The documents most similar to a query, or to each of several; of equal ones those that come first.

    Every document is compared: there is no index. A million documents of 128 numbers take a few tenths of a second.

    Args:
        query: as the queries of :func:`similarity`.
        documents: as there.
        n: how many at most, 0 or more.

    Raises:
        InvalidRequestError: `n` is below 0; and as :func:`similarity`.
        ImportError: numpy is not installed (extra ``numpy``).

    >>> found = nearest([1.0, 0.0], [[0.0, 1.0], [1.0, 1.0], [3.0, 0.0]], n=2)
    >>> found.indices.tolist()
    [2, 1]
    """
    np = need_numpy()
    check_field(n, integer, "n")
    if n < 0:
        raise InvalidRequestError(f"n must be 0 or greater, got {n}")
    left, right, one_query, one_document = _pair(query, documents)
    if one_document:
        refuse("documents", "several vectors", documents)
    indices = np.empty((len(left), min(n, len(right))), dtype=np.int64)
    scores = np.empty(indices.shape, dtype=np.float32)
    for row, of_left in _blocks(left, "query", _beside(right)):
        best = [(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32))] * len(of_left)
        for column, of_right in _blocks(right, "documents"):
            products = np.clip(of_left @ of_right.T, -1.0, 1.0)
            best = [_best(np, kept, column, line, n) for kept, line in zip(best, products, strict=True)]
        for at, (found, cosines) in enumerate(best, row):
            indices[at], scores[at] = found, cosines
    return Nearest(indices[0], scores[0]) if one_query else Nearest(indices, scores)


def _best(np: Any, kept: tuple[Any, Any], column: int, line: Any, n: int) -> tuple[Any, Any]:
    """The best of those that were kept and those of a block that begins at a column."""
    least = np.partition(line, -n)[-n] if 0 < n < len(line) else -np.inf  # sort no more than can be among the best
    places = np.flatnonzero(line >= least)
    indices, scores = np.concatenate([kept[0], places + column]), np.concatenate([kept[1], line[places]])
    order = np.argsort(-scores, kind="stable")[:n]
    return indices[order], scores[order]


def _pair(queries: Vectors, documents: Vectors) -> tuple[Any, Any, bool, bool]:
    left, one_query = _rows(queries, "queries")
    right, one_document = _rows(documents, "documents")
    if len(left) and len(right) and left.shape[1] != right.shape[1]:
        sizes = f"{left.shape[1]} and {right.shape[1]}"
        raise InvalidRequestError(f"queries and documents must have vectors of one length, got {sizes} numbers")
    return left, right, one_query, one_document


def _rows(vectors: Vectors, name: str) -> tuple[Any, bool]:
    """The vectors as rows of an array of any kind of number, and whether it was a single one."""
    np = need_numpy()
    given = getattr(vectors, "embeddings", getattr(vectors, "embedding", vectors))
    if isinstance(given, Mapping):
        refuse(name, "vectors; take one of the .embeddings by layer and pooling", vectors)
    if isinstance(given, list | tuple) and given and hasattr(given[0], "embedding"):
        given = [one.embedding for one in given]
    try:
        array = np.asarray(given)
    except ValueError:
        raise InvalidRequestError(f"{name} must have vectors of one length") from None
    if array.size == 0 and array.ndim == 1:
        array = array.astype(np.float32).reshape(0, 0)
    if array.dtype.kind not in "fiu" or array.ndim not in (1, 2):
        refuse(name, "a vector, or a list or array of vectors", vectors)
    return (array[None], True) if array.ndim == 1 else (array, False)


def _beside(rows: Any) -> int:
    """How many rows of others there may be at once, so that the products with a block of these are a block."""
    return max(1, _BLOCK // min(max(1, len(rows)), _size(rows)))


def _size(rows: Any) -> int:
    return max(1, _BLOCK // max(1, int(rows.shape[1])))


def _blocks(rows: Any, name: str, most: int = _BLOCK) -> Iterator[tuple[int, Any]]:
    """The rows as unit vectors of float32, block by block, each with the number of its first row."""
    size = min(most, _size(rows))
    for start in range(0, len(rows), size):
        yield start, _units(rows[start : start + size], start, name)


def _units(rows: Any, start: int, name: str) -> Any:
    np = need_numpy()
    block = rows.astype(np.float64 if rows.dtype.itemsize > 4 else np.float32)
    # First by the largest number, so that no square is too large or too small for float32.
    largest = np.abs(block).max(axis=1, keepdims=True, initial=0)
    finite = np.isfinite(largest)
    if not finite.all():
        raise InvalidRequestError(f"{name}[{start + int(finite.argmin())}] has NaN or infinity in it")
    block /= np.where(largest > 0, largest, 1)
    units = block.astype(np.float32, copy=False)
    lengths = np.sqrt(np.einsum("ij,ij->i", units, units))[:, None]
    units /= np.where(lengths > 0, lengths, 1)
    return units
