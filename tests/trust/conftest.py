"""A watch over what tests leave behind, and no proxies of the machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.trust.leaks import watched


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' addresses are this machine's, whatever the environment says about proxies."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def nothing_left() -> Iterator[None]:
    """The test leaves no descriptor and no thread behind."""
    with watched():
        yield
