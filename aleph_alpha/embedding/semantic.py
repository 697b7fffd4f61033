"""Semantic embeddings: one vector for what a prompt means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeAlias

from aleph_alpha._call.call import NO_DEFAULTS, Call, Defaults, call, nice
from aleph_alpha._call.checks import (
    Rule,
    check_model,
    check_request,
    integer,
)
from aleph_alpha._call.fields import given, other_text, promised
from aleph_alpha._call.meta import WithMeta
from aleph_alpha._call.reading import decoder, from_json
from aleph_alpha._call.request import RequestFields, enum_rule
from aleph_alpha._call.short_repr import ShortRepr
from aleph_alpha._call.viewable import Viewable, builder
from aleph_alpha.prompt.prompt import PROMPT_RULE, Prompt

if TYPE_CHECKING:
    from aleph_alpha.views.view import View
    from aleph_alpha_api import models as api

__all__ = [
    "SEMANTIC_NULLS",
    "SEMANTIC_RULES",
    "EmbeddingVector",
    "SemanticEmbeddingRequest",
    "SemanticEmbeddingResponse",
    "SemanticRepresentation",
    "semantic_embed_call",
]

EmbeddingVector: TypeAlias = list[float]
"""The vector of one text: as many numbers as the model has dimensions, or as `compress_to_size` asks for."""


class SemanticRepresentation(Enum):
    """What a semantic embedding is to be compared with.

    ``Symmetric`` ones with each other: clustering, classification, similarity. ``Query`` ones, of
    questions and key words, with ``Document`` ones, of the texts that are searched.

    >>> SemanticRepresentation["Query"].value
    'query'
    """

    Symmetric = "symmetric"
    Document = "document"
    Query = "query"


@dataclass(frozen=True)
class SemanticEmbeddingRequest:
    """Asks for one vector that stands for what a prompt means.

    Parameters:
        prompt: what to embed.
        representation: what the vector is to be compared with.
        compress_to_size: 128 for vectors of 128 numbers; ``None`` for all (5,120 of luminous-base).
            Compressed ones are much faster to compare, at a loss of about 5 % of accuracy; for very
            short texts they can be the better ones.
        normalize: scale the vector to length 1. Not every deployment does.
        contextual_control_threshold: ``None`` applies the attention controls of the prompt to what
            they mark; a number (cosine similarity of token embeddings, -1 to 1) also to every token
            that is at least that similar.
        control_log_additive: ``True`` adds the logarithm of a control's factor to the attention
            scores, ``False`` multiplies their distance from the lowest one by it.

    ``None`` for `normalize` and `control_log_additive` leaves them to the API.

    >>> request = SemanticEmbeddingRequest(Prompt.from_text("Who likes pizza?"), SemanticRepresentation.Query)
    >>> request.to_json()["representation"]
    'query'
    """

    prompt: Prompt
    representation: SemanticRepresentation
    compress_to_size: int | None = None
    normalize: bool | None = False
    contextual_control_threshold: float | None = None
    control_log_additive: bool | None = True

    def to_json(self) -> Mapping[str, Any]:
        """The request as the API takes it, without the model."""
        return _semantic_model(self, None, NO_DEFAULTS).to_dict()


def _semantic_model(
    request: SemanticEmbeddingRequest, model: str | None, defaults: Defaults
) -> api.SemanticEmbeddingRequest:
    from aleph_alpha_api import models as api

    return _FIELDS.model(api.SemanticEmbeddingRequest, request, defaults, model=given(model))


def _compressed_size(size: int, field: str) -> api.SemanticEmbeddingCompressToSize:
    from aleph_alpha_api.models import SemanticEmbeddingCompressToSize

    return SemanticEmbeddingCompressToSize(size)


SEMANTIC_RULES = {
    "representation": enum_rule(SemanticRepresentation, "SemanticRepresentation"),
    "compress_to_size": Rule(integer, _compressed_size),
}
SEMANTIC_NULLS = ("compress_to_size", "contextual_control_threshold")

_FIELDS = RequestFields(SemanticEmbeddingRequest, {"prompt": PROMPT_RULE, **SEMANTIC_RULES}, nulls=SEMANTIC_NULLS)


@dataclass(frozen=True, repr=False)
class SemanticEmbeddingResponse(WithMeta, Viewable, ShortRepr):
    """The vector of a prompt.

    Parameters:
        model_version: version of the model that answered; ``None`` where the server does not say.
        embedding: the vector.
        num_tokens_prompt_total: tokens of the prompt.
        message: no longer used by the API.

    >>> response = SemanticEmbeddingResponse.from_json(
    ...     {"model_version": "2022-04", "embedding": [0.5, -1.25], "num_tokens_prompt_total": 2})
    >>> response.embedding
    [0.5, -1.25]
    """

    model_version: str
    embedding: EmbeddingVector
    num_tokens_prompt_total: int
    message: str | None = None

    @staticmethod
    def from_json(json: Mapping[str, Any]) -> SemanticEmbeddingResponse:
        """The response of its JSON.

        Raises:
            ResponseError: what was asked for is missing or cannot be read; `path` says where.
        """
        from aleph_alpha_api.models import SemanticEmbeddingResponse as Model

        return from_json("SemanticEmbeddingResponse", Model.from_dict, json, _semantic_response)

    def view(self, *others: SemanticEmbeddingResponse, labels: Sequence[str] | None = None) -> View:
        """Something to look at: how similar this vector and others are, or its first numbers if there are none.

        Args:
            others: further responses, to compare with.
            labels: names of this one and the others, in order; numbers from 0 if not given.

        Raises:
            InvalidRequestError: the vectors differ in length, or there is not one label for each.
        """
        view: View = builder("matrix").of_vectors([self.embedding, *(one.embedding for one in others)], labels)
        return view


def _semantic_response(model: api.SemanticEmbeddingResponse) -> SemanticEmbeddingResponse:
    return SemanticEmbeddingResponse(
        model_version=promised(model.model_version),
        embedding=model.embedding,
        num_tokens_prompt_total=promised(model.num_tokens_prompt_total),
        message=other_text(model, "message"),
    )


def semantic_embed_call(
    request: SemanticEmbeddingRequest, model: str | None, defaults: Defaults
) -> Call[SemanticEmbeddingResponse]:
    """The call that embeds a prompt for its meaning; without a model the server chooses.

    Raises:
        InvalidRequestError: a field that cannot be sent, by its name.
    """
    from aleph_alpha_api.api.tasks import semantic_embed

    check_request(request, SemanticEmbeddingRequest, "semantic_embed")
    if model is not None:
        check_model(model, "semantic_embed")
    parts = semantic_embed.build_request(body=_semantic_model(request, model, defaults), nice=nice(defaults))
    return call("semanticEmbed", parts, decoder("semanticEmbed", semantic_embed.parse_response, _semantic_response))
