"""Counting tokens, context sizes, and prompts that are refused because they cannot fit."""

from __future__ import annotations

import logging
import pickle
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from aleph_alpha import (
    AsyncClient,
    BatchSemanticEmbeddingRequest,
    CompletionRequest,
    EmbeddingRequest,
    EvaluationRequest,
    ExplanationRequest,
    Image,
    InstructableEmbeddingRequest,
    InvalidRequestError,
    Prompt,
    PromptDoesNotFitError,
    PromptTooLongError,
    ResponseError,
    SemanticEmbeddingRequest,
    SemanticRepresentation,
    Text,
    Tokens,
)
from aleph_alpha.testing import LocalServer
from tests._async.sending import client_for
from tests.integration import PICTURE
from tests.scripted import COMPLETION, Script, answer, error

MODEL = "toy-multimodal"
SYMMETRIC = SemanticRepresentation.Symmetric


class Sent:
    """The paths that requests of this test were sent to, by the log."""

    def __init__(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG, "aleph_alpha")
        self._caplog = caplog

    @property
    def paths(self) -> list[str]:
        return [str(record.args[1]) for record in self._caplog.records if isinstance(record.args, tuple)]


@pytest.fixture
def sent(caplog: pytest.LogCaptureFixture) -> Sent:
    return Sent(caplog)


@pytest.fixture(scope="module")
def server() -> Iterator[LocalServer]:
    with LocalServer() as server:
        yield server


# --- counting ----------------------------------------------------------------------------------

PROMPTS = {
    "a text": Prompt("An apple a day keeps the doctor away."),
    "items": Prompt(["One ", Text(" two"), Tokens([5, 6, 7]), "日本 👩"]),
    "an image": Prompt.from_image(Image.from_bytes(PICTURE)),
    "an image in a text": Prompt(["See:", Image.from_bytes(PICTURE), "What is it?"]),
}


@pytest.mark.parametrize("prompt", PROMPTS.values(), ids=PROMPTS)
async def test_a_prompt_is_counted_as_the_model_counts_it(server: LocalServer, prompt: Prompt) -> None:
    async with AsyncClient("token", server.url) as client:
        request = CompletionRequest(prompt, maximum_tokens=0, disable_optimizations=True)
        response = await client.complete(request, MODEL)
        assert await client.count_tokens(prompt, MODEL) == response.num_tokens_prompt_total


async def test_a_text_is_counted_as_the_api_tokenizes_it(server: LocalServer) -> None:
    async with AsyncClient("token", server.url) as client:
        evaluated = await client.evaluate(EvaluationRequest(Prompt("An apple"), " a day"), MODEL)
        assert await client.count_tokens(" a day", MODEL) == evaluated.result["token_count"]
        assert await client.count_tokens("", MODEL) == 0


# --- context sizes -----------------------------------------------------------------------------


async def test_the_context_size_is_asked_for_once(server: LocalServer, sent: Sent) -> None:
    async with AsyncClient("token", server.url) as client:
        assert [await client.context_size(MODEL) for _ in range(3)] == [2048] * 3
        assert await client.with_options(nice=True).context_size(MODEL) == 2048
        assert sent.paths == ["/models_available"]


SETTINGS = [{"name": "small", "max_context_size": 512}, {"name": "unknown", "max_context_size": None}]


