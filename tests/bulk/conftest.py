"""A reference server for the jobs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from aleph_alpha.testing import LocalServer


@pytest.fixture
def server() -> Iterator[LocalServer]:
    with LocalServer(token="good") as server:
        yield server
