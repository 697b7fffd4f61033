"""Completions: texts that continue a prompt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aleph_alpha._call.call import NO_DEFAULTS, Defaults
from aleph_alpha._call.checks import (
    check_model,
    check_request,
)
from aleph_alpha._call.request import RequestFields, token_biases
from aleph_alpha.prompt.prompt import PROMPT_RULE, Prompt

if TYPE_CHECKING:
    from aleph_alpha_api import models as api

__all__ = ["CompletionRequest", "checked_model"]


@dataclass(frozen=True)
class CompletionRequest:
    """Asks for continuations of a prompt.

    ``None`` for any field but `prompt` leaves it out of what is sent, and so to the API. Bounds are
    the API's own and not checked here.

    Sampling: the temperature is applied to the logits first, then `top_k`, then `top_p`; it is
    best to set one of the three. With all of them at their default the most likely token is taken
    each time, and the same request gives the same response.

    Penalties make tokens less likely that have occurred. What counts as having occurred is up to
    `repetition_penalties_include_prompt`, `repetition_penalties_include_completion`,
    `penalty_bias` and the two fields of exceptions.

    Parameters:
        prompt: what to continue; an empty text makes the model start freely.
        maximum_tokens: most tokens to generate. Together with the prompt's they must fit into the
            model's context. ``None`` lets the model go on until it stops or is full.
        temperature: 0.0 to 1.0; the higher, the more varied.
        top_k: sample from this many of the most likely tokens; 0 does not restrict them.
        top_p: sample from the fewest most likely tokens that together have at least this
            probability, 0.0 to 1.0; 0.0 does not restrict them.
        presence_penalty: for a token that has occurred, however often.
        frequency_penalty: for a token that has occurred, the stronger the more often it did.
        repetition_penalties_include_prompt: whether the prompt counts for penalties.
        use_multiplicative_presence_penalty: multiply by the presence penalty instead of adding it.
        penalty_bias: a text whose tokens count for penalties as well, for example only the
            chatbot's own lines of a conversation.
        penalty_exceptions: texts that are never penalised, for example ``"\\n-"`` in a prompt that is a list.
        penalty_exceptions_include_stop_sequences: whether the stop sequences are such exceptions;
            the API takes true for ``None``.
        best_of: generate this many completions and return the `n` with the highest mean log
            probability per token. Greater than `n`, at most 100, and not for streams.
        n: completions to return.
        logit_bias: token id to what is added to its logit before sampling.
        log_probs: return the log probability of each token, and of this many of the likeliest
            ones at its place: 0 to 20. 0 returns that of the token itself.
        stop_sequences: texts that end the completion; they are not part of it.
        tokens: return the tokens of the completion, too.
        disable_optimizations: turn off server-side optimisation (such as trimming trailing spaces).
        minimum_tokens: tokens to generate before the model may end the text.
        echo: put the prompt in front of the completion, with its log probabilities if `log_probs` is set.
        use_multiplicative_frequency_penalty: as for the presence penalty.
        sequence_penalty: for a token that would repeat a sequence of tokens.
        sequence_penalty_min_length: fewest tokens that are a sequence, 2 or more.
        use_multiplicative_sequence_penalty: as for the presence penalty.
        completion_bias_inclusion: choose among these texts only. None of them may be the beginning
            of one in `completion_bias_exclusion`, or the other way round.
        completion_bias_inclusion_first_token_only: for the first token of the completion only.
        completion_bias_exclusion: never generate these texts.
        completion_bias_exclusion_first_token_only: for the first token of the completion only.
        contextual_control_threshold: ``None`` applies the attention controls of the prompt to what
            they mark; a number (cosine similarity of token embeddings, -1 to 1) also to every token
            that is at least that similar.
        control_log_additive: ``True`` adds the logarithm of a control's factor to the attention
            scores, ``False`` multiplies their distance from the lowest one by it.
        repetition_penalties_include_completion: whether the completion so far counts for penalties.
        raw_completion: also return the completion as the model gave it, before the server's optimisations.
        steering_concepts: ids of concepts that push the completion in a direction, at most one.

    >>> request = CompletionRequest(Prompt.from_text("An apple a day"), maximum_tokens=32, stop_sequences=["\\n"])
    >>> request.to_json()["maximum_tokens"], "best_of" in request.to_json()
    (32, False)
    """

    prompt: Prompt
    maximum_tokens: int | None = 64
    temperature: float | None = 0.0
    top_k: int | None = 0
    top_p: float | None = 0.0
    presence_penalty: float | None = 0.0
    frequency_penalty: float | None = 0.0
    repetition_penalties_include_prompt: bool | None = False
    use_multiplicative_presence_penalty: bool | None = False
    penalty_bias: str | None = None
    penalty_exceptions: Sequence[str] | None = None
    penalty_exceptions_include_stop_sequences: bool | None = None
    best_of: int | None = None
    n: int | None = 1
    logit_bias: Mapping[int, float] | None = None
    log_probs: int | None = None
    stop_sequences: Sequence[str] | None = None
    tokens: bool | None = False
    disable_optimizations: bool | None = False
    minimum_tokens: int | None = 0
    echo: bool | None = False
    use_multiplicative_frequency_penalty: bool | None = False
    sequence_penalty: float | None = 0.0
    sequence_penalty_min_length: int | None = 2
    use_multiplicative_sequence_penalty: bool | None = False
    completion_bias_inclusion: Sequence[str] | None = None
    completion_bias_inclusion_first_token_only: bool | None = False
    completion_bias_exclusion: Sequence[str] | None = None
    completion_bias_exclusion_first_token_only: bool | None = False
    contextual_control_threshold: float | None = None
    control_log_additive: bool | None = True
    repetition_penalties_include_completion: bool | None = True
    raw_completion: bool | None = False
    steering_concepts: Sequence[str] | None = None

    def to_json(self) -> Mapping[str, Any]:
        """The request as the API takes it, without the model; fields that are ``None`` are left out."""
        body = _to_model(self, "", NO_DEFAULTS).to_dict()
        del body["model"]
        return body


_FIELDS = RequestFields(CompletionRequest, {"prompt": PROMPT_RULE, "logit_bias": token_biases("LogitBias")})


def _to_model(request: CompletionRequest, model: str, defaults: Defaults) -> api.CompletionRequest:
    from aleph_alpha_api import models as api

    return _FIELDS.model(api.CompletionRequest, request, defaults, model=model)


def checked_model(request: CompletionRequest, model: str, defaults: Defaults, operation: str) -> api.CompletionRequest:
    """The generated model of a request that was looked through.

    Raises:
        InvalidRequestError: a field that cannot be sent, by its name.
    """
    check_request(request, CompletionRequest, operation)
    check_model(model, operation)
    return _to_model(request, model, defaults)
