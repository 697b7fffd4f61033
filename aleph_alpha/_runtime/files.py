"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import stat

__all__ = ["replace_file"]

# A folder that takes no new file or does not let one go, a file whose owner or place (such as a mount) has to stay.
_ONLY_IN_PLACE = {errno.EACCES, errno.EPERM, errno.EROFS, errno.EBUSY}


def replace_file(file: str | os.PathLike[str], content: bytes, *, private: bool = False) -> None:
    """Write a file; whatever fails, the one from before stays as it was, and nothing is left beside it.

    A symbolic link stays one, and what it leads to is replaced. Owner and permissions of a file that is there stay.
    Where that is not possible, such as in a folder that takes no new files, and where it is a device or a pipe, such
    as ``/dev/stdout``, it is written in place.

    Args:
        file: its path.
        content: all of it.
        private: nobody but its owner can read it, whoever could before; an error where it cannot be replaced.

    Raises:
        OSError: it cannot be written; `filename` is its path.
    """
    name = os.fspath(file)
    try:
        before = os.stat(name)
    except FileNotFoundError:  # also where a link leads to nothing yet
        before = None
    if before is not None:
        if not stat.S_ISREG(before.st_mode) or _is_open(name):
            return _write_in_place(name, content)
        if not os.access(name, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), name)
    try:
        _write_beside(os.path.realpath(name), content, before, 0o600 if private else 0o666)
    except OSError as error:
        if before is not None and not private and error.errno in _ONLY_IN_PLACE:
            return _write_in_place(name, content)
        error.filename, error.filename2 = name, None  # and not that of the new file, which is gone
        raise


def _write_in_place(name: str, content: bytes) -> None:
    with open(name, "wb") as file:
        file.write(content)


def _write_beside(target: str, content: bytes, before: os.stat_result | None, mode: int) -> None:
    new = os.path.join(os.path.dirname(target), f".new-{os.urandom(8).hex()}")
    try:
        with open(new, "xb", opener=lambda path, flags: os.open(path, flags, mode)) as file:
            if before is not None and mode != 0o600:
                _keep(new, before)
            file.write(content)
        os.replace(new, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(new)
        raise


def _keep(new: str, before: os.stat_result) -> None:
    """Give the new file the owner and the permissions of the one from before."""
    made = os.stat(new)
    if (made.st_uid, made.st_gid) != (before.st_uid, before.st_gid):
        os.chown(new, before.st_uid, before.st_gid)
    os.chmod(new, stat.S_IMODE(before.st_mode))


def _is_open(name: str) -> bool:
    """Whether it names a file by its descriptor, as ``/dev/stdout`` does: what is there is open, and must stay."""
    while os.path.islink(name):
        folder = os.path.realpath(os.path.dirname(name))
        if folder.startswith("/proc/"):
            return True
        name = os.path.join(folder, os.readlink(name))
    return False
