"""The recordings of the live API, served from a loopback server to the client over its wire."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from aleph_alpha import AsyncClient
from tests.loopback import Loopback
from tests.recorded import CASES, MODEL
from tests.recordings import named
from tests.requests.test_recordings import described

# Nothing is sent otherwise than it was recorded. An exception would be listed here, with its reason.
SENT_OTHERWISE: dict[str, str] = {}


@pytest.fixture
def loopback() -> Iterator[Loopback]:
    with Loopback() as server:
        yield server


@pytest.mark.parametrize("name", CASES)
async def test_the_recorded_request_is_sent_and_the_recorded_answer_understood(name: str, loopback: Loopback) -> None:
    recording = named(name)
    loopback.answers.append((recording.status, recording.headers, recording.body))
    method, request = CASES[name](recording)
    arguments: list[Any] = [] if request is None else [request, MODEL]
    async with AsyncClient("token", f"{loopback.url}/v1", strict=True) as client:
        response = await getattr(client, method)(*arguments)
    (sent,) = loopback.requests
    assert (sent.method, sent.target) == (recording.method, f"/v1{recording.path}")
    body = json.loads(sent.body) if sent.body else None
    assert body == recording.request or name in SENT_OTHERWISE
    # Field by field against the recorded body: tests/requests/test_recordings.py, by the same parser.
    assert response == described(recording).parse(recording.body)
    meta: Any = getattr(response, "meta", None)
    assert isinstance(response, list) or (meta.status, meta.attempts) == (recording.status, 1)
