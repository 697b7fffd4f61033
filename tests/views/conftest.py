from __future__ import annotations

from collections.abc import Iterator

import pytest

from aleph_alpha import Client
from aleph_alpha.testing import LocalServer


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    """A client of a reference server."""
    with LocalServer() as server, Client("token", server.url) as client:
        yield client
