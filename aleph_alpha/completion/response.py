"""The response to a completion request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from aleph_alpha._call.fields import known, promised
from aleph_alpha._call.meta import WithMeta
from aleph_alpha._call.reading import from_json
from aleph_alpha._call.short_repr import ShortRepr
from aleph_alpha._call.viewable import Viewable, builder
from aleph_alpha.prompt.prompt import ItemModel, Prompt, prompt_from_items

if TYPE_CHECKING:
    from aleph_alpha.views.view import View
    from aleph_alpha_api import models as api
    from aleph_alpha_api.types import Unset

__all__ = ["CompletionResponse", "CompletionResult", "optimized_prompt"]


@dataclass(frozen=True, repr=False)
class CompletionResult(Viewable, ShortRepr):
    """One completion.

    Parameters:
        log_probs: for each token a plain dict of token texts and their (natural) log
            probabilities: the token itself and as many others as were asked for. ``None`` where
            none were asked for. That of an echoed first token is empty: it depends on nothing.
        completion: the text, with the server's optimisations.
        completion_tokens: the tokens of the text, where they were asked for.
        finish_reason: why it ended, for example ``"maximum_tokens"``, ``"end_of_text"`` or
            ``"stop_sequence_reached"``; new reasons may appear.
        raw_completion: the text as the model gave it, where that was asked for.

    >>> CompletionResult.from_json({"completion": " keeps", "finish_reason": "maximum_tokens"}).completion
    ' keeps'
    """

    log_probs: Sequence[dict[str, float | None]] | None = None
    completion: str | None = None
    completion_tokens: Sequence[str] | None = None
    finish_reason: str | None = None
    raw_completion: str | None = None

    if TYPE_CHECKING:  # more is taken than is given: what the API sent are dicts of their own

        def __init__(
            self,
            log_probs: Sequence[Mapping[str, float | None]] | None = None,
            completion: str | None = None,
            completion_tokens: Sequence[str] | None = None,
            finish_reason: str | None = None,
            raw_completion: str | None = None,
        ) -> None: ...

    @staticmethod
    def from_json(json: Mapping[str, Any]) -> CompletionResult:
        """The result of its JSON; of a part of it, without the text, as well.

        Raises:
            ResponseError: what was asked for cannot be read; `path` says where.
        """
        from aleph_alpha_api.models import CompletionResult as Model

        if not isinstance(json, Mapping) or "completion" in json:
            return from_json("CompletionResult", Model.from_dict, json, _result)
        return replace(
            from_json("CompletionResult", Model.from_dict, {**json, "completion": ""}, _result), completion=None
        )

    def view(self) -> View:
        """Something to look at: the text, its tokens coloured by their probability where ``log_probs`` were asked for.

        The other likely tokens of a place show when the pointer is on it, and in the table.

        >>> result = CompletionResult([{" keeps": -0.25, " a": -2.0}], " keeps")
        >>> print(result.view().text(columns=60))
        Completion
        0% … 100% probability
        text
             77.9% ++++++++   keeps   “ a” 13.5%
        """
        view: View = builder("probabilities").of_completions([self])
        return view


def _result(model: api.CompletionResult) -> CompletionResult:
    return CompletionResult(
        log_probs=_log_probs(model.log_probs),
        completion=known(model.completion),
        completion_tokens=known(model.completion_tokens),
        finish_reason=known(model.finish_reason),
        raw_completion=known(model.raw_completion),
    )


def _log_probs(maps: list[api.TokenLogProbs] | Unset | None) -> list[dict[str, float | None]] | None:
    # Such a map holds nothing but its entries, in a dict of its own.
    return [one.additional_properties for one in maps] if isinstance(maps, list) else None


@dataclass(frozen=True, repr=False)
class CompletionResponse(WithMeta, Viewable, ShortRepr):
    """Continuations of a prompt.

    Parameters:
        model_version: version of the model that answered; ``None`` where the server does not say.
        completions: as many as `n` asked for, best first where `best_of` was set.
        num_tokens_prompt_total: tokens of the prompt, counted once for each completion that was
            generated (`n`, or `best_of` where that is set).
        num_tokens_generated: tokens generated for all of them together.
        optimized_prompt: the prompt as the model got it, if the server changed it.

    >>> response = CompletionResponse.from_json({
    ...     "model_version": "2022-04",
    ...     "completions": [{"completion": " keeps", "finish_reason": "maximum_tokens"}],
    ...     "num_tokens_prompt_total": 4,
    ...     "num_tokens_generated": 1,
    ... })
    >>> response.completions[0].completion
    ' keeps'
    """

    model_version: str
    completions: Sequence[CompletionResult]
    num_tokens_prompt_total: int
    num_tokens_generated: int
    optimized_prompt: Prompt | None = None

    @staticmethod
    def from_json(json: Mapping[str, Any]) -> CompletionResponse:
        """The response of its JSON.

        Raises:
            ResponseError: what was asked for is missing or cannot be read; `path` says where.
        """
        from aleph_alpha_api.models import CompletionResponse as Model

        return from_json("CompletionResponse", Model.from_dict, json, _response)

    def view(self) -> View:
        """Something to look at: as :meth:`CompletionResult.view`, with a switch between several completions."""
        view: View = builder("probabilities").of_completions(self.completions)
        return view

    def to_json(self) -> Mapping[str, Any]:
        """A dict of the fields; :meth:`from_json` reads it back."""
        prompt = self.optimized_prompt
        return {**asdict(self), "optimized_prompt": None if prompt is None else prompt.to_json()}


def _response(model: api.CompletionResponse) -> CompletionResponse:
    return CompletionResponse(
        model_version=promised(model.model_version),
        completions=[_result(one) for one in model.completions],
        num_tokens_prompt_total=promised(model.num_tokens_prompt_total),
        num_tokens_generated=promised(model.num_tokens_generated),
        optimized_prompt=optimized_prompt(known(model.optimized_prompt)),
    )


def optimized_prompt(items: Sequence[ItemModel] | None) -> Prompt | None:
    """The prompt as the model got it, if the server changed it."""
    return prompt_from_items(items) if items else None
