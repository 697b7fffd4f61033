"""Embeddings: vectors that stand for what a prompt means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeAlias

from aleph_alpha._call import (
    NO_DEFAULTS,
    Call,
    Defaults,
    WithMeta,
    call,
    decoder,
    from_json,
    given,
    hosting,
    known,
    nice,
    other_text,
    own_fields,
    tags,
)
from aleph_alpha._prompt_model import prompt_items
from aleph_alpha._validation import (
    check_fields,
    check_model,
    check_request,
    describe,
    flag,
    integer,
    is_sequence,
    member_of,
    number,
    optional,
    sequence_of,
    text,
)
from aleph_alpha.errors import InvalidRequestError
from aleph_alpha.prompt import Prompt, validate_prompt

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from aleph_alpha_api import models as api

__all__ = [
    "BatchSemanticEmbeddingRequest",
    "BatchSemanticEmbeddingResponse",
    "EmbeddingRequest",
    "EmbeddingResponse",
    "EmbeddingVector",
    "SemanticEmbeddingRequest",
    "SemanticEmbeddingResponse",
    "SemanticRepresentation",
    "batch_semantic_embed_call",
    "embed_call",
    "semantic_embed_call",
]

EmbeddingVector: TypeAlias = list[float]


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
        normalize: scale each vector to length 1. Not every installation does.
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
        body = _embedding_model(self, "", NO_DEFAULTS).to_dict()
        del body["model"]
        return body


def _embedding_model(request: EmbeddingRequest, model: str, defaults: Defaults) -> api.EmbeddingRequest:
    from aleph_alpha_api import models as api

    body = api.EmbeddingRequest(
        model=model,
        hosting=hosting(defaults),
        tags=tags(defaults),
        prompt=prompt_items(request.prompt),
        layers=list(request.layers),
        pooling=list(request.pooling),
        type_=request.type,
        tokens=given(request.tokens),
        normalize=given(request.normalize),
        contextual_control_threshold=request.contextual_control_threshold,
        control_log_additive=given(request.control_log_additive),
    )
    body.additional_properties = own_fields(request, EmbeddingRequest)
    return body


_EMBEDDING_CHECKS = {
    "layers": sequence_of(integer, "ints"),
    "pooling": sequence_of(text, "strings"),
    "type": optional(text),
    "tokens": optional(flag),
    "normalize": optional(flag),
    "contextual_control_threshold": optional(number),
    "control_log_additive": optional(flag),
}


@dataclass(frozen=True)
class EmbeddingResponse(WithMeta):
    """Vectors of a prompt, by layer and pooling.

    Parameters:
        model_version: version of the model that answered.
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
            ResponseError: a field is missing or has the wrong type; `path` says which.
        """
        from aleph_alpha_api.models import EmbeddingResponse as Model

        return from_json("EmbeddingResponse", Model.from_dict, json, _embedding_response)


def _embedding_response(model: api.EmbeddingResponse) -> EmbeddingResponse:
    layers = known(model.embeddings)
    return EmbeddingResponse(
        model_version=model.model_version,
        num_tokens_prompt_total=model.num_tokens_prompt_total,
        embeddings=None
        if layers is None
        else {
            (layer, pooling): vector
            for layer, poolings in layers.additional_properties.items()
            for pooling, vector in poolings.additional_properties.items()
        },
        tokens=known(model.tokens),
        message=other_text(model, "message"),
    )


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
        normalize: scale the vector to length 1. Not every installation does.
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

    body = api.SemanticEmbeddingRequest(
        model=given(model),
        hosting=hosting(defaults),
        tags=tags(defaults),
        prompt=prompt_items(request.prompt),
        representation=api.SemanticRepresentation(request.representation.value),
        compress_to_size=_size(request.compress_to_size),
        normalize=given(request.normalize),
        contextual_control_threshold=request.contextual_control_threshold,
        control_log_additive=given(request.control_log_additive),
    )
    body.additional_properties = own_fields(request, SemanticEmbeddingRequest)
    return body


def _size(size: int | None) -> api.SemanticEmbeddingCompressToSize | None:
    from aleph_alpha_api.models import SemanticEmbeddingCompressToSize

    return None if size is None else SemanticEmbeddingCompressToSize(size)


_SEMANTIC_CHECKS = {
    "representation": member_of(SemanticRepresentation),
    "compress_to_size": optional(integer),
    "normalize": optional(flag),
    "contextual_control_threshold": optional(number),
    "control_log_additive": optional(flag),
}


@dataclass(frozen=True)
class SemanticEmbeddingResponse(WithMeta):
    """The vector of a prompt.

    Parameters:
        model_version: version of the model that answered.
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
            ResponseError: a field is missing or has the wrong type; `path` says which.
        """
        from aleph_alpha_api.models import SemanticEmbeddingResponse as Model

        return from_json("SemanticEmbeddingResponse", Model.from_dict, json, _semantic_response)


def _semantic_response(model: api.SemanticEmbeddingResponse) -> SemanticEmbeddingResponse:
    return SemanticEmbeddingResponse(
        model_version=model.model_version,
        embedding=model.embedding,
        num_tokens_prompt_total=model.num_tokens_prompt_total,
        message=other_text(model, "message"),
    )


@dataclass(frozen=True)
class BatchSemanticEmbeddingRequest:
    """Asks for a vector of each of several prompts.

    Parameters:
        prompts: what to embed. The clients send them in batches, because the API takes at most 100
            at once.
        representation, compress_to_size, normalize, contextual_control_threshold,
            control_log_additive: as in ``SemanticEmbeddingRequest``, for all prompts.

    >>> prompts = [Prompt.from_text(text) for text in ("deep learning", "artificial snow")]
    >>> request = BatchSemanticEmbeddingRequest(prompts, SemanticRepresentation.Symmetric, compress_to_size=128)
    >>> len(request.to_json()["prompts"])
    2
    """

    prompts: Sequence[Prompt]
    representation: SemanticRepresentation
    compress_to_size: int | None = None
    normalize: bool | None = False
    contextual_control_threshold: float | None = None
    control_log_additive: bool | None = True

    def to_json(self) -> Mapping[str, Any]:
        """The request as the API takes it, without the model."""
        return _batch_model(self, None, NO_DEFAULTS).to_dict()


def _batch_model(
    request: BatchSemanticEmbeddingRequest, model: str | None, defaults: Defaults
) -> api.BatchSemanticEmbeddingRequest:
    from aleph_alpha_api import models as api

    body = api.BatchSemanticEmbeddingRequest(
        model=given(model),
        hosting=hosting(defaults),
        tags=tags(defaults),
        prompts=[prompt_items(prompt) for prompt in request.prompts],
        representation=api.SemanticRepresentation(request.representation.value),
        compress_to_size=_size(request.compress_to_size),
        normalize=given(request.normalize),
        contextual_control_threshold=request.contextual_control_threshold,
        control_log_additive=given(request.control_log_additive),
    )
    body.additional_properties = own_fields(request, BatchSemanticEmbeddingRequest)
    return body


@dataclass(frozen=True)
class BatchSemanticEmbeddingResponse(WithMeta):
    """The vectors of several prompts.

    Parameters:
        model_version: version of the model that answered.
        embeddings: one vector for each prompt, in their order. Where they were asked for as an
            array, a ``numpy.ndarray`` of float32 in the shape (prompts, numbers); see :meth:`as_array`.
        num_tokens_prompt_total: tokens of all prompts.

    >>> response = BatchSemanticEmbeddingResponse.from_json({
    ...     "model_version": "2022-04", "embeddings": [[0.5, -1.25], [1.0, 2.0]], "num_tokens_prompt_total": 3})
    >>> response.embeddings[1]
    [1.0, 2.0]
    """

    model_version: str
    embeddings: Sequence[EmbeddingVector]
    num_tokens_prompt_total: int

    @staticmethod
    def from_json(json: Mapping[str, Any]) -> BatchSemanticEmbeddingResponse:
        """The response of its JSON.

        Raises:
            ResponseError: a field is missing or has the wrong type; `path` says which.
        """
        from aleph_alpha_api.models import BatchSemanticEmbeddingResponse as Model

        return from_json("BatchSemanticEmbeddingResponse", Model.from_dict, json, _batch_response)

    def to_json(self) -> Mapping[str, Any]:
        """A dict of the fields, vectors as lists; :meth:`from_json` reads it back."""
        return {
            "model_version": self.model_version,
            "embeddings": _lists(self.embeddings),
            "num_tokens_prompt_total": self.num_tokens_prompt_total,
        }

    def as_array(self) -> NDArray[np.float32]:
        """The vectors as one array of float32 in the shape (prompts, numbers).

        It is `embeddings` itself where that is an array already, else a new one.

        Raises:
            ImportError: numpy is not installed (extra ``numpy``).
            ResponseError: the vectors differ in length, or a number is too large for float32.

        >>> response = BatchSemanticEmbeddingResponse("2022-04", [[0.5, -1.25], [1.0, 2.0]], 3)
        >>> response.as_array().shape
        (2, 2)
        """
        from aleph_alpha._http.vectors import array_of, need_numpy

        embeddings: Any = self.embeddings
        return embeddings if isinstance(embeddings, need_numpy().ndarray) else array_of(embeddings, "embeddings")

    def __eq__(self, other: object) -> bool:
        # Arrays compare number by number and not to one bool, which the generated method needs.
        if not isinstance(other, type(self)):
            return NotImplemented
        return self.to_json() == other.to_json()

    __hash__ = None  # type: ignore[assignment]  # a response holds a list


def _lists(embeddings: Any) -> list[EmbeddingVector]:
    plain: list[EmbeddingVector] = embeddings.tolist() if hasattr(embeddings, "tolist") else list(embeddings)
    return plain


def _batch_response(model: api.BatchSemanticEmbeddingResponse) -> BatchSemanticEmbeddingResponse:
    return BatchSemanticEmbeddingResponse(
        model_version=model.model_version,
        embeddings=model.embeddings,
        num_tokens_prompt_total=model.num_tokens_prompt_total,
    )


def embed_call(request: EmbeddingRequest, model: str, defaults: Defaults) -> Call[EmbeddingResponse]:
    """The call that embeds a prompt.

    Raises:
        InvalidRequestError: a field that cannot be sent, by its name.
    """
    from aleph_alpha_api.api.tasks import embed

    check_request(request, EmbeddingRequest, "embed")
    check_model(model, "embed")
    validate_prompt(request.prompt, "EmbeddingRequest.prompt")
    check_fields(request, "EmbeddingRequest", _EMBEDDING_CHECKS)
    parts = embed.build_request(body=_embedding_model(request, model, defaults), nice=nice(defaults))
    return call("embed", parts, decoder("embed", embed.parse_response, _embedding_response))


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
    validate_prompt(request.prompt, "SemanticEmbeddingRequest.prompt")
    check_fields(request, "SemanticEmbeddingRequest", _SEMANTIC_CHECKS)
    parts = semantic_embed.build_request(body=_semantic_model(request, model, defaults), nice=nice(defaults))
    return call("semanticEmbed", parts, decoder("semanticEmbed", semantic_embed.parse_response, _semantic_response))


def batch_semantic_embed_call(
    request: BatchSemanticEmbeddingRequest, model: str | None, defaults: Defaults, *, as_array: bool = False
) -> Call[BatchSemanticEmbeddingResponse]:
    """The call that embeds several prompts for their meaning; without a model the server chooses.

    With `as_array` the response's ``embeddings`` is one float32 array.

    Raises:
        InvalidRequestError: a field that cannot be sent, by its name.
        ImportError: `as_array` without numpy.
    """
    from aleph_alpha._embedding_parse import array_parser, list_parser
    from aleph_alpha_api.api.tasks import batch_semantic_embed

    check_request(request, BatchSemanticEmbeddingRequest, "batch_semantic_embed")
    if model is not None:
        check_model(model, "batch_semantic_embed")
    field = "BatchSemanticEmbeddingRequest.prompts"
    if not is_sequence(request.prompts):
        raise InvalidRequestError(f"{field} must be a list of prompts, not {describe(request.prompts)}")
    if not len(request.prompts):
        raise InvalidRequestError(f"{field} is empty")
    for index, prompt in enumerate(request.prompts):
        validate_prompt(prompt, f"{field}[{index}]")
    check_fields(request, "BatchSemanticEmbeddingRequest", _SEMANTIC_CHECKS)
    parts = batch_semantic_embed.build_request(body=_batch_model(request, model, defaults), nice=nice(defaults))
    plain = decoder("batchSemanticEmbed", batch_semantic_embed.parse_response, _batch_response)
    return call("batchSemanticEmbed", parts, array_parser(plain) if as_array else list_parser(plain))
