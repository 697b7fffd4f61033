"""Keys as 128-bit numbers in one array: 16 bytes a key, however long the keys themselves are.

Whole numbers are themselves. Of anything else it is the BLAKE2b hash: that two of 10 million keys
share one has a probability of 10^-25.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from aleph_alpha.bulk.errors import KeyColumnError

__all__ = ["Hashes", "KeySet", "Marks", "as_keys", "hash_keys", "key_kind", "key_type"]

Hashes = NDArray[np.bytes_]

_SIZE = 16
_DTYPE = np.dtype(f"S{_SIZE}")  # numpy sorts and compares these natively
_BLOCK = 1 << 16  # keys by which a set grows, and that are looked through at once


def key_kind(column: str, kind: pa.DataType) -> str:
    """``"int"`` or ``"string"``, the kinds of keys that there are.

    Raises:
        KeyColumnError: the column is of another type.
    """
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if pa.types.is_integer(kind):
        return "int"
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return "string"
    raise KeyColumnError(f"the key column {column!r} is of type {kind}; keys must be whole numbers or strings")


def key_type(kinds: Iterable[pa.DataType]) -> pa.DataType:
    """The type that keys have in the results, of the types that they have in the input.

    >>> key_type([pa.int32()]), key_type([pa.int32(), pa.uint8()]), key_type([pa.dictionary(pa.int8(), pa.string())])
    (DataType(int32), DataType(int64), DataType(string))
    """
    plain = {kind.value_type if pa.types.is_dictionary(kind) else kind for kind in kinds}
    plain = {pa.string() if kind == pa.string_view() else kind for kind in plain}
    if len(plain) == 1:
        return plain.pop()
    if pa.large_string() in plain:
        return pa.large_string()
    return pa.uint64() if pa.uint64() in plain else pa.int64()


def as_keys(column: str, keys: Any, kind: pa.DataType) -> Any:
    """Keys with the type that they have in the results.

    Raises:
        KeyColumnError: one does not fit.
    """
    if keys.type == kind:
        return keys
    if pa.types.is_dictionary(keys.type):
        keys = keys.dictionary_decode()
    try:
        return keys.cast(kind)
    except pa.ArrowInvalid as error:
        raise KeyColumnError(
            f"the key column {column!r} is of type {keys.type}, in the results it is of type {kind}, "
            f"and not all keys fit into that ({error}): use another output folder"
        ) from error


def hash_keys(keys: Any) -> Hashes:
    """The 128-bit numbers of a pyarrow array of keys without nulls.

    >>> hash_keys(pa.array([1, 2])) == hash_keys(pa.array([1, 3], pa.int32()))
    array([ True, False])
    >>> hash_keys(pa.array(["a"])) == hash_keys(pa.array(["a"], pa.large_string()))
    array([ True])
    """
    if pa.types.is_dictionary(keys.type):
        keys = keys.dictionary_decode()
    if pa.types.is_integer(keys.type):
        wide = np.zeros((len(keys), 2), dtype=">u8")  # so numbers that follow each other are looked up side by side
        numbers = keys.to_numpy(zero_copy_only=False)
        if pa.types.is_signed_integer(keys.type):
            wide[:, 0] = numbers >> 63  # all ones for those below 0, so that none is like one above 2^63
            wide[:, 1] = numbers.astype(">i8")
        else:
            wide[:, 1] = numbers.astype(">u8")
        return wide.view(_DTYPE).reshape(-1)
    digests = [blake2b(key.encode(), digest_size=_SIZE).digest() for key in keys.to_pylist()]
    return np.frombuffer(b"".join(digests), dtype=_DTYPE)


class Marks:
    """A bit for each key of a set."""

    def __init__(self, count: int) -> None:
        self._bits = np.zeros((count + 7) // 8, dtype=np.uint8)

    def set(self, places: NDArray[np.intp]) -> None:
        """Mark the keys at these places."""
        np.bitwise_or.at(self._bits, places >> 3, (1 << (places & 7)).astype(np.uint8))

    def claim(self, places: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Mark the keys at these places; for each, whether it had no mark, the first time that it is named.

        >>> marks = Marks(9)
        >>> marks.claim(np.array([8, 2, 8])).tolist(), marks.claim(np.array([2, 3])).tolist()
        ([True, True, False], [False, True])
        """
        is_new: NDArray[np.bool_] = np.zeros(len(places), dtype=bool)
        is_new[np.unique(places, return_index=True)[1]] = True
        is_new &= (self._bits[places >> 3] >> (places & 7) & 1) == 0
        self.set(places)
        return is_new

    def add(self, other: Marks) -> None:
        """Mark what another one marks, too."""
        self._bits |= other._bits

    def of(self, start: int, count: int) -> NDArray[np.bool_]:
        """The marks of some keys; `start` is a multiple of 8."""
        return np.unpackbits(self._bits[start >> 3 :], count=count, bitorder="little").astype(bool)

    def count(self) -> int:
        """How many are marked."""
        step = 1 << 16
        return sum(int(np.unpackbits(self._bits[at : at + step]).sum()) for at in range(0, len(self._bits), step))


class KeySet:
    """A set of keys: added first, then :meth:`sort`-ed, then asked.

    >>> keys = KeySet()
    >>> keys.add(hash_keys(pa.array([5, 3, 5])))
    >>> keys.sort()
    >>> keys.contains(hash_keys(pa.array([3, 4]))).tolist(), len(keys.repeated(10))
    ([True, False], 1)
    """

    def __init__(self) -> None:
        self._array: Hashes = np.empty(0, dtype=_DTYPE)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, hashes: Hashes) -> None:
        """Add keys."""
        end = self._count + len(hashes)
        if end > len(self._array):  # grown where it is: the system moves pages, nothing is copied or held twice
            self._array.resize(max(end, len(self._array) + _BLOCK), refcheck=False)
        self._array[self._count : end] = hashes
        self._count = end

    def sort(self) -> None:
        """Make ready to be asked; keys may be added again, but for another sort."""
        self._array.resize(self._count, refcheck=False)
        self._array.sort()

    def contains(self, hashes: Hashes) -> NDArray[np.bool_]:
        """For each key, whether it is in the set."""
        return self.find(hashes)[0]

    def places(self, hashes: Hashes) -> NDArray[np.intp]:
        """Where in the set these keys are, those of them that are in it."""
        return self.find(hashes)[1]

    def find(self, hashes: Hashes) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
        """For each key, whether it is in the set; and where in it those are that are."""
        if not self._count:
            return np.zeros(len(hashes), dtype=bool), np.zeros(0, dtype=np.intp)
        places = np.searchsorted(self._array, hashes)
        places[places == self._count] = 0
        found: NDArray[np.bool_] = self._array[places] == hashes
        return found, places[found]

    def remove(self, marks: Marks) -> None:
        """Take the keys out that were marked, in place."""
        kept = 0
        for start in range(0, self._count, _BLOCK):
            block = self._array[start : start + _BLOCK]
            left = block[~marks.of(start, len(block))]
            self._array[kept : kept + len(left)] = left
            kept += len(left)
        self._count = kept
        self._array.resize(kept, refcheck=False)

    def repeated(self, most: int) -> Hashes:
        """Keys that were added more than once, at most so many of them."""
        found: list[Any] = []
        for start in range(0, self._count, _BLOCK):  # in pieces: a mask of all would be a further byte a key
            piece = self._array[start : start + _BLOCK + 1]
            found.extend(piece[1:][piece[1:] == piece[:-1]][: most + 1].tolist())
            if len(set(found)) >= most:
                break
        return np.unique(np.array(found, dtype=_DTYPE))[:most]
