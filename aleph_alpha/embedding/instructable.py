"""Instructable embeddings: vectors for the part of a meaning that an instruction names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aleph_alpha._call.call import NO_DEFAULTS, Call, Defaults, call, nice
from aleph_alpha._call.checks import check_model, check_request
from aleph_alpha._call.fields import given, promised
from aleph_alpha._call.meta import WithMeta
from aleph_alpha._call.reading import decoder, from_json
from aleph_alpha._call.request import RequestFields
from aleph_alpha._call.short_repr import ShortRepr
from aleph_alpha._call.viewable import Viewable, builder
from aleph_alpha.prompt.prompt import PROMPT_RULE, Prompt

if TYPE_CHECKING:
    from aleph_alpha.views.view import View
    from aleph_alpha_api import models as api

__all__ = ["InstructableEmbeddingRequest", "InstructableEmbeddingResponse", "instructable_embed_call"]


@dataclass(frozen=True)
class InstructableEmbeddingRequest:
    """Asks for a vector for what an instruction looks for in a prompt, as for classification.

    Parameters:
        input: what to embed.
        instruction: what to look at in it.
        normalize: scale the vector to length 1.
        contextual_control_threshold: ``None`` applies the attention controls of the prompt to what
            they mark; a number (cosine similarity of token embeddings, -1 to 1) also to every token
            that is at least that similar.
        control_log_additive: ``True`` adds the logarithm of a control's factor to the attention
            scores, ``False`` multiplies their distance from the lowest one by it.

    ``None`` for `normalize` and `control_log_additive` leaves them to the API.

    >>> request = InstructableEmbeddingRequest(Prompt.from_text("Good morning"), "Represent the kind of salutation")
    >>> request.to_json()["instruction"]
    'Represent the kind of salutation'
    """

    input: Prompt
    instruction: str
    normalize: bool | None = False
    contextual_control_threshold: float | None = None
    control_log_additive: bool | None = True

    def to_json(self) -> Mapping[str, Any]:
        """The request as the API takes it, without the model."""
        return _to_model(self, None, NO_DEFAULTS).to_dict()


_FIELDS = RequestFields(InstructableEmbeddingRequest, {"input": PROMPT_RULE}, nulls=("contextual_control_threshold",))


def _to_model(
    request: InstructableEmbeddingRequest, model: str | None, defaults: Defaults
) -> api.InstructableEmbeddingRequest:
    from aleph_alpha_api import models as api

    return _FIELDS.model(api.InstructableEmbeddingRequest, request, defaults, model=given(model))


@dataclass(frozen=True, repr=False)
class InstructableEmbeddingResponse(WithMeta, Viewable, ShortRepr):
    """The vector of a prompt.

    Parameters:
        model_version: version of the model that answered; ``None`` where the server does not say.
        embedding: the vector.
        num_tokens_prompt_total: tokens of the prompt.
        message: always ``None``; the API has none.

    >>> response = InstructableEmbeddingResponse.from_json(
    ...     {"model_version": "1", "embedding": [0.5, -1.25], "num_tokens_prompt_total": 2})
    >>> response.embedding
    [0.5, -1.25]
    """

    model_version: str
    embedding: list[float]
    num_tokens_prompt_total: int
    message: str | None = None

    @staticmethod
    def from_json(json: Mapping[str, Any]) -> InstructableEmbeddingResponse:
        """The response of its JSON.

        Raises:
            ResponseError: what was asked for is missing or cannot be read; `path` says where.
        """
        from aleph_alpha_api.models import SemanticEmbeddingResponse as Model

        return from_json("InstructableEmbeddingResponse", Model.from_dict, json, _response)

    def view(self, *others: InstructableEmbeddingResponse, labels: Sequence[str] | None = None) -> View:
        """Something to look at: how similar this vector and others are, or its first numbers if there are none.

        Args:
            others: further responses, to compare with.
            labels: names of this one and the others, in order; numbers from 0 if not given.

        Raises:
            InvalidRequestError: the vectors differ in length, or there is not one label for each.
        """
        view: View = builder("matrix").of_vectors([self.embedding, *(one.embedding for one in others)], labels)
        return view


def _response(model: api.SemanticEmbeddingResponse) -> InstructableEmbeddingResponse:
    return InstructableEmbeddingResponse(
        promised(model.model_version), model.embedding, promised(model.num_tokens_prompt_total)
    )


def instructable_embed_call(
    request: InstructableEmbeddingRequest, model: str | None, defaults: Defaults
) -> Call[InstructableEmbeddingResponse]:
    """The call that embeds a prompt by an instruction; without a model the server chooses.

    Raises:
        InvalidRequestError: a field that cannot be sent, by its name.
    """
    from aleph_alpha_api.api.tasks import instructable_embed

    check_request(request, InstructableEmbeddingRequest, "instructable_embed")
    if model is not None:
        check_model(model, "instructable_embed")
    parts = instructable_embed.build_request(body=_to_model(request, model, defaults), nice=nice(defaults))
    return call("instructableEmbed", parts, decoder("instructableEmbed", instructable_embed.parse_response, _response))
