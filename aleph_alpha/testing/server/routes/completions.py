"""Complete: whole, streamed, and as JSON."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from aleph_alpha.testing.server.call import Events, Handler, ServerCall, ServerResponse, give_way
from aleph_alpha.testing.server.catalogue import (
    COMPLETION_LIMIT,
    CONTEXT_SIZE,
    LARGEST_COUNT,
    MODEL_VERSION,
    Capability,
    ToyModel,
)
from aleph_alpha.testing.server.model import steering
from aleph_alpha.testing.server.model.completion_bias import CompletionBias
from aleph_alpha.testing.server.model.context import Context, Item
from aleph_alpha.testing.server.model.generation import Generated, Generation, TokenInfo, random_for, score
from aleph_alpha.testing.server.model.language_model import LanguageModel, State
from aleph_alpha.testing.server.model.sampling import Sampler, Sampling
from aleph_alpha.testing.server.problems import Rule, invalid
from aleph_alpha.testing.server.routes import prompts
from aleph_alpha.testing.server.routes.optimizing import ends_in_space, optimize
from aleph_alpha.testing.server.state import ServerState, TaskUsage


@dataclass(frozen=True, slots=True)
class Counts:
    """How many completions to answer, and how many to choose them from."""

    n: int
    best_of: int

    @classmethod
    def of(cls, body: dict[str, Any]) -> Counts:
        """From a request, refusing what contradicts itself."""
        n = 1 if body.get("n") is None else int(body["n"])
        best_of = 1 if body.get("best_of") is None else int(body["best_of"])
        if not 1 <= n <= LARGEST_COUNT:
            raise invalid("/n", f"{n} is not from 1 to {LARGEST_COUNT}.", Rule.COUNT)
        if best_of < 1:
            raise invalid("/best_of", f"{best_of} is less than 1.", Rule.COUNT)
        if best_of > 1 and best_of <= n:  # 1 is the default, and says nothing
            raise invalid("/best_of", f"{best_of} is not greater than n, which is {n}.", Rule.BEST_OF)
        if best_of > 1 and body.get("stream"):
            raise invalid("/stream", "best_of cannot be streamed.", Rule.BEST_OF)
        return cls(n, max(n, best_of))


@dataclass(frozen=True, slots=True)
class Prepared:
    """A completion request, ready to run."""

    toy: ToyModel
    context: Context
    """The prompt as the model gets it."""
    optimized: list[dict[str, Any]] | None
    shortened: bool
    """Whether the space after the prompt was left to the completion."""
    counts: Counts
    top: int | None
    """How many log-probabilities to report; None for none, also not those of the chosen tokens."""


def _prepare(call: ServerCall) -> Prepared:
    body = call.body
    toy = call.model(Capability.COMPLETE)
    context = prompts.read(call, toy, body["prompt"], "/prompt")
    for name in ("maximum_tokens", "minimum_tokens"):
        if body.get(name) is not None and body[name] < 0:
            raise invalid(f"/{name}", f"{body[name]} is negative.", Rule.NEGATIVE_TOKENS)
    optimized = None if body.get("disable_optimizations") else optimize(body["prompt"])
    shortened = optimized is not None and ends_in_space(body["prompt"])
    if optimized is not None:
        context = prompts.read(call, toy, optimized, "/prompt")
    top = None if body.get("log_probs") is None else int(body["log_probs"])
    return Prepared(toy, context, optimized, shortened, Counts.of(body), top)


def steer(state: State, model: LanguageModel, server: ServerState, wanted: Sequence[str]) -> None:
    """Applies the steering concept that a request names."""
    for index, concept in enumerate(wanted):
        examples = server.concepts.get(concept)
        if examples is None:
            message = f"There is no concept {concept[:80]!r} on this server. Create it with /steering_concepts."
            raise invalid(f"/steering_concepts/{index}", message, Rule.STEERING_CONCEPT)
        state.steer(steering.weights(model, examples))


def _start(call: ServerCall, prepared: Prepared) -> tuple[State, list[TokenInfo]]:
    """The state after the prompt, and what `echo` reports of the prompt's tokens."""
    model, context = call.server.model, prepared.context
    state = State(model)
    steer(state, model, call.server, call.body.get("steering_concepts", ()))
    gains = context.gains(model)
    if not call.body.get("echo", False) or prepared.top is None:
        for token, gain in zip(context.ids, gains.tolist(), strict=True):
            state.push(token, gain)
        return state, []
    infos = score(state, context.ids, prepared.top, gains)
    # The API gives no probability for the first token, which depends on nothing, and leaves its map empty.
    infos[0] = TokenInfo(infos[0].id, None)
    return state, [infos[position] for item in _echoed(context) for position in range(item.start, item.end)]


