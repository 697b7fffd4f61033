"""Files that appear whole or not at all, also after a power cut; and one writer a folder."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from aleph_alpha.bulk.errors import FolderBusyError, JobWriteError
from aleph_alpha.errors import InvalidRequestError

__all__ = ["locked", "output_folder", "publish", "sync_file", "sync_folder", "write_whole", "writing"]


def output_folder(output: str | os.PathLike[str]) -> Path:
    """The path of an output folder.

    Raises:
        InvalidRequestError: it is a URL.

    >>> output_folder("s3://bucket/vectors")
    Traceback (most recent call last):
    aleph_alpha.errors.InvalidRequestError: output must be a folder on a disk, got the URL 's3://bucket/vectors'
    """
    name = os.fspath(output)
    if "://" in name:
        raise InvalidRequestError(f"output must be a folder on a disk, got the URL {name!r}")
    return Path(name).expanduser()


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_file(file: Path) -> None:
    """Make the content of a file durable."""
    handle = os.open(file, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def publish(new: Path, final: Path) -> None:
    """Give a file that is durable already its place, in which a reader sees all of it at once."""
    os.replace(new, final)
    sync_folder(final.parent)


def write_whole(file: Path, write: Callable[[Path], object]) -> None:
    """Let `write` make the file under another name, which readers pass over, and then put it into its place."""
    new = file.parent / f"_new-{file.name}.tmp"
    try:
        write(new)
        sync_file(new)
        publish(new, file)
    except BaseException:
        with contextlib.suppress(OSError):
            new.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def writing() -> Iterator[None]:
    """Say in one way that the output cannot be written.

    Raises:
        JobWriteError: the block has raised an ``OSError``.
    """
    try:
        yield
    except JobWriteError:
        raise
    except OSError as error:
        raise JobWriteError(f"the output cannot be written, what is done is kept: {error}") from error


@contextlib.contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold the lock of that file; the system gives it back when the process ends, however it ends.

    Raises:
        FolderBusyError: another process holds it.
    """
    import fcntl

    handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(handle, 100, 0).decode("ascii", "replace").strip()
            where = f"{file.parent.parent} is being written to by another process"
            raise FolderBusyError(f"{where}{f' ({holder})' if holder else ''}: wait for its end") from error
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"process {os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)
