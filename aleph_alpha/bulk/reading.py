"""Reads what is in an output folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from pyarrow import dataset

from aleph_alpha.bulk.errors import SourceError
from aleph_alpha.bulk.manifest import Manifest
from aleph_alpha.bulk.parts import ERRORS, parts_of
from aleph_alpha.bulk.state import JOURNAL

__all__ = ["read", "read_errors"]


def read(folder: str | os.PathLike[str]) -> Any:
    """The results in an output folder, as a ``pyarrow.dataset.Dataset``: right at any moment, also while the job runs.

    Anything else that reads Parquet reads them as ``folder/*.parquet``.

    Raises:
        SourceError: it is no output folder of a job.
    """
    return _dataset(_checked(folder))


def read_errors(folder: str | os.PathLike[str]) -> Any:
    """The rows that failed for good, as a ``pyarrow.dataset.Dataset``: key, error, status, code, attempts, message.

    Raises:
        SourceError: it is no output folder of a job.
    """
    return _dataset(_checked(folder) / ERRORS)


def _dataset(folder: Path) -> Any:
    return dataset.dataset([str(file) for file in parts_of(folder)], format="parquet")


def _checked(folder: str | os.PathLike[str]) -> Path:
    """The folder, if it is of a job: one that has no result yet, or parts that were copied elsewhere, too."""
    path = Path(folder)
    if not path.is_dir():
        reason = "it is not a folder" if path.exists() else "there is no such folder"
        raise SourceError(f"{path} cannot be read: {reason}; name the output folder of a job")
    if not ((path / JOURNAL).is_dir() or Manifest.read(path) or parts_of(path) or parts_of(path / ERRORS)):
        raise SourceError(f"{path} is no output folder of a job: it holds neither results nor {JOURNAL}")
    return path