def deployment(models: list[dict[str, Any]], settings: Any = None) -> Script:
    def respond(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/models_available":
            return answer(models)
        return error(404) if settings is None else answer(settings)

    return Script(respond)


async def test_the_size_comes_from_wherever_the_deployment_tells_it() -> None:
    told = {"name": "small", "max_context_size": 1024}
    assert await client_for(deployment([told])).context_size("small") == 1024
    assert await client_for(deployment([{"name": "small"}], SETTINGS)).context_size("small") == 512
    assert await client_for(deployment([], SETTINGS)).context_size("small") == 512


async def test_a_size_that_is_not_told_is_an_error() -> None:
    client = client_for(deployment([{"name": "small"}], SETTINGS))
    with pytest.raises(ResponseError, match="context_size: the deployment does not tell that of unknown"):
        await client.context_size("unknown")
    with pytest.raises(InvalidRequestError, match="there is no model called large; there are: small, unknown"):
        await client.context_size("large")


@pytest.mark.parametrize("model", [None, "", 3])
async def test_what_is_no_name_of_a_model_is_refused_and_nothing_sent(model: Any) -> None:
    script = deployment([])
    with pytest.raises(InvalidRequestError, match="context_size: model must be the name of a model"):
        await client_for(script).context_size(model)
    with pytest.raises(InvalidRequestError, match="tokenizer: model must be the name of a model"):
        await client_for(script).count_tokens("text", model)
    assert script.requests == []


# --- check_length ------------------------------------------------------------------------------

LONG = Prompt.from_text(" ".join(["apple"] * 2100))
FITS = Prompt.from_text("apple")

CALLS: dict[str, Callable[[AsyncClient, Prompt], Any]] = {
    "complete": lambda client, prompt: client.complete(CompletionRequest(prompt, maximum_tokens=1), MODEL),
    "complete_json": lambda client, prompt: client.complete_json(CompletionRequest(prompt, maximum_tokens=1), MODEL),
    "stream_complete": lambda client, prompt: client.stream_complete(
        CompletionRequest(prompt, maximum_tokens=1), MODEL
    ).final(),
    "evaluate": lambda client, prompt: client.evaluate(EvaluationRequest(prompt, " day"), MODEL),
    "score_choices": lambda client, prompt: client.score_choices(prompt, [" day"], MODEL),
    "explain": lambda client, prompt: client.explain(ExplanationRequest(prompt, " day"), MODEL),
    "embed": lambda client, prompt: client.embed(EmbeddingRequest(prompt, [-1], ["mean"]), MODEL),
    "semantic_embed": lambda client, prompt: client.semantic_embed(SemanticEmbeddingRequest(prompt, SYMMETRIC), MODEL),
    "batch_semantic_embed": lambda client, prompt: client.batch_semantic_embed(
        BatchSemanticEmbeddingRequest([FITS, FITS, prompt], SYMMETRIC), MODEL, batch_size=2
    ),
    "instructable_embed": lambda client, prompt: client.instructable_embed(
        InstructableEmbeddingRequest(prompt, "what it is about"), "toy-instruct-embedding"
    ),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
async def test_a_prompt_that_cannot_fit_is_not_sent(
    server: LocalServer, sent: Sent, call: Callable[[AsyncClient, Prompt], Any]
) -> None:
    async with AsyncClient("token", server.url, check_length=True) as client:
        await call(client, FITS)
        before = len(sent.paths)
        assert before >= 3
        with pytest.raises(PromptDoesNotFitError, match="2048; nothing was sent") as caught:
            await call(client, LONG)
    assert 2100 <= (caught.value.tokens or 0) <= 2110  # with what is beside it
    assert (caught.value.limit, caught.value.attempts) == (2048, 0)
    assert len(sent.paths) - before == bool(caught.value.partial)  # of a batch, the part that fitted


async def test_the_prompt_of_a_batch_is_named(server: LocalServer) -> None:
    async with AsyncClient("token", server.url, check_length=True) as client:
        with pytest.raises(PromptDoesNotFitError, match=r"prompts\[2\] has 2100 tokens") as caught:
            await CALLS["batch_semantic_embed"](client, LONG)
    assert caught.value.partial is not None
    assert (sorted(caught.value.partial), caught.value.remaining) == ([0, 1], [2])


async def test_without_the_option_the_api_refuses(server: LocalServer) -> None:
    async with AsyncClient("token", server.url) as client:
        with pytest.raises(PromptTooLongError) as caught:
            await CALLS["complete"](client, LONG)
    assert (caught.value.status, caught.value.tokens, caught.value.limit) == (400, 2100, 2048)


async def test_a_prompt_that_just_fits_is_sent(server: LocalServer) -> None:
    async with AsyncClient("token", server.url, check_length=True) as client:
        just = Prompt.from_tokens([7] * 2048)
        assert (await CALLS["complete"](client, just)).num_tokens_prompt_total == 2048
        with pytest.raises(PromptDoesNotFitError, match="prompt and the text beside it have 2049 tokens"):
            await client.evaluate(EvaluationRequest(just, " day"), MODEL)


@pytest.mark.parametrize("models", [[], [{"name": "some-model"}], [{"name": "some-model", "max_context_size": 9}]])
async def test_where_the_deployment_does_not_tell_nothing_is_refused_and_asked_once(
    models: list[dict[str, Any]],
) -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/models_available":
            return answer(models)
        return answer(COMPLETION) if request.url.path == "/complete" else error(404)

    script = Script(respond)
    client = client_for(script, check_length=True)
    for _ in range(3):
        await client.complete(CompletionRequest(LONG), "some-model")
    paths = [request.url.path for request in script.requests]
    assert paths.count("/complete") == 3
    assert len(paths) <= 6


async def test_a_request_of_the_wrong_kind_is_refused_as_ever(server: LocalServer) -> None:
    wrong: Any = "An apple"
    async with AsyncClient("token", server.url, check_length=True) as client:
        with pytest.raises(InvalidRequestError, match="complete takes a CompletionRequest"):
            await client.complete(wrong, MODEL)


def test_a_pickled_client_still_checks(server: LocalServer) -> None:
    client = pickle.loads(pickle.dumps(AsyncClient("token", server.url, check_length=True)))
    assert client._settings.check_length
    assert not client.with_options(check_length=False)._settings.check_length
