# Made from tests/_async/conftest.py by scripts/unasync.py: change it there, then run `make fix`.
"""Fixtures of the integration tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext

import pytest

from aleph_alpha import Client
from aleph_alpha._sync import sender as sender_module
from aleph_alpha.testing.replay.recorder import Recording
from tests._sync.sending import Waits
from tests.integration import Models
from tests.replay.blocked import no_network


@pytest.fixture
def models(request: pytest.FixtureRequest) -> Models:
    return Models(live=request.config.getoption("--aleph-alpha-live") == "installation")


@pytest.fixture
def client(aleph_alpha_client: Client, aleph_alpha_recording: Recording | None) -> Iterator[Client]:
    """A client; where its calls are replayed, the network is blocked."""
    replayed = aleph_alpha_recording is not None and not aleph_alpha_recording.recording
    with no_network() if replayed else nullcontext():
        yield aleph_alpha_client


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> Waits:
    recorded = Waits()
    monkeypatch.setattr(sender_module, "sleep", recorded.sleep)
    monkeypatch.setattr(sender_module, "Wake", lambda: recorded)
    monkeypatch.setattr("random.random", lambda: 0.0)
    return recorded
