"""A recording is sent whole, however often it has to be sent."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import httpx
import pytest

from aleph_alpha import AsyncClient, TranscriptionRequest
from tests.scripted import Script, answer, error

CONTENT = bytes(range(256)) * 100


@pytest.mark.parametrize("kind", ["bytes", "path", "file", "stream"])
async def test_retries_send_the_whole_file_again(kind: str, tmp_path: Path) -> None:
    (path := tmp_path / "meeting.wav").write_bytes(CONTENT)
    with path.open("rb") as file:
        audio: Any = {"bytes": CONTENT, "path": path, "file": file, "stream": io.BytesIO(CONTENT)}[kind]
        script = Script(error(503, retry_after="0"), httpx.ConnectError("refused"), answer({"transcription": "Hi"}))
        transport = httpx.MockTransport(script)
        client = AsyncClient("token", "https://example.com", http_client=httpx.AsyncClient(transport=transport))
        response = await client.transcribe(TranscriptionRequest(audio), "some-model")
    assert response.transcription == "Hi"
    assert response.meta is not None
    assert response.meta.attempts == 3
    bodies = {request.content for request in script.requests}
    assert len(bodies) == 1
    assert CONTENT in bodies.pop()
    assert set(script.header("content-type")) == {script.requests[0].headers["content-type"]}
