"""Embedding vectors out of response bodies, past the generated models.

These are fast paths: they take the bodies that servers send and decline, by returning ``None``,
whatever is unusual in any way. The generated models then decide what it is and word the error.

JSON to float32, 100 vectors of 5,120 numbers (5.3 MB), against ``json.loads`` alone: simdjson's
buffers 4.6 times as fast, orjson packed by ``struct`` 1.9, orjson through ``numpy.array`` 1.7,
msgspec through ``numpy.array`` 1.8; lists by orjson 2.7. So arrays are read with simdjson where it
is installed (the extra ``numpy`` brings it, where it has wheels), else with orjson and ``struct``.
"""

from __future__ import annotations

import struct
import weakref
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from aleph_alpha._optional import decode, need
from aleph_alpha.errors import ResponseError

if TYPE_CHECKING:
    import numpy as np
    import simdjson
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[np.float32]

__all__ = ["ArrayReader", "array_of", "array_reader", "base64_bytes", "from_base64", "need_numpy", "read_lists"]

_BOM = b"\xef\xbb\xbf"  # simdjson passes over it; no JSON library else does


def need_numpy() -> Any:
    """numpy, imported.

    Raises:
        ImportError: it is not installed.
    """
    return need("numpy", "numpy", what="embeddings as arrays")


def read_lists(body: bytes, key: str) -> dict[str, Any] | None:
    """The body decoded, if `key` of it is a list of lists that hold numbers only."""
    import orjson

    # Without a quote or a brace, what lies between the first and the last bracket is one value. Then null,
    # true and false would show by a letter that no number has, and deeper lists by their number.
    start, end = body.find(b"["), body.rfind(b"]")
    if any(body.find(sign, start, end) >= 0 for sign in (b'"', b"{", b"u", b"a")):
        return None
    try:
        decoded = orjson.loads(body)
        rows = decoded[key]
    except (ValueError, TypeError, KeyError):
        return None
    if type(decoded) is not dict or type(rows) is not list or any(type(row) is not list for row in rows):
        return None
    lists, at = 0, start
    while at >= 0:  # faster than bytes.count where there are few
        lists, at = lists + 1, body.find(b"[", at + 1)
    return decoded if lists == len(rows) + 1 else None


class ArrayReader:
    """Reads the vectors of one job's responses, each into one array.

    It keeps the memory of the JSON parser, three times the largest body, until the job is over:
    getting that anew for each response takes two fifths of the time of a job. For any number of threads.

    Raises:
        ImportError: numpy is not installed.
    """

    def __init__(self) -> None:
        need_numpy()
        self._idle: list[Any] = []  # parsers that no thread uses at the moment

    def read(self, body: bytes, key: str) -> tuple[dict[str, Any], Array] | None:
        """The plain members of the body and, as one array, the list of lists of numbers at `key` of it."""
        try:
            import simdjson
        except ImportError:
            return None
        if body.startswith(_BOM):
            return None
        try:
            parser = self._idle.pop()
        except IndexError:
            parser = simdjson.Parser()
        try:
            return _read_array(parser, body, key)
        finally:  # nothing of the document is left, which the parser would mind
            self._idle.append(parser)


def array_reader() -> ArrayReader:
    """The reader of whatever is being read now, or a new one: calls side by side share the memory of its parsers.

    It is gone with the last call that holds it.

    Raises:
        ImportError: numpy is not installed.
    """
    global _current
    reader = None if _current is None else _current()
    if reader is None:
        reader = ArrayReader()
        _current = weakref.ref(reader)
    return reader


_current: weakref.ref[ArrayReader] | None = None


