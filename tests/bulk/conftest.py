"""A reference server for the jobs."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from aleph_alpha.testing import LocalServer


@pytest.fixture(scope="module", autouse=True)
def nothing_frozen() -> Iterator[None]:
    """A job freezes what there is, but where others have done so, as tests/conftest.py has."""
    gc.unfreeze()
    yield
    gc.freeze()


@pytest.fixture
def server() -> Iterator[LocalServer]:
    with LocalServer(token="good") as server:
        yield server
