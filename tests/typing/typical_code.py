"""Code as applications write it. Nothing here runs: mypy --strict and basedpyright read it."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, assert_type

from tokenizers import Tokenizer

from aleph_alpha import (
    AlephAlphaError,
    APIStatusError,
    AsyncClient,
    BatchSemanticEmbeddingRequest,
    BatchSemanticEmbeddingResponse,
    BusyError,
    ChoiceScores,
    Client,
    CompletionRequest,
    CompletionResponse,
    CompletionResult,
    ControlTokenOverlap,
    Cropping,
    CustomGranularity,
    DetokenizationRequest,
    EmbeddingRequest,
    EmbeddingResponse,
    EvaluationRequest,
    EvaluationResponse,
    ExplanationRequest,
    ExplanationResponse,
    Image,
    ImageControl,
    Message,
    Prompt,
    PromptGranularity,
    PromptTemplate,
    PromptTooLongError,
    SemanticEmbeddingRequest,
    SemanticEmbeddingResponse,
    SemanticRepresentation,
    TargetGranularity,
    Text,
    TextControl,
    TokenControl,
    TokenizationRequest,
    TokenizationResponse,
    Tokens,
    nearest,
    similarity as similarity_of,
    split_text,
)
from aleph_alpha.views import View, similarity


def prompts() -> Sequence[Prompt]:
    """The ways to build one."""
    return [
        Prompt("text"),
        Prompt(["text", Text.from_text("more"), Tokens([1, 2], [TokenControl(pos=0, factor=0.5)])]),
        Prompt.from_text("text", controls=[TextControl(start=0, length=2, factor=0.1)]),
        Prompt.from_tokens([1, 2, 3]),
        Prompt.from_image(Image.from_file(Path("cat.png"))),
        Prompt(
            [
                Image.from_image_source(
                    "cat.png",
                    controls=[ImageControl(0.0, 0.0, 0.5, 0.5, factor=2.0, token_overlap=ControlTokenOverlap.Complete)],
                )
            ]
        ),
        Prompt.from_image(Image.from_bytes(b"...", cropping=Cropping(0, 0, 10))),
        Prompt.from_json([{"type": "text", "data": "text"}]),
    ]


def tasks(client: Client) -> None:
    """Each task, its result as the type that it is documented as."""
    prompt = Prompt.from_text("An apple a day")
    response = client.complete(CompletionRequest(prompt, maximum_tokens=None, stop_sequences=["\n"]), "model")
    assert_type(response, CompletionResponse)
    assert_type(response.completions[0].completion, str | None)
    if response.meta is not None:
        assert_type(response.meta.attempts, int)
    embedded = client.embed(EmbeddingRequest(prompt, layers=[-1], pooling=["mean"]), model="model")
    assert_type(embedded, EmbeddingResponse)
    assert_type(
        client.semantic_embed(SemanticEmbeddingRequest(prompt, SemanticRepresentation.Query), "model"),
        SemanticEmbeddingResponse,
    )
    batch = BatchSemanticEmbeddingRequest([prompt], SemanticRepresentation["Document"], compress_to_size=128)
    assert_type(
        client.batch_semantic_embed(batch, "model", num_concurrent_requests=4, progress_bar=True),
        BatchSemanticEmbeddingResponse,
    )
    assert_type(client.evaluate(EvaluationRequest(prompt, " keeps"), "model"), EvaluationResponse)
    request = ExplanationRequest(
        prompt, " keeps", prompt_granularity=PromptGranularity.Word, target_granularity=TargetGranularity.Token
    )
    explained = client.explain(request, "model").with_text_from_prompt(request)
    assert_type(explained, ExplanationResponse)
    assert_type(explained.view(request, top=3), View)
    assert_type(explained.explanations[0].view(prompt).save("explanation.html"), Path)
    custom = dataclasses.replace(request, prompt_granularity=CustomGranularity("\n"))
    client.explain(custom, "model").explanations[0].with_image_prompt_items_in_pixels(prompt)
    tokens = client.tokenize(TokenizationRequest("text", tokens=True, token_ids=True), "model")
    assert_type(tokens, TokenizationResponse)
    assert_type(client.detokenize(DetokenizationRequest([1, 2]), "model").result, str)
    assert_type(client.tokenizer("model"), Tokenizer)
    assert_type(client.models()[0]["name"], Any)


async def in_async(token: str) -> list[CompletionResponse]:
    """Several at once."""
    async with AsyncClient(token, tags=["nightly"], nice=True, limit=10) as client:
        request = CompletionRequest(Prompt.from_text("An apple a day"))
        patient = client.with_options(request_timeout_seconds=None, total_retries=0)
        return await asyncio.gather(*(patient.complete(request, model="model") for _ in range(3)))


def options(client: Client) -> None:
    """Each option has its type, in the constructor and in `with_options`."""
    Client("token", limit=10, deadline=None, proxy="http://proxy:3128", headers={"x-a": "b"}, log_bodies=True)
    assert_type(client.with_options(tags=["a"], deadline=30, hosting=None), Client)
    Client("token", limit="10")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Client("token", time_limit=10)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    client.with_options(total_retries="3")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    client.with_options(limit=10)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def templates() -> Prompt:
    """A template with an image and a prompt in it."""
    template = PromptTemplate("{{ image }} {{ user_prompt }}")
    image = template.placeholder(Image.from_url("https://example.com/cat.png"))
    return template.to_prompt(image=image, user_prompt=template.embed_prompt(Prompt("text")))


def errors(client: Client, request: CompletionRequest) -> str | None:
    """What can be asked of an exception."""
    try:
        client.complete(request, "model")
    except BusyError as error:
        assert_type(error.retry_after, float | None)
        return error.code
    except APIStatusError as error:
        return error.body
    except AlephAlphaError as error:
        return f"after {error.attempts} attempts"
    except ValueError:
        return None
    return None


def views(client: Client, completion: CompletionResponse, prompt: Prompt) -> str:
    """Something to look at."""
    view = completion.view()
    assert_type(view.png(width=400, dark=True), bytes)
    view.ansi(columns=120, colors=16)
    similarity([[1.0, 0.0], [0.0, 1.0]], ["east", "north"]).save(Path("similarity.svg"))
    return prompt.view(tokenizer=client.tokenizer("model")).html(page=False)


class RichPrompt(Prompt):
    """A prompt with more to it, as some applications have."""


client: Client = Client.from_env(request_timeout_seconds=30)


def vendors_attributes(client: Client, probs: Sequence[Mapping[str, float | None]]) -> dict[str, str]:
    """What programs of the vendor's package read and build, without a cast."""
    assert_type(client.nice, bool)
    assert_type(client.request_timeout_seconds, float | None)
    result = CompletionResult(log_probs=probs, completion="x")
    assert_type(CompletionResult([{"a": -0.5}]).completion, str | None)
    assert_type(CompletionResult(log_probs=[dict(one) for one in probs]).completion, str | None)
    for one in result.log_probs or []:
        one.popitem()
    return {"Authorization": "Bearer " + client.token}