def _echoed(context: Context) -> list[Item]:
    """The items whose tokens are echoed: an image has no text."""
    return [item for item in context.items if item.kind != "image"]


def _echoed_text(call: ServerCall, prepared: Prepared) -> str:
    """What the echoed tokens say together: with the space that the first of them begins with."""
    parts = [call.server.model.bpe.token_bytes[token] for item in _echoed(prepared.context) for token in item.ids]
    return b"".join(parts).decode("utf-8", "replace")


def _generations(call: ServerCall, prepared: Prepared, state: State) -> list[Generation]:
    body, bpe = call.body, call.server.model.bpe
    sampling = Sampling.of(body, bpe)
    limit = COMPLETION_LIMIT if body.get("maximum_tokens") is None else int(body["maximum_tokens"])
    limit = min(limit, COMPLETION_LIMIT, CONTEXT_SIZE - len(prepared.context.ids))
    prompt = [token for item in _echoed(prepared.context) for token in item.ids]
    generations = []
    for index in range(prepared.counts.best_of):
        random = random_for(call.server.seed, body, index)
        sampler = Sampler(sampling, bpe, prompt, CompletionBias.of(body, bpe), random)
        stops = body.get("stop_sequences") or ()
        generations.append(Generation(bpe, state.copy(), sampler, limit, stops, prepared.top))
    return generations


def _complete(call: ServerCall) -> ServerResponse:
    prepared = _prepare(call)
    state, echoed = _start(call, prepared)
    generations = _generations(call, prepared, state)
    if call.body.get("stream", False):
        return Events(_stream(call, prepared, echoed, generations))
    if generations[0].greedy:  # all are the same
        results = [generations[0].run()] * len(generations)
    else:
        results = [generation.run() for generation in generations]
    if prepared.counts.best_of > prepared.counts.n:
        results.sort(key=lambda result: -result.mean_log_probability)
    completions = [
        _completion(call, prepared, echoed, result, index) for index, result in enumerate(results[: prepared.counts.n])
    ]
    return {
        "completions": completions,
        "model_version": MODEL_VERSION,
        **_summary(call, prepared, sum(result.token_count for result in results)),
    }


def _summary(call: ServerCall, prepared: Prepared, generated: int) -> dict[str, Any]:
    prompt_tokens = len(prepared.context.ids) * prepared.counts.best_of
    call.usage = TaskUsage(prepared.toy.name, prompt_tokens, generated, prepared.context.image_count)
    summary: dict[str, Any] = {"num_tokens_prompt_total": prompt_tokens, "num_tokens_generated": generated}
    if prepared.optimized is not None:
        summary["optimized_prompt"] = prepared.optimized
    return summary


def _completion(
    call: ServerCall, prepared: Prepared, echoed: Sequence[TokenInfo], result: Generated, index: int
) -> dict[str, Any]:
    body = call.body
    echo = bool(body.get("echo", False))
    raw = (_echoed_text(call, prepared) if echo else "") + result.text
    text = raw if echo else _improved(prepared, result.text)
    completion: dict[str, Any] = {"index": index}
    tokens = [*echoed, *result.tokens]
    if prepared.top is not None:
        completion["log_probs"] = log_probs(call.server.model, tokens)
    completion["completion"] = text
    # It was recorded to be there as well where log-probabilities were asked for.
    if body.get("raw_completion", False) or prepared.top is not None:
        completion["raw_completion"] = raw
    if body.get("tokens"):
        completion["completion_tokens"] = _texts(call, prepared, result.tokens)
    completion["finish_reason"] = result.finish_reason
    return completion


