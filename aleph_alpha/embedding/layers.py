"""Embeddings: vectors that stand for a prompt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aleph_alpha._call.call import NO_DEFAULTS, Call, Defaults, call, nice
from aleph_alpha._call.checks import (
    check_model,
    check_request,
)
from aleph_alpha._call.fields import known, other_text, promised
from aleph_alpha._call.meta import WithMeta
from aleph_alpha._call.reading import decoder, from_json
from aleph_alpha._call.request import RequestFields
from aleph_alpha._call.short_repr import ShortRepr
from aleph_alpha._call.viewable import Viewable, builder
from aleph_alpha.embedding.batch import (
    BatchSemanticEmbeddingRequest,
    BatchSemanticEmbeddingResponse,
    batch_semantic_embed_call,
)
from aleph_alpha.embedding.instructable import InstructableEmbeddingRequest, InstructableEmbeddingResponse
from aleph_alpha.embedding.openai import EmbeddingV2Request, EmbeddingV2Response, EmbeddingV2ResponseData, Usage
from aleph_alpha.embedding.semantic import (
    EmbeddingVector,
    SemanticEmbeddingRequest,
    SemanticEmbeddingResponse,
    SemanticRepresentation,
    semantic_embed_call,
)
from aleph_alpha.prompt.prompt import PROMPT_RULE, Prompt

if TYPE_CHECKING:
    from aleph_alpha.views.view import View
    from aleph_alpha_api import models as api

__all__ = [
    "BatchSemanticEmbeddingRequest",
    "BatchSemanticEmbeddingResponse",
    "EmbeddingRequest",
    "EmbeddingResponse",
    "EmbeddingV2Request",
    "EmbeddingV2Response",
    "EmbeddingV2ResponseData",
    "EmbeddingVector",
    "InstructableEmbeddingRequest",
    "InstructableEmbeddingResponse",
    "SemanticEmbeddingRequest",
    "SemanticEmbeddingResponse",
    "SemanticRepresentation",
    "Usage",
    "batch_semantic_embed_call",
    "embed_call",
    "semantic_embed_call",
]


@dataclass(frozen=True)
class EmbeddingRequest:
    """Asks for the hidden states of chosen layers, pooled over the tokens of a prompt.

    For similarity and search use ``SemanticEmbeddingRequest``.

    Parameters:
        prompt: what to embed.
        layers: indices of layers: 0 for the word embeddings, 1 for the output of the first layer, and so
            on; negative ones count from the end, -1 for the last layer.
        pooling: how the tokens' vectors become one: ``"mean"``, ``"weighted_mean"`` (later tokens
            count more), ``"max"``, ``"last_token"`` or ``"abs_max"`` (the largest absolute values).
        type: a kind of embedding the model is asked for. Deprecated by the API.
        tokens: return the tokens of the prompt, too.
        normalize: scale each vector to length 1. Not every deployment does.
        contextual_control_threshold: ``None`` applies the attention controls of the prompt to what
            they mark; a number (cosine similarity of token embeddings, -1 to 1) also to every token
            that is at least that similar.
        control_log_additive: ``True`` adds the logarithm of a control's factor to the attention
            scores, ``False`` multiplies their distance from the lowest one by it.

    ``None`` for `tokens`, `normalize` and `control_log_additive` leaves them to the API.

    >>> request = EmbeddingRequest(Prompt.from_text("This is an example."), layers=[-1], pooling=["mean"])
    >>> request.to_json()["layers"]
    [-1]
    """

    prompt: Prompt
    layers: Sequence[int]
    pooling: Sequence[str]
    type: str | None = None
    tokens: bool | None = False
    normalize: bool | None = False
    contextual_control_threshold: float | None = None
    control_log_additive: bool | None = True

    def to_json(self) -> Mapping[str, Any]:
        """The request as the API takes it, without the model."""
        body = _to_model(self, "", NO_DEFAULTS).to_dict()
        del body["model"]
        return body


_FIELDS = RequestFields(EmbeddingRequest, {"prompt": PROMPT_RULE}, nulls=("type", "contextual_control_threshold"))


def _to_model(request: EmbeddingRequest, model: str, defaults: Defaults) -> api.EmbeddingRequest:
    from aleph_alpha_api import models as api

    return _FIELDS.model(api.EmbeddingRequest, request, defaults, model=model)


@dataclass(frozen=True, repr=False)
class EmbeddingResponse(WithMeta, Viewable, ShortRepr):
    """Vectors of a prompt, by layer and pooling.

    Parameters:
        model_version: version of the model that answered; ``None`` where the server does not say.
        num_tokens_prompt_total: tokens of the prompt.
        embeddings: ``(layer, pooling)`` to the vector. Layers are named by their own number: -1 of
            a model with 40 layers comes back as ``"layer_40"``.
        tokens: the tokens of the prompt, where they were asked for.
        message: no longer used by the API.

    >>> response = EmbeddingResponse.from_json({
    ...     "model_version": "2022-04",
    ...     "embeddings": {"layer_40": {"mean": [0.5, -1.25]}},
    ...     "num_tokens_prompt_total": 2,
    ... })
    >>> response.embeddings
    {('layer_40', 'mean'): [0.5, -1.25]}
    """

    model_version: str
    num_tokens_prompt_total: int
    embeddings: dict[tuple[str, str], EmbeddingVector] | None
    tokens: list[str] | None
    message: str | None = None

    @staticmethod
    def from_json(json: Mapping[str, Any]) -> EmbeddingResponse:
        """The response of its JSON.

        Raises:
            ResponseError: what was asked for is missing or cannot be read; `path` says where.
        """
        from aleph_alpha_api.models import EmbeddingResponse as Model

        return from_json("EmbeddingResponse", Model.from_dict, json, _response)

    def view(self) -> View:
        """Something to look at: how similar the vectors of the layers and poolings are, as the cosine of each two."""
        vectors = self.embeddings or {}
        view: View = builder("matrix").of_vectors(list(vectors.values()), [" ".join(key) for key in vectors])
        return view


def _response(model: api.EmbeddingResponse) -> EmbeddingResponse:
    layers = model.embeddings.additional_properties
    return EmbeddingResponse(
        model_version=promised(model.model_version),
        num_tokens_prompt_total=promised(model.num_tokens_prompt_total),
        embeddings={
            (layer, pooling): vector
            for layer, poolings in layers.items()
            for pooling, vector in poolings.additional_properties.items()
        },
        tokens=known(model.tokens),
        message=other_text(model, "message"),
    )


def embed_call(request: EmbeddingRequest, model: str, defaults: Defaults) -> Call[EmbeddingResponse]:
    """The call that embeds a prompt.

    Raises:
        InvalidRequestError: a field that cannot be sent, by its name.
    """
    from aleph_alpha_api.api.tasks import embed

    check_request(request, EmbeddingRequest, "embed")
    check_model(model, "embed")
    parts = embed.build_request(body=_to_model(request, model, defaults), nice=nice(defaults))
    return call("embed", parts, decoder("embed", embed.parse_response, _response))
