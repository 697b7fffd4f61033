# Made from tests/_async/test_account.py by scripts/unasync.py: change it there, then run `make fix`.
"""The secret of a new token is in no log."""

from __future__ import annotations

import logging

import httpx
import pytest

from aleph_alpha import Client
from tests.scripted import Script, answer

NEW = {"metadata": {"description": "test", "token_id": 7}, "token": "marker-secret"}


def test_the_secret_of_a_new_token_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    transport = httpx.MockTransport(Script(answer(NEW)))
    client = Client(
        "marker-token", "https://example.com", http_client=httpx.Client(transport=transport), log_bodies=True
    )
    with caplog.at_level(logging.DEBUG):
        new = client.create_token("test")
    assert new.token.reveal() == "marker-secret"
    assert "/users/me/tokens -> 200" in caplog.text
    assert "marker" not in caplog.text
