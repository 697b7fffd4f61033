"""Reads what is in an output folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from pyarrow import dataset

from aleph_alpha.bulk.parts import ERRORS, parts_of

__all__ = ["read", "read_errors"]


def read(folder: str | os.PathLike[str]) -> Any:
    """The results in an output folder, as a ``pyarrow.dataset.Dataset``: right at any moment, also while the job runs.

    Anything else that reads Parquet reads them as ``folder/*.parquet``.
    """
    return dataset.dataset([str(file) for file in parts_of(Path(folder))], format="parquet")


def read_errors(folder: str | os.PathLike[str]) -> Any:
    """The rows that failed for good, as a ``pyarrow.dataset.Dataset``: key, error, status, code, attempts, message."""
    return dataset.dataset([str(file) for file in parts_of(Path(folder) / ERRORS)], format="parquet")
