"""What a shard has done so far: an append-only file of checksummed records, each synced before its rows count.

A record is Arrow data (an IPC stream), so that it can be read without the others. Whatever a kill or a
power cut leaves of the last one does not pass its checksum, and is not there.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterable, Iterator
from enum import IntEnum
from pathlib import Path

import pyarrow as pa

from aleph_alpha.bulk.disk import sync_folder

__all__ = ["Kind", "Segment", "read_segment"]

_HEAD = struct.Struct("<4sBQI")  # magic, kind, length, checksum of kind, length and payload
_MAGIC = b"AAJ1"
_LONGEST = 1 << 32  # bytes; a length beyond that is rubbish


class Kind(IntEnum):
    """What the rows of a record are."""

    DONE = 1
    FAILED = 2


class Segment:
    """A file that one attempt at a shard appends to.

    After a write that failed it takes no more: what is behind a torn record is not read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o644)
        sync_folder(path.parent)
        self._broken = False

    def append(self, batches: Iterable[tuple[Kind, pa.RecordBatch]]) -> None:
        """Write the rows, and return when they are durable.

        Raises:
            OSError: they may not be.
        """
        if self._broken:
            raise OSError(f"{self.path} broke off at an earlier write")
        self._broken = True
        for kind, batch in batches:
            payload = _encoded(batch)
            length = sum(len(piece) for piece in payload)
            head = _HEAD.pack(_MAGIC, kind, length, _checksum(kind, *payload))
            for piece in (head, *payload):
                left = memoryview(piece)
                while left:
                    left = left[os.write(self._file, left) :]
        os.fsync(self._file)
        self._broken = False

    @property
    def is_wanted(self) -> bool:
        """Whether the file is still in its folder: when a later run has taken over, it is not."""
        return self.path.exists()

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)


def read_segment(path: Path) -> Iterator[tuple[Kind, pa.RecordBatch]]:
    """The whole records of a segment, up to the first that is torn."""
    with path.open("rb") as file:
        while len(head := file.read(_HEAD.size)) == _HEAD.size:
            magic, kind, length, checksum = _HEAD.unpack(head)
            if magic != _MAGIC or length > _LONGEST or kind not in Kind.__members__.values():
                return
            payload = file.read(length)
            if len(payload) < length or _checksum(kind, payload) != checksum:
                return
            with pa.ipc.open_stream(payload) as stream:
                for batch in stream:
                    yield Kind(kind), batch


def _checksum(kind: int, *payload: memoryview | bytes) -> int:
    checksum = zlib.crc32(struct.pack("<BQ", kind, sum(len(piece) for piece in payload)))
    for piece in payload:
        checksum = zlib.crc32(piece, checksum)
    return checksum


def _encoded(batch: pa.RecordBatch) -> tuple[memoryview, memoryview]:
    """An IPC stream of one batch, in two pieces: nothing is copied more than once."""
    return memoryview(batch.schema.serialize()), memoryview(batch.serialize())
