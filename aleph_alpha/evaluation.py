"""Evaluations: how likely a model is to continue a prompt with a given text."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from aleph_alpha._call.call import NO_DEFAULTS, Call, Defaults, call, nice
from aleph_alpha._call.checks import check_model, check_request, checked_string, is_sequence, refuse
from aleph_alpha._call.fields import other_text, promised
from aleph_alpha._call.meta import WithMeta
from aleph_alpha._call.reading import decoder, from_json
from aleph_alpha._call.request import RequestFields
from aleph_alpha._call.short_repr import ShortRepr
from aleph_alpha.errors import InvalidRequestError
from aleph_alpha.prompt.prompt import PROMPT_RULE, Prompt

if TYPE_CHECKING:
    from aleph_alpha_api import models as api

__all__ = ["ChoiceScore", "ChoiceScores", "EvaluationRequest", "EvaluationResponse", "evaluate_call"]

Per: TypeAlias = Literal["token", "character"]


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


# --- choices -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class ChoiceScore:
    """How likely one of several texts is to follow a prompt.

    Parameters:
        choice: the text.
        log_probability: natural logarithm of its probability, 0 or less; that of a longer text is lower.
        per_token: the same divided by its tokens; ``None`` where the API does not tell their number.
        per_character: the same divided by its characters.
        token_count: its tokens; ``None`` where the API does not tell.
    """

    choice: str
    log_probability: float
    per_token: float | None
    per_character: float
    token_count: int | None


@dataclass(frozen=True, repr=False)
class ChoiceScores(ShortRepr):
    """How likely each of several texts is to follow a prompt.

    Parameters:
        scores: one for each choice, in their order.

    >>> scores = ChoiceScores([ChoiceScore(" yes", -1.0, -1.0, -0.25, 1), ChoiceScore(" not so", -2.0, -0.5, -0.25, 4)])
    >>> scores.best().choice, scores.best(per="token").choice
    (' yes', ' not so')
    >>> {choice: round(share, 3) for choice, share in scores.probabilities().items()}
    {' yes': 0.731, ' not so': 0.269}
    """

    scores: list[ChoiceScore]

    def best(self, *, per: Per | None = None) -> ChoiceScore:
        """The choice with the highest score; of equal ones the first.

        Args:
            per: compare log-probabilities divided by ``"token"`` or by ``"character"``, so that long texts have
                a chance; ``None`` compares them as they are.

        Raises:
            InvalidRequestError: an unknown `per`, or the API does not tell how many tokens there are.
        """
        values = self._values(per)
        return self.scores[values.index(max(values))]

    def probabilities(self, *, per: Per | None = None) -> dict[str, float]:
        """The distribution over the choices, as if one of them had to come: shares of 1 (softmax of the scores).

        Args:
            per: as in :meth:`best`. Without it the shares are those of the model itself.

        Raises:
            InvalidRequestError: as :meth:`best`.
        """
        values = self._values(per)
        highest = max(values)
        shares = [math.exp(value - highest) for value in values]
        total = math.fsum(shares)
        return {one.choice: share / total for one, share in zip(self.scores, shares, strict=True)}

    def _values(self, per: Per | None) -> list[float]:
        if per is None:
            return [one.log_probability for one in self.scores]
        if per == "character":
            return [one.per_character for one in self.scores]
        if per != "token":
            raise InvalidRequestError(f"per must be token, character or None, got {per!r}")
        values = [one.per_token for one in self.scores if one.per_token is not None]
        if len(values) < len(self.scores):
            raise InvalidRequestError("per token: the API did not tell how many tokens each choice has")
        return values


class ChoiceTask:
    """The evaluations for the choices of one prompt or several, and what becomes of their responses.

    Raises:
        InvalidRequestError: prompts or choices that cannot be sent; the message says which.
    """

    def __init__(self, prompt: object, choices: object) -> None:
        self.many = not isinstance(prompt, Prompt | str)
        prompts: Any = prompt if self.many else [prompt]
        if not is_sequence(prompts):
            refuse("prompt", "a Prompt, a text or a list of them", prompt)
        lists: Any = choices
        if not (self.many and is_sequence(choices) and all(map(is_sequence, lists))) or not lists:
            one = _choices(choices, "choices")
            lists = [one] * len(prompts)
        elif len(lists) != len(prompts):
            raise InvalidRequestError(
                f"choices must be one list, or one for each prompt: {len(prompts)}, not {len(lists)}"
            )
        else:
            lists = [_choices(one, f"choices[{index}]") for index, one in enumerate(lists)]
        self._rows: list[list[str]] = lists
        self.requests = [
            EvaluationRequest(_prompt(one, f"prompt[{index}]"), choice)
            for index, one in enumerate(prompts)
            for choice in lists[index]
        ]

    def scores(self, responses: Sequence[EvaluationResponse]) -> ChoiceScores | list[ChoiceScores]:
        """The scores for all the responses, in the order of the requests."""
        grouped = self._grouped(dict(enumerate(responses)))
        found = [ChoiceScores(list(grouped[row].values())) for row in range(len(self._rows))]
        return found if self.many else found[0]

    def regroup(self, error: BaseException) -> None:
        """Put what the error of :meth:`evaluate_many` carries in terms of prompts, or of the choices of the one."""
        partial: dict[int, EvaluationResponse] | None = getattr(error, "partial", None)
        if partial is None:
            return
        grouped = self._grouped(partial)
        kept: dict[int, Any] = {}
        if self.many:
            sizes = enumerate(map(len, self._rows))
            kept = {row: ChoiceScores(list(grouped[row].values())) for row, size in sizes if len(grouped[row]) == size}
        elif grouped:
            kept = dict(grouped[0])
        count = len(self._rows) if self.many else len(self._rows[0])
        error.partial = kept  # type: ignore[attr-defined]
        error.remaining = [index for index in range(count) if index not in kept]  # type: ignore[attr-defined]

    def _grouped(self, responses: Mapping[int, EvaluationResponse]) -> list[dict[int, ChoiceScore]]:
        grouped: list[dict[int, ChoiceScore]] = []
        at = 0
        for row in self._rows:
            there = [index for index in range(len(row)) if at + index in responses]
            grouped.append({index: _score(row[index], responses[at + index]) for index in there})
            at += len(row)
        return grouped


def _prompt(prompt: object, field: str) -> Prompt:
    if not isinstance(prompt, Prompt | str):
        refuse(field, "a Prompt or a text", prompt)
    return prompt if isinstance(prompt, Prompt) else Prompt(prompt)


def _choices(choices: Any, field: str) -> list[str]:
    if not is_sequence(choices) or not len(choices):
        refuse(field, "a list of texts, one or more", choices)
    seen: dict[str, int] = {}
    for index, choice in enumerate(choices):
        if not isinstance(choice, str) or not choice:
            refuse(f"{field}[{index}]", "a text, one character or more", choice)
        checked_string(choice, f"{field}[{index}]")
        if seen.setdefault(choice, index) != index:
            raise InvalidRequestError(f"{field}[{index}] is the same text as {field}[{seen[choice]}]: {choice!r}")
    return list(choices)


def _score(choice: str, response: EvaluationResponse) -> ChoiceScore:
    total = float(response.result["log_probability"])
    tokens, characters = response.result.get("token_count"), response.result.get("character_count")
    mean = response.result.get("log_perplexity_per_token")
    per_token = total / tokens if tokens else None if mean is None else -float(mean)
    return ChoiceScore(choice, total, per_token, total / (characters or len(choice)), tokens)
