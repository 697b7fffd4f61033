"""Evaluations: how likely a model is to continue a prompt with a given text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aleph_alpha._call.call import NO_DEFAULTS, Call, Defaults, call, nice
from aleph_alpha._call.checks import check_model, check_request
from aleph_alpha._call.fields import other_text, promised
from aleph_alpha._call.meta import WithMeta
from aleph_alpha._call.reading import decoder, from_json
from aleph_alpha._call.request import RequestFields
from aleph_alpha._call.short_repr import ShortRepr
from aleph_alpha.prompt.prompt import PROMPT_RULE, Prompt

if TYPE_CHECKING:
    from aleph_alpha_api import models as api

__all__ = ["EvaluationRequest", "EvaluationResponse", "evaluate_call"]


@dataclass(frozen=True)
class EvaluationRequest:
    """Asks how likely a text is to follow a prompt.

    Parameters:
        prompt: what comes before; an empty text for the likelihood of the completion alone.
        completion_expected: the text whose likelihood is wanted.
        contextual_control_threshold: ``None`` applies the attention controls of the prompt to what
            they mark; a number (cosine similarity of token embeddings, -1 to 1) also to every token
            that is at least that similar.
        control_log_additive: ``True`` adds the logarithm of a control's factor to the attention
            scores, ``False`` multiplies their distance from the lowest one by it; ``None`` leaves it
            to the API.

    >>> request = EvaluationRequest(Prompt.from_text("The API works"), completion_expected=" well")
    >>> request.to_json()["completion_expected"]
    ' well'
    """

    prompt: Prompt
    completion_expected: str
    contextual_control_threshold: float | None = None
    control_log_additive: bool | None = True

    def to_json(self) -> Mapping[str, Any]:
        """The request as the API takes it, without the model."""
        body = _to_model(self, "", NO_DEFAULTS).to_dict()
        del body["model"]
        return body


_FIELDS = RequestFields(EvaluationRequest, {"prompt": PROMPT_RULE}, nulls=("contextual_control_threshold",))


def _to_model(request: EvaluationRequest, model: str, defaults: Defaults) -> api.EvaluationRequest:
    from aleph_alpha_api import models as api

    return _FIELDS.model(api.EvaluationRequest, request, defaults, model=model)


@dataclass(frozen=True, repr=False)
class EvaluationResponse(WithMeta, ShortRepr):
    """How likely the expected completion is.

    Parameters:
        model_version: version of the model that answered; ``None`` where the server does not say.
        message: no longer used by the API.
        result: a plain dict with ``log_probability`` (natural logarithm), ``log_perplexity`` (the
            same with the sign turned), ``log_perplexity_per_token``, ``log_perplexity_per_character``,
            ``correct_greedy`` (whether the model would have written it on its own), ``token_count``,
            ``character_count`` and ``completion`` (what the model would have written).
        num_tokens_prompt_total: tokens of prompt and completion.

    >>> response = EvaluationResponse.from_json({
    ...     "model_version": "2022-04",
    ...     "result": {"log_probability": -1.25, "correct_greedy": False},
    ...     "num_tokens_prompt_total": 4,
    ... })
    >>> response.result["log_probability"]
    -1.25
    """

    model_version: str
    message: str | None
    result: dict[str, Any]
    num_tokens_prompt_total: int

    @staticmethod
    def from_json(json: Mapping[str, Any]) -> EvaluationResponse:
        """The response of its JSON.

        Raises:
            ResponseError: what was asked for is missing or cannot be read; `path` says where.
        """
        from aleph_alpha_api.models import EvaluationResponse as Model

        return from_json("EvaluationResponse", Model.from_dict, json, _response)


def _response(model: api.EvaluationResponse) -> EvaluationResponse:
    return EvaluationResponse(
        model_version=promised(model.model_version),
        message=other_text(model, "message"),
        result=model.result.to_dict(),
        num_tokens_prompt_total=promised(model.num_tokens_prompt_total),
    )


def evaluate_call(request: EvaluationRequest, model: str, defaults: Defaults) -> Call[EvaluationResponse]:
    """The call that evaluates a completion.

    Raises:
        InvalidRequestError: a field that cannot be sent, by its name.
    """
    from aleph_alpha_api.api.tasks import evaluate

    check_request(request, EvaluationRequest, "evaluate")
    check_model(model, "evaluate")
    parts = evaluate.build_request(body=_to_model(request, model, defaults), nice=nice(defaults))
    return call("evaluate", parts, decoder("evaluate", evaluate.parse_response, _response))
