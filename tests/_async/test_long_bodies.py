"""Requests with pictures and long texts: what arrives is the same, and no copy of them is made to send it."""

from __future__ import annotations

import base64
import contextlib
import gc
import tracemalloc
from collections.abc import Iterator
from typing import Any

import httpx
import orjson
import pytest

from aleph_alpha import (
    AlephAlphaError,
    AsyncClient,
    BadRequestError,
    BusyError,
    ChatRequest,
    CompletionRequest,
    Image,
    InvalidRequestError,
    Message,
    Prompt,
    StreamError,
)
from aleph_alpha._async import sender as sender_module
from tests.failures.networks import certified, closed_when_reused, right, trusting
from tests.wire.scripted import Peer, Script, Scripted, answer, serving

pytestmark = pytest.mark.proxied

MODEL = "some-model"
PICTURE = Image(base64.b64encode(b"\x89PNG" + bytes(range(256)) * 8_000).decode(), None, [])
TEXTS = {
    "a picture": CompletionRequest(Prompt([PICTURE, "What is it?"]), maximum_tokens=1),
    "two pictures": CompletionRequest(Prompt([PICTURE, "or", PICTURE]), maximum_tokens=1),
    "ASCII": CompletionRequest(Prompt.from_text("An apple a day. " * 100_000), maximum_tokens=1),
    "what JSON escapes": CompletionRequest(Prompt.from_text('"\\/\b\f\n\r\t\0\x1f\x7f' * 100_000), maximum_tokens=1),
    "letters of all sizes": CompletionRequest(Prompt.from_text("aé苹\U0001f34e" * 200_000), maximum_tokens=1),
    "a field of its own": CompletionRequest(Prompt.from_text("x"), maximum_tokens=1, penalty_bias="y" * 1_000_000),
}


@pytest.fixture(params=["http", "https"])
def place(request: pytest.FixtureRequest) -> Iterator[tuple[Scripted, dict[str, Any]]]:
    context = certified("127.0.0.1") if request.param == "https" else None
    with Scripted(right, context=context) as server:
        yield server, {"verify_ssl": trusting() if context else True}


@pytest.mark.parametrize("name", TEXTS)
async def test_what_arrives_is_what_was_asked(name: str, place: tuple[Scripted, dict[str, Any]]) -> None:
    server, options = place
    async with AsyncClient("token", server.url, **options) as client:
        await client.complete(TEXTS[name], MODEL)
        await client.complete(TEXTS[name], MODEL)
    first, second = server.received
    assert orjson.loads(first.body) == {**TEXTS[name].to_json(), "model": MODEL}
    assert first.body == second.body == orjson.dumps(orjson.loads(first.body))
    assert "transfer-encoding" not in first.headers


async def test_a_picture_in_a_chat_arrives(place: tuple[Scripted, dict[str, Any]]) -> None:
    server, options = place
    request = ChatRequest(MODEL, [Message("user", ["What is it?", PICTURE])])
    async with AsyncClient("token", server.url, **options) as client, client.stream_chat(request, MODEL) as stream:
        with pytest.raises(StreamError):  # the server knows completions only
            await stream.final()
    assert orjson.loads(server.received[0].body) == {**request.to_json(), "stream": True}


async def test_it_is_sent_again_where_a_small_request_would_be(monkeypatch: pytest.MonkeyPatch) -> None:
    async def no_wait(seconds: float) -> None:
        """Between attempts."""

    monkeypatch.setattr(sender_module, "sleep", no_wait)
    busy = answer(b'{"error": "full", "code": "QUEUE_FULL"}', "503 Busy")
    with Scripted(serving(busy)) as server:
        async with AsyncClient("token", server.url, total_retries=2) as client:
            with pytest.raises(BusyError):
                await client.complete(TEXTS["a picture"], MODEL)
    with Scripted(closed_when_reused) as stale:
        async with AsyncClient("token", stale.url, total_retries=0) as client:
            for _ in range(2):
                await client.complete(TEXTS["a picture"], MODEL)
    bodies = [received.body for received in (*server.received, *stale.received)]
    assert len(server.received) == 3
    assert set(bodies) == {bodies[0]}


async def test_it_goes_through_a_client_of_httpx() -> None:
    bodies = []

    def reply(request: httpx.Request) -> httpx.Response:
        bodies.append(request.read())
        return httpx.Response(503)

    async with httpx.AsyncClient(transport=httpx.MockTransport(reply)) as http_client:
        client = AsyncClient("token", "http://api.example", total_retries=0, http_client=http_client)
        with pytest.raises(BusyError):
            await client.complete(TEXTS["a picture"], MODEL)
    assert orjson.loads(bodies[0]) == {**TEXTS["a picture"].to_json(), "model": MODEL}


def deaf(peer: Peer) -> None:
    """Takes everything and keeps nothing."""
    while (head := peer.head()) is not None:
        left = int(head.headers["content-length"]) - len(peer._buffer)
        peer._buffer = b""
        while left > 0:
            left -= len(peer.sock.recv(65536))
        peer.send(answer(b"{}", "400 Bad Request"))


async def test_sending_a_picture_takes_no_memory_of_its_size() -> None:
    picture = Image(base64.b64encode(bytes(30_000_000)).decode(), None, [])
    request = CompletionRequest(Prompt([picture]), maximum_tokens=1)
    with Scripted(deaf) as server:
        async with AsyncClient("token", server.url, total_retries=0) as client:
            tracemalloc.start()
            try:
                with pytest.raises(BadRequestError):
                    await client.complete(request, MODEL)
                assert tracemalloc.get_traced_memory()[1] < 5_000_000
            finally:
                tracemalloc.stop()


def hangs_up(peer: Peer) -> None:
    """Takes the beginning of a request only."""
    peer.head()


@pytest.mark.parametrize("script", [deaf, hangs_up])
async def test_nothing_of_a_picture_is_left_when_its_call_is_over(script: Script) -> None:
    with Scripted(script) as server:
        async with AsyncClient("token", server.url, total_retries=0) as client:
            await refused(client)
            gc.collect()
            gc.disable()  # what is only found by a collection stays for a while
            tracemalloc.start()
            try:
                await refused(client)
                assert tracemalloc.get_traced_memory()[0] < 1_000_000
            finally:
                tracemalloc.stop()
                gc.enable()


async def refused(client: AsyncClient) -> None:
    picture = Image(base64.b64encode(bytes(3_000_000)).decode(), None, [])
    with contextlib.suppress(AlephAlphaError):
        await client.complete(CompletionRequest(Prompt([picture]), maximum_tokens=1), MODEL)


async def test_half_a_surrogate_pair_in_it_is_refused_by_its_place() -> None:
    request = ChatRequest(MODEL, [Message("user", "x" * 300_000 + "\ud83c" + "x" * 300_000)])
    async with AsyncClient("token", "http://127.0.0.1:9") as client:
        with pytest.raises(InvalidRequestError, match=r"messages\[0\]\.content cannot be sent as JSON"):
            await client.chat(request, MODEL)


async def test_json_of_the_caller_is_not_changed() -> None:
    long = "z" * 1_000_000
    message = {"role": "user", "content": "x", "more": {"of": [{"it": long}]}}
    with Scripted(serving(answer(b"{}", "400 Bad Request"))) as server:
        async with AsyncClient("token", server.url) as client:
            with pytest.raises(BadRequestError):
                await client.chat(ChatRequest(MODEL, [message]), MODEL)
    assert message == {"role": "user", "content": "x", "more": {"of": [{"it": long}]}}
    assert orjson.loads(server.received[0].body)["messages"] == [message]