def recipes(client: Client, prompts: list[Prompt], tokenizer: Tokenizer) -> list[str]:
    """What most applications do around the API."""
    scores = client.score_choices("It is", [" good", " bad"], "model")
    assert_type(scores, ChoiceScores)
    assert_type(scores.probabilities(per="token"), dict[str, float])
    assert_type(client.score_choices(prompts, [" good", " bad"], "model"), list[ChoiceScores])
    assert_type(client.score_choices(prompts, [[" good"], [" bad", " worse"]], "model")[0].best().choice, str)
    assert_type(client.count_tokens(prompts[0], "model"), int)
    messages = [Message("system", "Be brief."), Message("user", ["What is it?", Image.from_file("picture.png")])]
    Prompt.from_messages(messages, style="llama-3", tokenizer=tokenizer)
    Prompt.from_messages([{"role": "user", "content": "Hello"}], "pharia-1", response_prefix="Hi")
    Prompt.from_instruction("Name it.", Image.from_file("picture.png"))
    parts = split_text("a text", tokenizer, max_tokens=100, overlap=10, by="paragraph")
    assert_type(parts[0].start, int)
    vectors = client.embed_texts(parts, "model")
    found = nearest(vectors[0], vectors, n=3)
    assert_type(similarity_of(vectors, vectors).shape, tuple[Any, ...])
    client.with_options(cache=Path("responses"), check_length=True).with_options(cache=None)
    return [parts[index] for index in found.indices.tolist()]


async def recipes_of_the_async_client(client: AsyncClient, prompts: list[Prompt]) -> None:
    """The same, to be awaited."""
    assert_type(await client.score_choices(prompts[0], (" good", " bad"), "model"), ChoiceScores)
    assert_type(await client.score_choices(prompts, [" good"], "model"), list[ChoiceScores])
    assert_type(await client.context_size("model"), int)
    try:
        await client.embed_texts((text for text in ("a", "b")), "model")
    except PromptTooLongError as error:
        assert_type(error.tokens, int | None)
