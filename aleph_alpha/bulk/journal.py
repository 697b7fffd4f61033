"""What a shard has done so far: append-only files of checksummed records, each synced before its rows count.

Each attempt at a shard has a file of its own, a segment, and the last attempt is the one that counts: when it
begins it gives the segments of those before another name, and whoever still writes to one of them stops. So
an engine may start a shard again while a worker that it has lost sight of goes on.

A record is Arrow data (an IPC stream), so that it can be read without the others. Whatever a kill or a
power cut leaves of the last one does not pass its checksum, and is not there.
"""

from __future__ import annotations

import contextlib
import os
import re
import struct
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from enum import IntEnum
from pathlib import Path

import pyarrow as pa

from aleph_alpha.bulk.disk import sync_folder

__all__ = ["Kind", "Segment", "is_settled", "read_segment", "segments_of", "settle", "take_over"]

_NAME = re.compile(r"(\d+)-(\w+)\.segment")  # shard, attempt; an x after it: a later one has taken over

_HEAD = struct.Struct("<4sBQI")  # magic, kind, length, checksum of kind, length and payload
_MAGIC = b"AAJ1"
_LONGEST = 1 << 32  # bytes; a length beyond that is rubbish


class Kind(IntEnum):
    """What the rows of a record are."""

    DONE = 1
    FAILED = 2


def segments_of(run: Path) -> dict[int, list[Path]]:
    """The segments of a run by the number of their shard, oldest first."""
    found: dict[int, list[Path]] = defaultdict(list)
    for file in sorted(run.iterdir()):
        if match := _NAME.fullmatch(file.name):
            found[int(match[1])].append(file)
    return found


def take_over(run: Path, shard: int) -> tuple[Segment, list[Path]]:
    """Begin an attempt at a shard: its segment, and those of all attempts before, which are stopped.

    Raises:
        OSError: the journal cannot be written.
    """
    attempt = 1 + len(segments_of(run).get(shard, []))
    while True:
        try:
            segment = Segment(run / f"{shard:06d}-{attempt:04d}.segment")
            break
        except FileExistsError:
            attempt += 1
    before = []
    for file in segments_of(run).get(shard, []):
        if file.name >= segment.path.name:
            continue  # itself; or a later attempt has begun in the meantime, and will stop this one
        if not file.stem.endswith("x"):
            taken = file.with_name(f"{file.stem}x.segment")
            with contextlib.suppress(FileNotFoundError):
                file.rename(taken)
            file = taken
        before.append(file)
    return segment, before


def settle(run: Path, shard: int) -> None:
    """Remove the segments of a shard whose rows have got their place, and leave a mark of that."""
    (run / f"{shard:06d}.settled").touch()
    for segment in segments_of(run).get(shard, []):
        segment.unlink(missing_ok=True)


def is_settled(run: Path, shard: int) -> bool:
    """Whether the rows of a shard have got their place: an engine that starts it again is late."""
    return (run / f"{shard:06d}.settled").exists()


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
        """Whether the file still has its name: when a later attempt or run has taken over, it has not."""
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