def _texts(call: ServerCall, prepared: Prepared, tokens: Iterable[TokenInfo]) -> list[str]:
    texts = call.server.model.bpe.token_texts
    echoed: list[str] = []
    if call.body.get("echo", False):
        echoed = [texts[token] for item in _echoed(prepared.context) for token in item.ids]
    return [*echoed, *(texts[info.id] for info in tokens)]


def _improved(prepared: Prepared, text: str) -> str:
    """Without the space that the end of the prompt has already."""
    return text.removeprefix(" ") if prepared.shortened else text


def log_probs(model: LanguageModel, tokens: Iterable[TokenInfo]) -> list[dict[str, float | None]]:
    """One map a token: the likely ones, and always the chosen one; nothing for a token that has no probability."""
    texts = model.bpe.token_texts
    listed: list[dict[str, float | None]] = []
    for info in tokens:
        entry: dict[str, float | None] = {texts[token]: value for token, value in info.top}
        if info.log_probability is not None:
            entry[texts[info.id]] = info.log_probability
        listed.append(entry)
    return listed


async def _stream(
    call: ServerCall, prepared: Prepared, echoed: Sequence[TokenInfo], generations: Sequence[Generation]
) -> AsyncIterator[Any]:
    """Chunks of all completions in turn, each closed by its summary, and the summary of them all."""
    body, model = call.body, call.server.model

    def chunk(index: int, raw: str, text: str, tokens: Sequence[TokenInfo], texts: Sequence[str]) -> dict[str, Any]:
        event: dict[str, Any] = {"type": "stream_chunk", "index": index}
        if prepared.top is not None:
            event["log_probs"] = log_probs(model, tokens)
        event["completion"] = text
        if body.get("raw_completion", False) or prepared.top is not None:
            event["raw_completion"] = raw
        if body.get("tokens"):
            event["completion_tokens"] = list(texts)
        return event

    running = {index: iter(generation) for index, generation in enumerate(generations)}
    fresh = set(running)
    if body.get("echo", False):
        fresh.clear()
        for index in running:
            texts = _texts(call, prepared, ())
            text = _echoed_text(call, prepared)
            yield chunk(index, text, text, echoed, texts)
    while running:
        for index in list(running):
            piece = next(running[index], None)
            if piece is None:
                del running[index]
                reason = generations[index].result.finish_reason
                version = {"model_version": MODEL_VERSION, "finish_reason": reason}
                yield {"type": "stream_summary", "index": index, **version}
                continue
            text = _improved(prepared, piece.text) if index in fresh else piece.text
            if piece.text:
                fresh.discard(index)
            yield chunk(index, piece.text, text, piece.tokens, [model.bpe.token_texts[t.id] for t in piece.tokens])
        await give_way()
    total = sum(generation.result.token_count for generation in generations)
    yield {"type": "completion_summary", **_summary(call, prepared, total)}


def _complete_json(call: ServerCall) -> ServerResponse:
    """The completion as the one member of an object; tokens and log-probabilities are those of its value."""
    if call.body.get("stream", False):
        raise invalid("/stream", "/complete/json cannot be streamed.", Rule.REFUSED_FIELD)
    response = _complete(call)
    assert isinstance(response, dict)  # noqa: S101 - narrows a type: only a stream is something else
    for completion in response["completions"]:
        completion["completion"] = orjson.dumps({"completion": completion["completion"]}).decode()
    return response


HANDLERS: dict[str, Handler] = {"complete": _complete, "completeJson": _complete_json}
