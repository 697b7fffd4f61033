"""The cache of a client: the same responses without sending, and nothing in it that should not be."""

from __future__ import annotations

import inspect
import json
import pickle
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from aleph_alpha import (
    AsyncClient,
    BatchSemanticEmbeddingRequest,
    ChatRequest,
    CompletionRequest,
    DetokenizationRequest,
    EmbeddingRequest,
    EmbeddingV2Request,
    EvaluationRequest,
    ExplanationRequest,
    InstructableEmbeddingRequest,
    Message,
    Meta,
    Prompt,
    RerankRequest,
    ResponseError,
    SemanticEmbeddingRequest,
    SemanticRepresentation,
    ServerError,
    TokenizationRequest,
)
from aleph_alpha.testing import LocalServer
from tests._async.sending import client_for
from tests.scripted import COMPLETION, Script, answer, error

PROMPT = Prompt.from_text("An apple a day")
REQUEST = CompletionRequest(PROMPT, maximum_tokens=4)
SYMMETRIC = SemanticRepresentation.Symmetric


def meta_of(response: Any) -> Meta:
    assert isinstance(response.meta, Meta)
    return response.meta


class Memory:
    """A cache that remembers how it was used."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.asked = 0
        self.threads: set[int] = set()

    def get(self, key: str) -> bytes | None:
        self.asked += 1
        self.threads.add(threading.get_ident())
        return self.kept.get(key)

    def set(self, key: str, value: bytes) -> None:
        self.threads.add(threading.get_ident())
        self.kept[key] = value


@pytest.fixture(scope="module")
def server() -> Iterator[LocalServer]:
    with LocalServer(seed=7) as server:
        yield server


CALLS: dict[str, Callable[[AsyncClient], Any]] = {
    "complete": lambda client: client.complete(REQUEST, "toy-base"),
    "complete_json": lambda client: client.complete_json(REQUEST, "toy-base"),
    "chat": lambda client: client.chat(
        ChatRequest("toy-chat", [Message("user", "Hello!")], max_tokens=4, temperature=0)
    ),
    "evaluate": lambda client: client.evaluate(EvaluationRequest(PROMPT, " yes"), "toy-base"),
    "explain": lambda client: client.explain(ExplanationRequest(PROMPT, " yes"), "toy-base"),
    "embed": lambda client: client.embed(EmbeddingRequest(PROMPT, [-1], ["mean"]), "toy-base"),
    "semantic_embed": lambda client: client.semantic_embed(SemanticEmbeddingRequest(PROMPT, SYMMETRIC), "toy-base"),
    "batch_semantic_embed": lambda client: client.batch_semantic_embed(
        BatchSemanticEmbeddingRequest([PROMPT] * 5, SYMMETRIC), "toy-base", 2, 2
    ),
    "instructable_embed": lambda client: client.instructable_embed(
        InstructableEmbeddingRequest(PROMPT, "what it is about"), "toy-instruct-embedding"
    ),
    "embeddings": lambda client: client.embeddings(EmbeddingV2Request(["Hello"]), "toy-embedding"),
    "tokenize": lambda client: client.tokenize(TokenizationRequest("Hello", True, True), "toy-base"),
    "detokenize": lambda client: client.detokenize(DetokenizationRequest([5, 6]), "toy-base"),
    "rerank": lambda client: client.rerank(RerankRequest("sun", ["the sun", "the sea"]), "toy-reranker"),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("as_folder", [True, False])
async def test_the_same_is_not_asked_twice(
    server: LocalServer, call: Callable[[AsyncClient], Any], as_folder: bool, tmp_path: Path
) -> None:
    cache: Any = tmp_path / "responses" if as_folder else Memory()
    async with AsyncClient("token", server.url, cache=cache) as client:
        first = await call(client)
    assert not first.meta.cached
    assert first.meta.attempts >= 1
    async with AsyncClient("token", "http://127.0.0.1:9/", cache=cache, total_retries=0) as nowhere:
        with pytest.raises(ConnectionError):  # another deployment
            await call(nowhere)
    async with AsyncClient("token", server.url, cache=cache) as client:
        again = await call(client)
        assert again == first
        assert (again.meta.cached, again.meta.attempts, again.meta.headers) == (True, 0, {})
        without = await call(client.with_options(cache=None))
        assert (without.meta.cached, without) == (False, first)


async def test_it_is_off_by_default(server: LocalServer) -> None:
    async with AsyncClient("token", server.url) as client:
        assert client._settings.cache is None
        assert [meta_of(await client.complete(REQUEST, "toy-base")).cached for _ in range(2)] == [False, False]


SAMPLED: dict[str, Callable[[AsyncClient], Any]] = {
    "a completion": lambda client: client.complete(CompletionRequest(PROMPT, temperature=1.0), "m"),
    "a chat": lambda client: client.chat(ChatRequest("m", [Message("user", "Hello!")], temperature=1.0)),
}


@pytest.mark.parametrize("call", SAMPLED.values(), ids=SAMPLED)
async def test_what_is_sampled_is_neither_kept_nor_looked_for(call: Callable[[AsyncClient], Any]) -> None:
    cache = Memory()
    choice = {"index": 0, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}
    body = {**COMPLETION, "choices": [choice], "id": "1", "created": 1, "model": "m", "object": "chat.completion"}
    client = client_for(Script(answer(body)), cache=cache)
    await call(client)
    assert (cache.asked, cache.kept) == (0, {})


# --- what is never kept ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "kind"),
    [
        (error(400, "PROMPT_TOO_LONG"), ValueError),
        (error(500), ServerError),
        (httpx.Response(200, content=b"<html>"), ResponseError),
        (httpx.Response(200, json={"completions": 3}), ResponseError),
        (httpx.Response(200, content=b'{"completions": [{"comple'), ResponseError),
        (httpx.ReadError("broken"), ConnectionError),
    ],
)
async def test_no_error_is_kept(step: Any, kind: type[Exception]) -> None:
    cache = Memory()
    with pytest.raises(kind):
        await client_for(Script(step), cache=cache, total_retries=0).complete(REQUEST, "m")
    assert (cache.asked, cache.kept) == (1, {})


async def test_a_response_after_a_retry_is_kept() -> None:
    cache, script = Memory(), Script(httpx.ConnectError("no"), answer())
    client = client_for(script, cache=cache, total_retries=1)
    assert meta_of(await client.complete(REQUEST, "m")).attempts == 2
    assert meta_of(await client.complete(REQUEST, "m")).cached
    assert len(script.requests) == 2


@pytest.mark.parametrize("token", ["marker-token", "marker/token+that=is-escaped"])
async def test_no_token_is_kept(token: str) -> None:
    cache = Memory()
    text = json.dumps({**COMPLETION, "model_version": f"sent by {token}"}).replace("/", "\\/")
    await client_for(Script(httpx.Response(200, content=text)), token, cache=cache).complete(REQUEST, "m")
    assert cache.kept == {}


def contents(folder: Path) -> list[bytes]:
    return [file.read_bytes() for file in folder.rglob("*") if file.is_file()]


async def test_neither_key_nor_folder_has_the_token(server: LocalServer, tmp_path: Path) -> None:
    async with AsyncClient("marker-token", server.url, cache=tmp_path) as client:
        await client.complete(REQUEST, "toy-base")
        await client.create_token("for the test")
    assert contents(tmp_path)
    assert all(b"marker-token" not in content for content in contents(tmp_path))
    other = AsyncClient("another-token", server.url, cache=tmp_path)
    assert meta_of(await other.complete(REQUEST, "toy-base")).cached  # of the same deployment
    await other.close()


async def test_a_stream_neither_fills_the_cache_nor_reads_it(server: LocalServer) -> None:
    cache = Memory()
    async with AsyncClient("token", server.url, cache=cache) as client:
        async with client.stream_complete(REQUEST, "toy-base") as stream:
            await stream.final()
        async with client.stream_complete(REQUEST, "toy-base") as stream:
            await anext(aiter(stream))  # and no more
    assert (cache.asked, cache.kept) == (0, {})


# --- caches that fail --------------------------------------------------------------------------


class Failing(Memory):
    def get(self, key: str) -> bytes | None:
        raise OSError("no disk")

    def set(self, key: str, value: bytes) -> None:
        raise OSError("no disk")


async def test_a_cache_that_fails_is_no_failure_of_the_call(caplog: pytest.LogCaptureFixture) -> None:
    script = Script(answer())
    response = await client_for(script, cache=Failing()).complete(REQUEST, "m")
    assert not meta_of(response).cached
    assert [record.getMessage() for record in caplog.records if record.levelname == "WARNING"] == [
        "the cache failed at get: OSError",
        "the cache failed at set: OSError",
    ]


async def test_a_folder_that_cannot_be_is_no_failure_of_the_call(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    client = client_for(Script(answer()), cache=tmp_path / "file" / "folder")
    assert not meta_of(await client.complete(REQUEST, "m")).cached


@pytest.mark.parametrize("kept", [b"", b"no JSON", b"{}", b'{"completions": 3}', "a text", 3])
async def test_what_cannot_be_read_is_asked_for_again(kept: Any) -> None:
    cache, script = Memory(), Script(answer())
    client = client_for(script, cache=cache)
    await client.complete(REQUEST, "m")
    (key,) = cache.kept
    good = cache.kept[key]
    cache.kept[key] = kept
    assert not meta_of(await client.complete(REQUEST, "m")).cached
    assert cache.kept[key] == good


async def test_a_strict_client_takes_no_deviation_from_the_cache_either() -> None:
    cache = Memory()
    script = Script(answer({**COMPLETION, "model_version": 3}))
    client = client_for(script, cache=cache)
    first, again = [await client.complete(REQUEST, "m") for _ in range(2)]
    assert meta_of(again).cached
    assert meta_of(again).deviations == meta_of(first).deviations != ()
    with pytest.raises(ResponseError):
        await client.with_options(strict=True).complete(REQUEST, "m")


# --- batches, and other ways in ----------------------------------------------------------------


async def test_of_a_batch_the_parts_that_are_there_are_not_sent(server: LocalServer) -> None:
    cache = Memory()
    texts = [f"text {number}" for number in range(6)]
    async with AsyncClient("token", server.url, cache=cache) as client:
        some = await client.embed_texts(texts[:4], "toy-base", batch_size=2)
        prompts = [Prompt.from_text(text) for text in texts]
        request = BatchSemanticEmbeddingRequest(prompts, SYMMETRIC)
        whole = await client.batch_semantic_embed(request, "toy-base", batch_size=2, as_array=True)
        again = await client.batch_semantic_embed(request, "toy-base", batch_size=2, as_array=True)
    assert (whole.as_array()[:4] == some).all()
    assert whole.meta is not None
    assert again.meta is not None
    assert (whole.meta.attempts, whole.meta.cached) == (1, False)
    assert (again.meta.attempts, again.meta.cached, again) == (0, True, whole)


async def test_the_event_loop_is_not_the_thread_that_waits_for_the_disk() -> None:
    cache = Memory()
    await client_for(Script(answer()), cache=cache).complete(REQUEST, "m")
    inside = threading.get_ident() in cache.threads
    assert inside == (not inspect.iscoroutinefunction(AsyncClient.complete))


def test_a_client_with_a_cache_can_be_pickled(tmp_path: Path) -> None:
    client = pickle.loads(pickle.dumps(AsyncClient("token", "https://example.com", cache=tmp_path)))
    assert client._settings.cache == tmp_path


@pytest.mark.parametrize("cache", [3, "", {}, [], object()])
def test_what_is_no_cache_is_refused(cache: Any) -> None:
    with pytest.raises(TypeError, match="cache must be a folder, or an object with get and set, got"):
        AsyncClient("token", "https://example.com", cache=cache)
    with pytest.raises(TypeError, match="cache must be"):
        AsyncClient("token", "https://example.com").with_options(cache=cache)
