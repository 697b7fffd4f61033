"""Semantic embeddings of several prompts at once, as lists or as one array.

A body is nearly all numbers. These go past the generated model, and the few other fields through
it; whatever is unusual goes through it as a whole, so that what is accepted, and each error, is
the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from aleph_alpha._call.call import NO_DEFAULTS, Call, Defaults, call, nice
from aleph_alpha._call.checks import Rule, check_model, check_request, describe, is_sequence
from aleph_alpha._call.fields import given, promised
from aleph_alpha._call.meta import WithMeta
from aleph_alpha._call.reading import decoder, from_json, read
from aleph_alpha._call.request import RequestFields
from aleph_alpha._call.short_repr import ShortRepr
from aleph_alpha._call.viewable import Viewable, builder
from aleph_alpha.embedding import vectors
from aleph_alpha.embedding.semantic import SEMANTIC_NULLS, SEMANTIC_RULES, EmbeddingVector, SemanticRepresentation
from aleph_alpha.errors import InvalidRequestError, ResponseError
from aleph_alpha.prompt.prompt import Prompt, item_models, prompt_items

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from aleph_alpha.views.view import View
    from aleph_alpha_api import models as api

__all__ = ["BatchSemanticEmbeddingRequest", "BatchSemanticEmbeddingResponse", "batch_semantic_embed_call"]

Parser: TypeAlias = Callable[[bytes], "BatchSemanticEmbeddingResponse"]

_KEY = "embeddings"


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


def _prompts(prompts: Sequence[Prompt], field: str, first: int = 0) -> list[Any]:
    return [prompt_items(prompt, f"{field}[{index}]") for index, prompt in enumerate(prompts, first)]


def _unsent_prompts(prompts: Sequence[Prompt], field: str) -> list[Any]:
    return [item_models(prompt.items, f"{field}[{index}].items", bounds=False) for index, prompt in enumerate(prompts)]


_FIELDS = RequestFields(
    BatchSemanticEmbeddingRequest,
    {"prompts": Rule(convert=_prompts, unsent=_unsent_prompts), **SEMANTIC_RULES},
    nulls=SEMANTIC_NULLS,
)


def _batch_model(
    request: BatchSemanticEmbeddingRequest, model: str | None, defaults: Defaults, first: int = 0
) -> api.BatchSemanticEmbeddingRequest:
    from aleph_alpha_api import models as api

    if defaults is NO_DEFAULTS:
        return _FIELDS.model(api.BatchSemanticEmbeddingRequest, request, defaults, model=given(model))
    prompts = _prompts(request.prompts, _PROMPTS, first)
    return _FIELDS.model(api.BatchSemanticEmbeddingRequest, request, defaults, model=given(model), prompts=prompts)


@dataclass(frozen=True, repr=False)
class BatchSemanticEmbeddingResponse(WithMeta, Viewable, ShortRepr):
    """The vectors of several prompts.

    Parameters:
        model_version: version of the model that answered; ``None`` where the server does not say.
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
            ResponseError: what was asked for is missing or cannot be read; `path` says where.
        """
        from aleph_alpha_api.models import BatchSemanticEmbeddingResponse as Model

        return from_json("BatchSemanticEmbeddingResponse", Model.from_dict, json, _batch_response)

    def view(self, labels: Sequence[str] | None = None) -> View:
        """Something to look at: how similar the vectors are, as the cosine of each two. The first 100 are shown.

        Args:
            labels: names of the vectors, such as their texts; numbers from 0 if not given.

        Raises:
            InvalidRequestError: the vectors differ in length, or there is not one label for each.
        """
        view: View = builder("matrix").of_vectors(self.embeddings, labels)
        return view

    def to_json(self) -> Mapping[str, Any]:
        """A dict of the fields, vectors as lists; :meth:`from_json` reads it back."""
        return {
            "model_version": self.model_version,
            "embeddings": _lists(self.embeddings),
            "num_tokens_prompt_total": self.num_tokens_prompt_total,
        }

    def as_array(self) -> NDArray[np.float32]:
        """The vectors as one array of float32 in the shape (prompts, numbers); (0, 0) where there are none.

        It is `embeddings` itself where that is an array already, else a new one.

        Raises:
            ImportError: numpy is not installed (extra ``numpy``).
            ResponseError: the vectors differ in length, or a number is too large for float32.

        >>> response = BatchSemanticEmbeddingResponse("2022-04", [[0.5, -1.25], [1.0, 2.0]], 3)
        >>> response.as_array().shape
        (2, 2)
        """
        embeddings: Any = self.embeddings
        is_array = isinstance(embeddings, vectors.need_numpy().ndarray)
        return embeddings if is_array else vectors.array_of(embeddings, _KEY)

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
        model_version=promised(model.model_version),
        embeddings=model.embeddings,
        num_tokens_prompt_total=promised(model.num_tokens_prompt_total),
    )


def batch_semantic_embed_call(
    request: BatchSemanticEmbeddingRequest,
    model: str | None,
    defaults: Defaults,
    *,
    arrays: vectors.ArrayReader | None = None,
    first: int = 0,
) -> Call[BatchSemanticEmbeddingResponse]:
    """The call that embeds several prompts for their meaning; without a model the server chooses.

    With `arrays` the response's ``embeddings`` is one float32 array. `first` is the index of the
    first prompt where these are a part of more: errors name prompts by their place in the whole.

    Raises:
        InvalidRequestError: a field that cannot be sent, by its name.
    """
    from aleph_alpha_api.api.tasks import batch_semantic_embed

    prompts = prompts_of(request)
    if model is not None:
        check_model(model, "batch_semantic_embed")
    if not len(prompts):
        raise InvalidRequestError(f"{_PROMPTS} is empty")
    parts = batch_semantic_embed.build_request(body=_batch_model(request, model, defaults, first), nice=nice(defaults))
    plain = decoder(OPERATION, batch_semantic_embed.parse_response, _batch_response)
    return call(OPERATION, parts, _list_parser(plain) if arrays is None else _array_parser(plain, arrays))


OPERATION = "batchSemanticEmbed"
_PROMPTS = "BatchSemanticEmbeddingRequest.prompts"


def prompts_of(request: BatchSemanticEmbeddingRequest) -> Sequence[Prompt]:
    """The prompts of what has to be a batch request.

    Raises:
        InvalidRequestError: it is not one, or its prompts are not a sequence.
    """
    check_request(request, BatchSemanticEmbeddingRequest, "batch_semantic_embed")
    if not is_sequence(request.prompts):
        raise InvalidRequestError(f"{_PROMPTS} must be a list of prompts, not {describe(request.prompts)}")
    return request.prompts


def _list_parser(plain: Parser) -> Parser:
    """Reads vectors as lists."""

    def parse(body: bytes) -> BatchSemanticEmbeddingResponse:
        decoded = vectors.read_lists(body, _KEY)
        response = None if decoded is None else _read_response(decoded, decoded[_KEY])
        return plain(body) if response is None else response

    return parse


def _array_parser(plain: Parser, arrays: vectors.ArrayReader) -> Parser:
    """Reads vectors into one float32 array."""

    def parse(body: bytes) -> BatchSemanticEmbeddingResponse:
        read = arrays.read(body, _KEY)
        response = None if read is None else _read_response(read[0], read[1])
        if response is not None:
            return response
        response = _list_parser(plain)(body)
        try:
            array: Any = vectors.array_of(response.embeddings, _KEY)
        except ResponseError as error:
            raise ResponseError(f"{OPERATION}: {error}", path=error.path, body=body) from None
        return BatchSemanticEmbeddingResponse(response.model_version, array, response.num_tokens_prompt_total)

    return parse


def _read_response(members: Mapping[str, Any], embeddings: Any) -> BatchSemanticEmbeddingResponse:
    from aleph_alpha_api.models import BatchSemanticEmbeddingResponse as Model

    response = read(OPERATION, Model.from_dict, {**members, _KEY: []}, _batch_response, usual=True)
    object.__setattr__(response, _KEY, embeddings)
    return response
