"""The caller's headers take the place of the client's own, whatever their case, and each goes out once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from aleph_alpha import AsyncClient, CompletionRequest, Prompt
from aleph_alpha.testing import LocalServer
from aleph_alpha.testing.replay.recorder import use_cassette
from tests.scripted import Script, answer

REQUEST = CompletionRequest(Prompt.from_text("An apple a day"), maximum_tokens=1)
OURS = ("User-Agent", "Accept", "Accept-Encoding")


@pytest.mark.parametrize("spelled", [str.lower, str.upper, str.title, str.swapcase])
@pytest.mark.parametrize("name", OURS)
async def test_a_header_of_the_caller_replaces_the_clients_own(name: str, spelled: Callable[[str], str]) -> None:
    script = Script(answer())
    http_client = httpx.AsyncClient(transport=httpx.MockTransport(script))
    client = AsyncClient("token", "https://api.example.com", http_client=http_client, headers={spelled(name): "mine/1"})
    await client.complete(REQUEST, "model")
    await client.with_options(headers={spelled(name): "copy/2"}).complete(REQUEST, "model")
    first, second = script.requests
    assert first.headers.get_list(name) == ["mine/1"]
    assert second.headers.get_list(name) == ["copy/2"]


async def test_every_header_goes_out_once() -> None:
    script = Script(answer())
    http_client = httpx.AsyncClient(transport=httpx.MockTransport(script))
    headers = {name.lower(): "mine/1" for name in OURS} | {"X-Trace": "1", "x-trace": "2"}
    await AsyncClient("token", "https://api.example.com", http_client=http_client, headers=headers).complete(
        REQUEST, "model"
    )
    (request,) = script.requests
    assert set(Counter(name.lower() for name, _ in request.headers.multi_items()).values()) == {1}
    assert request.headers["x-trace"] == "2"


async def test_calls_under_another_user_agent_are_recorded_and_replayed(tmp_path: Path) -> None:
    cassette = tmp_path / "agent.yaml"
    with LocalServer() as server, use_cassette(cassette, record=True):
        async with AsyncClient("token", server.url, headers={"User-Agent": "my-application/3"}) as client:
            recorded = await client.complete(REQUEST, "toy-base")
        url = server.url
    with use_cassette(cassette):
        async with AsyncClient("token", url, headers={"user-agent": "my-application/3"}) as client:
            assert await client.complete(REQUEST, "toy-base") == recorded
