"""All kinds of embeddings."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import orjson
from starlette.responses import Response

from aleph_alpha.testing.server.call import Handler, ServerCall, ServerResponse
from aleph_alpha.testing.server.catalogue import CONTEXT_SIZE, LAYERS, MODEL_VERSION, Capability, ToyModel
from aleph_alpha.testing.server.model import embeddings
from aleph_alpha.testing.server.model.context import Context, read_prompt
from aleph_alpha.testing.server.model.embeddings import COMPRESSED, OPENAI_DIMENSIONS
from aleph_alpha.testing.server.model.token_vectors import Matrix
from aleph_alpha.testing.server.problems import Rule, invalid
from aleph_alpha.testing.server.routes import prompts
from aleph_alpha.testing.server.state import TaskUsage


def _json(content: Any) -> Response:
    return Response(orjson.dumps(content, option=orjson.OPT_SERIALIZE_NUMPY), media_type="application/json")


def _embed(call: ServerCall) -> ServerResponse:
    toy = call.model(Capability.RAW_EMBEDDING)
    model = call.server.model
    body = call.body
    context = prompts.read(call, toy, body["prompt"], "/prompt")
    hidden = embeddings.layers(model, context, body.get("layers", ()), LAYERS)
    finish = embeddings.normalized if body.get("normalize", False) else _as_it_is
    vectors: dict[str, dict[str, Matrix]] = {}
    for layer, states in hidden.items():
        by_pooling = {}
        for index, pooling in enumerate(body.get("pooling", ())):
            pooled = embeddings.pool(states, pooling, f"/pooling/{index}")
            by_pooling[pooling] = finish(_of_type(pooled, body.get("type")))
        vectors[layer] = by_pooling
    call.usage = TaskUsage(toy.name, len(context.ids), 0, context.image_count)
    tokens = [model.bpe.token_texts[token] for token in context.ids] if body.get("tokens") else None
    return _json(
        {
            "model_version": MODEL_VERSION,
            "embeddings": vectors,
            "tokens": tokens,
            "num_tokens_prompt_total": len(context.ids),
        }
    )


def _as_it_is(vector: Matrix) -> Matrix:
    return vector


def _of_type(vector: Matrix, kind: str | None) -> Matrix:
    """A type of embedding turns the space by a number of places that depends on its name."""
    return vector if kind is None else np.roll(vector, 1 + sum(kind.encode()))


def _semantic_vector(call: ServerCall, toy: ToyModel, context: Context) -> Matrix:
    if toy.can(Capability.INSTRUCTABLE_EMBEDDING):
        vector = embeddings.instructed(context, call.server.model, call.body["instruction"])
    else:
        vector = embeddings.semantic(context, call.server.model, call.body["representation"])
    if call.body.get("compress_to_size") is not None:
        vector = embeddings.compress(vector, COMPRESSED)
    return embeddings.normalized(vector) if call.body.get("normalize", False) else vector


def _semantic_embed(call: ServerCall) -> ServerResponse:
    return _single(call, Capability.SEMANTIC_EMBEDDING, "prompt")


def _instructable_embed(call: ServerCall) -> ServerResponse:
    return _single(call, Capability.INSTRUCTABLE_EMBEDDING, "input")


def _single(call: ServerCall, capability: Capability, field: str) -> ServerResponse:
    toy = call.model(capability)
    context = prompts.read(call, toy, call.body[field], f"/{field}")
    vector = _semantic_vector(call, toy, context)
    call.usage = TaskUsage(toy.name, len(context.ids), 0, context.image_count)
    count = len(context.ids)
    return _json({"model_version": MODEL_VERSION, "embedding": vector, "num_tokens_prompt_total": count})


def _batch_semantic_embed(call: ServerCall) -> ServerResponse:
    toy = call.model(Capability.SEMANTIC_EMBEDDING)
    listed = call.body["prompts"]
    contexts = [prompts.read(call, toy, prompt, f"/prompts/{index}") for index, prompt in enumerate(listed)]
    vectors = [_semantic_vector(call, toy, context) for context in contexts]
    total = sum(len(context.ids) for context in contexts)
    call.usage = TaskUsage(toy.name, total, 0, sum(context.image_count for context in contexts))
    return _json({"model_version": MODEL_VERSION, "embeddings": vectors, "num_tokens_prompt_total": total})


def _openai_embeddings(call: ServerCall) -> ServerResponse:
    toy = call.model(Capability.OPENAI_EMBEDDING)
    if "user" in call.body:
        raise invalid("/user", "is not supported.", Rule.REFUSED_FIELD)
    dimensions = int(call.body.get("dimensions", OPENAI_DIMENSIONS))
    if dimensions > OPENAI_DIMENSIONS:
        message = f"The model has {OPENAI_DIMENSIONS} dimensions, not {dimensions}."
        raise invalid("/dimensions", message, Rule.DIMENSIONS)
    contexts = [
        read_prompt(prompt, call.server.model.bpe, CONTEXT_SIZE, f"/input{place}")
        for place, prompt in _inputs(call.body["input"])
    ]
    data = []
    for index, context in enumerate(contexts):
        vector = embeddings.semantic(context, call.server.model, "symmetric")
        # Of a random projection any part is one, too: the first dimensions are a smaller embedding.
        vector = embeddings.normalized(embeddings.compress(vector, OPENAI_DIMENSIONS)[:dimensions])
        encoded: Matrix | str = vector
        if call.body.get("encoding_format") == "base64":
            encoded = base64.b64encode(vector.astype("<f4").tobytes()).decode()
        data.append({"object": "embedding", "embedding": encoded, "index": index})
    total = sum(len(context.ids) for context in contexts)
    call.usage = TaskUsage(toy.name, total)
    usage = {"prompt_tokens": total, "total_tokens": total}
    return _json({"object": "list", "data": data, "model": toy.name, "usage": usage})


def _inputs(given: Any) -> list[tuple[str, Any]]:
    """The inputs as prompts, each with its place in the request."""
    if isinstance(given, str):
        return [("", given)]
    if given and not isinstance(given[0], (str, list)):
        return [("", [{"type": "token_ids", "data": given}])]
    return [
        (f"/{index}", one if isinstance(one, str) else [{"type": "token_ids", "data": one}])
        for index, one in enumerate(given)
    ]


HANDLERS: dict[str, Handler] = {
    "embed": _embed,
    "semanticEmbed": _semantic_embed,
    "batchSemanticEmbed": _batch_semantic_embed,
    "instructableEmbed": _instructable_embed,
    "embeddings": _openai_embeddings,
}
