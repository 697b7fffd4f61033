from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.server.client import CheckedClient


@pytest.fixture(scope="session")
def api() -> Iterator[CheckedClient]:
    """One server for tests that leave no traces in it."""
    with CheckedClient() as client:
        yield client


@pytest.fixture
def fresh_api() -> Iterator[CheckedClient]:
    """A server of its own for a test that changes its state."""
    with CheckedClient() as client:
        yield client
