"""A JSON body whose long strings, such as images in base64, become JSON while it is sent.

So each is held once, where it came from, and not a second time in a body that waits for its turn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import orjson

__all__ = ["LongBody"]

_PIECE = 96 * 1024  # characters: what is made of them stays in the processor's cache, and in small memory


class LongBody:
    """JSON in parts: bytes as they are sent, and strings that go between quotes of theirs.

    Iterating gives the bytes to send, any number of times; ``len`` is how many they are.

    Raises:
        TypeError: a string that JSON cannot say.

    >>> bytes(LongBody([b'{"data":"', "An apple", b'"}'])).decode()
    '{"data":"An apple"}'
    """

    __slots__ = ("_parts", "_size")

    def __init__(self, parts: Sequence[bytes | str]) -> None:
        self._parts = parts
        self._size = sum(map(len, self))

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[bytes | memoryview]:
        for part in self._parts:
            if isinstance(part, bytes):
                yield part
            else:
                for start in range(0, len(part), _PIECE):
                    yield memoryview(orjson.dumps(part[start : start + _PIECE]))[1:-1]

    def __bytes__(self) -> bytes:
        return b"".join(self)

    def __repr__(self) -> str:
        return f"<LongBody of {self._size} bytes>"
