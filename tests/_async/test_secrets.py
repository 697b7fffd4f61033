"""The token is in nothing that can be shown, logged, stored or sent elsewhere."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import traceback
import warnings
from typing import Any

import httpx
import pytest

from aleph_alpha import (
    AlephAlphaError,
    AsyncClient,
    BadRequestError,
    BatchSemanticEmbeddingRequest,
    CompletionRequest,
    Prompt,
    SemanticRepresentation,
)
from aleph_alpha._async import sender as sender_module
from aleph_alpha.testing import LocalServer
from aleph_alpha.testing.faults.kinds import Disconnect, Stall, Status, Truncate
from tests.failures.networks import NETWORKS, Network, right
from tests.secrets.marker import TOKEN, shows_token
from tests.wire.scripted import Peer, Scripted

MODEL = "some-model"
COMPLETION = CompletionRequest(Prompt.from_text("x"), maximum_tokens=1)
BATCH = BatchSemanticEmbeddingRequest([Prompt.from_text("a")], SemanticRepresentation.Symmetric)


async def no_wait(seconds: float) -> None:
    """Between attempts."""


async def call(client: AsyncClient) -> Any:
    return await client.complete(COMPLETION, MODEL)


async def batch(client: AsyncClient) -> Any:
    return await client.batch_semantic_embed(BATCH, MODEL, 2)


async def stream(client: AsyncClient) -> Any:
    async with client.stream_complete(COMPLETION, MODEL) as stream:
        return await stream.final()


def everything_of(error: BaseException) -> str:
    """All that a tool can show of an exception: the chain, the locals of every frame, attributes, the pickle."""
    shown = "".join(traceback.TracebackException.from_exception(error, capture_locals=True, limit=None).format())
    parts = [shown, str(error), repr(error), repr(vars(error)), repr(error.args)]
    if isinstance(error, AlephAlphaError):
        parts.append(pickle.dumps(error).decode("latin-1"))
        parts.append(repr(vars(copy.copy(error))))
    return "\n".join(parts)


def ends(network: Network) -> bool:
    """Whether the fault is worth the time here: bounds of time show nothing else."""
    return network.size == 1 and "Timeout" not in network.outcome and network.outcome != "the response"


@pytest.mark.parametrize("kind", [call, batch, stream])
@pytest.mark.parametrize("log_bodies", [False, True])
@pytest.mark.parametrize("network", [pytest.param(each, id=each.title) for each in NETWORKS if ends(each)])
async def test_no_exception_and_no_log_shows_the_token(
    network: Network,
    kind: Any,
    log_bodies: bool,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(sender_module, "sleep", no_wait)
    caplog.set_level(logging.DEBUG)
    with network.open() as place:
        options = {"request_timeout_seconds": 30, **place.options}
        async with AsyncClient(TOKEN, place.url, total_retries=1, log_bodies=log_bodies, **options) as client:
            with pytest.raises(AlephAlphaError) as caught:
                await kind(client)
            assert not shows_token(everything_of(caught.value))
    assert not shows_token(caplog.text + repr([vars(record) for record in caplog.records]))


@pytest.mark.parametrize("kind", [call, stream])
@pytest.mark.parametrize(
    "fault",
    [Status(401), Status(503), Status(307, headers={"location": "/x"}), Truncate(), Disconnect(), Stall()],
    ids=lambda fault: repr(fault),
)
async def test_no_exception_from_a_server_shows_the_token(
    fault: Any, kind: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sender_module, "sleep", no_wait)
    caplog.set_level(logging.DEBUG)
    with LocalServer() as server:
        server.faults.add(fault)
        for asked_for in (False, True):
            async with AsyncClient(
                (lambda: TOKEN) if asked_for else TOKEN, server.url, request_timeout_seconds=0.3, total_retries=1
            ) as client:
                with pytest.raises(AlephAlphaError) as caught:
                    await client.tokenizer("toy-base") if kind is call else await kind(client)
                assert not shows_token(everything_of(caught.value))
    assert not shows_token(caplog.text + repr([vars(record) for record in caplog.records]))


def test_a_token_among_the_locals_of_a_frame_would_be_noticed() -> None:
    def fails(held: Any) -> None:
        raise ValueError("something else")

    with pytest.raises(ValueError, match="something else") as caught:
        fails({"authorization": f"Bearer {TOKEN}"})
    assert shows_token(everything_of(caught.value))


async def test_no_answer_client_setting_or_warning_shows_the_token(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with warnings.catch_warnings(record=True) as warned, Scripted(right) as server:
        warnings.simplefilter("always")
        async with AsyncClient(TOKEN, server.url, headers={"x-trace": "1"}, log_bodies=True) as client:
            response = await call(client)
            shown = [response, response.meta, vars(response), client, [client.token], client._settings]
            shown += [client._sender._connections, client._sender._endpoint, client.with_options(nice=True)]
            assert not shows_token("".join(map(repr, shown)) + json.dumps(dict(response.meta.headers)))
            assert not shows_token("".join(map(str, shown)))
            assert not shows_token(json.dumps(response.to_json()) if hasattr(response, "to_json") else "")
        assert all(not shows_token(received.target + received.body.decode()) for received in server.received)
        assert {received.headers["authorization"] for received in server.received} == {f"Bearer {TOKEN}"}
    assert not shows_token("".join(str(warning) for warning in warned) + caplog.text)


async def test_the_token_is_not_sent_to_where_a_redirect_leads() -> None:
    def forbidden(peer: Peer) -> None:
        raise AssertionError(f"it was followed: {peer.request()}")

    for status in (301, 302, 303, 307, 308):
        with Scripted(forbidden) as other, LocalServer() as server:
            server.faults.add(Status(status, headers={"location": f"{other.url}/complete"}))
            async with AsyncClient(TOKEN, server.url) as client:
                for kind in (call, batch, stream):
                    with pytest.raises(AlephAlphaError, match="redirect"):
                        await kind(client)
            assert other.connections == 0


@pytest.mark.parametrize(("plain", "escaped"), [("/", "\\/"), ("+", "\\u002B"), ("+", "\\u002b"), ("=", "\\u003D")])
async def test_a_token_that_comes_back_escaped_as_json_may_be_is_hidden_as_well(plain: str, escaped: str) -> None:
    token = f"abcd{plain}efgh-ijkl{plain}"
    body = '{"error": "who is Bearer ' + token.replace(plain, escaped) + '?"}'

    def refuse(request: httpx.Request) -> httpx.Response:
        return httpx.Response(400, content=body.encode())

    http_client = httpx.AsyncClient(transport=httpx.MockTransport(refuse))
    client = AsyncClient(token, "http://api.example", http_client=http_client)
    with pytest.raises(BadRequestError) as caught:
        await client.complete(CompletionRequest(Prompt.from_text("An apple")), "some-model")
    await http_client.aclose()
    assert caught.value.message == "who is Bearer **********?"
