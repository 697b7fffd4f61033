"""A cache whose methods are async: for the async client, and refused by the other."""

from __future__ import annotations

import pytest

from aleph_alpha import Client, CompletionRequest, Prompt
from tests._async.sending import client_for
from tests._sync.sending import client_for as sync_client_for
from tests.scripted import Script, answer

REQUEST = CompletionRequest(Prompt.from_text("An apple a day"), maximum_tokens=4)


class Remote:
    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    async def get(self, key: str) -> bytes | None:
        return self.kept.get(key)

    async def set(self, key: str, value: bytes) -> None:
        self.kept[key] = value


@pytest.mark.anyio
async def test_the_async_client_waits_for_it() -> None:
    client = client_for(Script(answer()), cache=Remote())
    assert [(await client.complete(REQUEST, "m")).meta.cached for _ in range(2)] == [False, True]  # type: ignore[union-attr]


def test_the_other_goes_on_without_it(caplog: pytest.LogCaptureFixture) -> None:
    client: Client = sync_client_for(Script(answer()), cache=Remote())
    responses = [client.complete(REQUEST, "m") for _ in range(2)]
    assert not any(response.meta is None or response.meta.cached for response in responses)
    assert "the cache failed at get: TypeError" in caplog.text
