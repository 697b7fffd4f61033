"""The reference server that the integrations talk with; the environment names it."""

from __future__ import annotations

import os

import pytest

from aleph_alpha.testing import LocalServer

_SERVER = pytest.StashKey[LocalServer]()


def pytest_configure(config: pytest.Config) -> None:
    """Started this early, because standard suites build their models while tests are collected."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        os.environ.pop(name, None)
        os.environ.pop(name.upper(), None)
    os.environ["AA_CACHE"] = ""
    server = config.stash[_SERVER] = LocalServer().start()
    os.environ["AA_HOST"], os.environ["AA_TOKEN"] = server.url, "token-of-the-tests"


def pytest_unconfigure(config: pytest.Config) -> None:
    if server := config.stash.get(_SERVER, None):
        server.stop()


@pytest.fixture
def server(request: pytest.FixtureRequest) -> LocalServer:
    """The server that all tests share."""
    return request.config.stash[_SERVER]
