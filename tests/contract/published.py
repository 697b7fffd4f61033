"""The vendor's published document, which is no part of this project: the folder `api` beside the recordings, if any."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.recordings import DEFAULT

CLEAN = "official-4.7.0.yaml"
AS_PUBLISHED = "official-4.7.0-as-published.json"


def published(name: str) -> Path:
    """Where the document is. Where it is missing, the test is skipped, or fails if recordings are required."""
    path = Path(os.environ.get("AA_RECORDINGS") or DEFAULT).parent / "api" / name
    if not path.is_file():
        reason = f"no {path}; the folder `api` is expected beside that of the recordings, which AA_RECORDINGS names"
        if os.environ.get("AA_REQUIRE_RECORDINGS") == "1":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    return path