def _read_array(parser: simdjson.Parser, body: bytes, key: str) -> tuple[dict[str, Any], Array] | None:
    import simdjson

    np = need_numpy()
    try:
        document = parser.parse(body)
        if not isinstance(document, simdjson.Object):
            return None
        names = list(document.keys())
        rows = document[key]
        if not isinstance(rows, simdjson.Array):
            return None
        sizes = {len(row) if isinstance(row, simdjson.Array) else -1 for row in rows}
        if len(sizes) != 1 or len(set(names)) != len(names) or _brackets(body) != len(rows) + 1:
            return None  # ragged, a member twice, or lists in lists, which the buffer would flatten
        numbers = np.frombuffer(rows.as_buffer(of_type="d"), dtype=np.float64)
        members = {name: document[name] for name in names if name != key}
    except (ValueError, TypeError, KeyError, RuntimeError):
        return None
    plain = all(isinstance(value, str | int | float | None) for value in members.values())
    if not plain or numbers.size != len(rows) * sizes.pop():
        return None
    with np.errstate(over="ignore"):
        array = numbers.reshape(len(rows), -1).astype(np.float32)
    return (members, array) if np.isfinite(array).all() else None


def _brackets(body: bytes) -> int:
    """How many ``[`` there are; a third of the time of ``bytes.count``, in pieces that stay in the cache."""
    np = need_numpy()
    view, size = np.frombuffer(body, dtype=np.uint8), 1 << 16
    return sum(int(np.count_nonzero(view[at : at + size] == ord("["))) for at in range(0, len(body), size))


def array_of(rows: Sequence[Sequence[float]], path: str) -> Array:
    """One float32 array of the shape (rows, numbers in a row).

    Raises:
        ResponseError: rows differ in length, or a number is too large for float32; `path` is
            where the rows were, and the error's says which of them.

    >>> array_of([[1.0, 2.5], [0.25, -1.0]], "embeddings").tolist()
    [[1.0, 2.5], [0.25, -1.0]]
    """
    np = need_numpy()
    size = len(rows[0]) if rows else 0
    array: Array = np.empty((len(rows), size), dtype=np.float32)
    pack = struct.Struct(f"={size}f").pack  # converts a list twice as fast as numpy does
    for index, row in enumerate(rows):
        if len(row) != size:
            raise _ragged(f"{path}[{index}]", len(row), size)
        if isinstance(row, np.ndarray):
            array[index] = row
            continue
        try:
            array[index] = np.frombuffer(pack(*row), dtype=np.float32)
        except OverflowError:
            where = f"{path}[{index}]"
            raise ResponseError(f"{where} has a number that is too large for float32", path=where) from None
    return array


def from_base64(texts: Sequence[str], path: Callable[[int], str]) -> Array:
    """One float32 array of the vectors that little-endian float32 numbers in base64 are, a row each.

    Raises:
        ResponseError: one is not base64, not whole numbers of four bytes, has NaN or infinity in it,
            or has another length than the first; `path` of its index is where it was.

    >>> from_base64(["AACAPwAAIMA=", "AAAAPwAAAEA="], "data[{}].embedding".format).tolist()
    [[1.0, -2.5], [0.5, 2.0]]
    """
    np = need_numpy()
    array: Array = np.empty((0, 0), dtype=np.float32)
    for index, text in enumerate(texts):
        data = base64_bytes(text, path(index))
        if index == 0:
            array = np.empty((len(texts), len(data) // 4), dtype=np.float32)
        elif len(data) != 4 * array.shape[1]:
            raise _ragged(path(index), len(data) // 4, array.shape[1])
        array[index] = np.frombuffer(data, dtype="<f4")
    if not np.isfinite(array).all():
        where = path(int(np.isfinite(array).all(axis=1).argmin()))
        raise ResponseError(f"{where} has NaN or infinity in it", path=where)
    return array


def base64_bytes(text: str, path: str) -> bytes:
    """The bytes of float32 numbers in base64; the numbers are not looked at.

    Raises:
        ResponseError: it is not base64, or not whole numbers of four bytes.
    """
    try:
        data = decode(text)
    except ValueError as error:  # no base64, or letters that are not ASCII
        raise ResponseError(f"{path} is not base64: {error}", path=path) from None
    if len(data) % 4:
        raise ResponseError(f"{path} has {len(data)} bytes, not a multiple of 4", path=path)
    return data


def _ragged(where: str, size: int, first: int) -> ResponseError:
    return ResponseError(f"{where} has {size} numbers, the first has {first}", path=where)
