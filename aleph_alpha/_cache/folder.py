"""A folder of responses: one SQLite file in it, bytes in and bytes out.

SQLite, which Python brings, and no package for caches: diskcache has had no release since 2023 and unpickles what
others may have written into the folder; LMDB maps its file into memory, and one that was cut off ends the process.
Here nothing but bytes is stored, a damaged file is an empty one, and processes and threads can share the folder. Every
use opens the file and closes it (a quarter of a millisecond), so that nothing is left open and forks share nothing.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

__all__ = ["FolderCache"]

T = TypeVar("T")

FILE = "responses-1.sqlite3"  # with the version of the table
_MOST = 1 << 30  # bytes; the oldest are dropped beyond that
_PATIENCE = 1.0  # seconds to wait for another process that writes

_TABLE = "CREATE TABLE IF NOT EXISTS responses (key TEXT PRIMARY KEY, body BLOB NOT NULL, sum INTEGER NOT NULL)"
_GET = "SELECT body, sum FROM responses WHERE key = ?"
_SET = "INSERT OR REPLACE INTO responses VALUES (?, ?, ?)"
_SIZE = (
    "SELECT (page_count - freelist_count) * page_size "
    "FROM pragma_page_count(), pragma_freelist_count(), pragma_page_size()"
)
_DROP = "DELETE FROM responses WHERE rowid IN (SELECT rowid FROM responses ORDER BY rowid LIMIT 1 + ?)"
_COUNT = "SELECT count(*) FROM responses"


class FolderCache:
    """Keeps the bodies of responses in a folder, at most a gigabyte of them.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     FolderCache(folder).set("key", b"a body")
    ...     FolderCache(folder).get("key"), FolderCache(folder).get("another")
    (b'a body', None)
    """

    def __init__(self, folder: str | os.PathLike[str], most: int = _MOST) -> None:
        self._folder = Path(folder).expanduser()
        self._most = most

    def get(self, key: str) -> bytes | None:
        """The body, unless it is not there or was damaged.

        Raises:
            OSError, sqlite3.Error: the folder cannot be used.
        """

        def read(file: sqlite3.Connection) -> bytes | None:
            row = file.execute(_GET, (key,)).fetchone()
            return row[0] if row is not None and zlib.crc32(row[0]) == row[1] else None

        return self._use(read) if (self._folder / FILE).exists() else None

    def set(self, key: str, value: bytes) -> None:
        """Keep a body.

        Raises:
            OSError, sqlite3.Error: the folder cannot be used.
        """

        def write(file: sqlite3.Connection) -> None:
            file.execute(_SET, (key, value, zlib.crc32(value)))
            while file.execute(_SIZE).fetchone()[0] > self._most and (count := file.execute(_COUNT).fetchone()[0]):
                file.execute(_DROP, (count // 10,))

        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._use(write)

    def _use(self, use: Callable[[sqlite3.Connection], T]) -> T:
        try:
            return self._once(use)
        except sqlite3.OperationalError:  # it is busy, or the disk is full
            raise
        except sqlite3.DatabaseError:  # it is damaged, or something else: begin anew
            for file in (FILE, f"{FILE}-journal"):
                with contextlib.suppress(FileNotFoundError):
                    (self._folder / file).unlink()
            return self._once(use)

    def _once(self, use: Callable[[sqlite3.Connection], T]) -> T:
        file = sqlite3.connect(self._folder / FILE, timeout=_PATIENCE)
        try:
            file.execute("PRAGMA synchronous = OFF")  # what a power cut takes is asked for again
            file.execute(_TABLE)
            with file:
                return use(file)
        finally:
            file.close()
