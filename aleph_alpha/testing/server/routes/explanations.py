"""Evaluate and explain."""

from __future__ import annotations

from typing import Any

from aleph_alpha.testing.server.call import Handler, ServerCall, ServerResponse
from aleph_alpha.testing.server.catalogue import CONTEXT_SIZE, MODEL_VERSION, Capability
from aleph_alpha.testing.server.model.bpe import END
from aleph_alpha.testing.server.model.context import Context
from aleph_alpha.testing.server.model.explaining import explain
from aleph_alpha.testing.server.model.generation import score
from aleph_alpha.testing.server.model.language_model import LanguageModel, State
from aleph_alpha.testing.server.problems import prompt_too_long
from aleph_alpha.testing.server.routes import prompts
from aleph_alpha.testing.server.state import TaskUsage

_TARGET_TOKENS = 8
"""Tokens of the target where the request leaves it to the model."""


def _evaluate(call: ServerCall) -> ServerResponse:
    toy = call.model(Capability.COMPLETE)
    model = call.server.model
    context = prompts.read(call, toy, call.body["prompt"], "/prompt")
    expected: str = call.body["completion_expected"]
    ids = model.bpe.encode(expected).ids
    total = len(context.ids) + len(ids)
    if total > CONTEXT_SIZE:
        raise prompt_too_long(total, CONTEXT_SIZE)
    state = model.state(context.ids, context.gains(model))
    greedy = _greedy(model, state.copy(), len(ids))
    log_probability = sum(info.log_probability or 0.0 for info in score(state, ids, None))
    call.usage = TaskUsage(toy.name, total, 0, context.image_count)
    result: dict[str, Any] = {
        "log_probability": log_probability,
        "log_perplexity": 0.0 - log_probability,
        "log_perplexity_per_token": -log_probability / len(ids) if ids else None,
        "log_perplexity_per_character": -log_probability / len(expected) if expected else None,
        "correct_greedy": greedy == list(ids),
        "token_count": len(ids),
        "character_count": len(expected),
        "completion": model.bpe.decode(greedy),
    }
    return {"model_version": MODEL_VERSION, "result": result, "num_tokens_prompt_total": total}


def _explain(call: ServerCall) -> ServerResponse:
    toy = call.model(Capability.COMPLETE)
    model = call.server.model
    context = prompts.read(call, toy, call.body["prompt"], "/prompt")
    target = call.body["target"]
    if target is None:  # the model explains what it would have said itself
        target = model.bpe.decode(_greedy_after(model, context))
    call.usage = TaskUsage(toy.name, len(context.ids), 0, context.image_count)
    explanations = explain(model, context, target, call.body, CONTEXT_SIZE)
    return {"model_version": MODEL_VERSION, "explanations": explanations}


def _greedy_after(model: LanguageModel, context: Context) -> list[int]:
    state = model.state(context.ids, context.gains(model))
    return _greedy(model, state, min(_TARGET_TOKENS, CONTEXT_SIZE - len(context.ids)))


def _greedy(model: LanguageModel, state: State, count: int) -> list[int]:
    """The model's own continuation, up to the end of text or `count` tokens."""
    ids: list[int] = []
    while len(ids) < count:
        token = int(state.probabilities().argmax())
        if token == END:
            break
        ids.append(token)
        state.push(token)
    return ids


HANDLERS: dict[str, Handler] = {"evaluate": _evaluate, "explain": _explain}
