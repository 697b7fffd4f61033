"""The request side of explanations: which target, and how finely."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from aleph_alpha._call.call import NO_DEFAULTS, Defaults
from aleph_alpha._call.checks import Rule, describe
from aleph_alpha._call.request import RequestFields, enum_rule
from aleph_alpha.prompt.controls import ControlTokenOverlap
from aleph_alpha.prompt.prompt import PROMPT_RULE, Prompt

if TYPE_CHECKING:
    from aleph_alpha_api import models as api

__all__ = [
    "CustomGranularity",
    "ExplanationPostprocessing",
    "ExplanationRequest",
    "PromptGranularity",
    "TargetGranularity",
    "prompt_granularity_to_json",
]


class ExplanationPostprocessing(Enum):
    """What the API does to each score before it returns it.

    ``Square`` squares it, ``Absolute`` takes its absolute value. Without either, scores are signed:
    negative ones belong to parts that make the target less likely.
    """

    Square = "square"
    Absolute = "absolute"

    def to_json(self) -> str:
        """The API's name for it."""
        return self.value


@dataclass(frozen=True)
class CustomGranularity:
    """Cuts the text of a prompt wherever a delimiter of your own stands.

    Parameters:
        delimiter: the text to cut at, for example the stop sequence of a few-shot prompt.

    >>> CustomGranularity("###").to_json()
    {'type': 'custom', 'delimiter': '###'}
    """

    delimiter: str

    def to_json(self) -> Mapping[str, Any]:
        """The granularity as the API takes it."""
        return {"type": "custom", "delimiter": self.delimiter}


class PromptGranularity(Enum):
    """Into which parts a prompt is cut, each of which gets a score.

    Images are cut into tiles: 12 by 12 for ``Token``, 6 by 6 for ``Word``, 3 by 3 for ``Sentence``,
    one for ``Paragraph``.

    >>> PromptGranularity.Word.to_json()
    {'type': 'word'}
    """

    Token = "token"  # noqa: S105
    Word = "word"
    Sentence = "sentence"
    Paragraph = "paragraph"

    def to_json(self) -> Mapping[str, Any]:
        """The granularity as the API takes it."""
        return {"type": self.value}


def prompt_granularity_to_json(prompt_granularity: PromptGranularity | str | CustomGranularity) -> Mapping[str, Any]:
    """A granularity as the API takes it; a string is one of the names of ``PromptGranularity``.

    >>> prompt_granularity_to_json("sentence")
    {'type': 'sentence'}
    """
    return {"type": prompt_granularity} if isinstance(prompt_granularity, str) else prompt_granularity.to_json()


class TargetGranularity(Enum):
    """How many explanations are returned.

    ``Complete`` gives one for the whole target, ``Token`` one for each of its tokens.
    """

    Complete = "complete"
    Token = "token"  # noqa: S105

    def to_json(self) -> str:
        """The API's name for it."""
        return self.value


@dataclass(frozen=True)
class ExplanationRequest:
    """Asks how much each part of a prompt contributes to a target.

    The API suppresses the attention for one part after the other and measures how much less likely
    the target becomes (as a difference of cross-entropies).

    Parameters:
        prompt: what the target follows.
        target: the completion to explain.
        contextual_control_threshold: ``None`` suppresses a part only; a number (cosine similarity
            of token embeddings, -1 to 1) also every token that is at least that similar to it.
        control_factor: how much attention a suppressed part keeps, from 0 to 1; the API takes 0.1
            for ``None``.
        control_token_overlap: how tokens count that are only partly inside a part; the API takes
            ``Partial`` for ``None``.
        control_log_additive: ``True`` (the API's default) adds the logarithm of the factor to the
            attention scores, ``False`` multiplies their distance from the lowest one by it.
        prompt_granularity: the parts. With ``None`` the API chooses, so that there are about 30. A
            string is one of the names of ``PromptGranularity``; the API refuses any other.
        target_granularity: one explanation for the target or for each token; the API takes
            ``Complete`` for ``None``.
        postprocessing: what is done to each score; nothing for ``None``.
        normalize: bring scores to the range from 0 to 1 after that. The reference says that the lowest
            becomes 0 and the highest 1; responses that were recorded have max(0, tanh(score)).

    ``None`` leaves a field to the API.

    >>> request = ExplanationRequest(
    ...     prompt=Prompt.from_text("Andreas likes"),
    ...     target=" pizza.",
    ...     prompt_granularity=PromptGranularity.Word,
    ... )
    >>> request.to_json()["prompt_granularity"]
    {'type': 'word'}
    """

    prompt: Prompt
    target: str
    contextual_control_threshold: float | None = None
    control_factor: float | None = None
    control_token_overlap: ControlTokenOverlap | None = None
    control_log_additive: bool | None = None
    prompt_granularity: PromptGranularity | str | CustomGranularity | None = None
    target_granularity: TargetGranularity | None = None
    postprocessing: ExplanationPostprocessing | None = None
    normalize: bool | None = None

    def to_json(self) -> Mapping[str, Any]:
        """The request as the API takes it, without the model."""
        body = to_model(self, "", NO_DEFAULTS).to_dict()
        del body["model"]
        return body


def _granularity(value: Any) -> str | None:
    delimiter: object = value.delimiter if isinstance(value, CustomGranularity) else ""
    if not isinstance(delimiter, str):
        return f"must be a CustomGranularity with a string; its delimiter is {describe(delimiter)}"
    known = isinstance(value, (PromptGranularity, CustomGranularity, str))
    return None if known else "must be a PromptGranularity, a CustomGranularity or a string"


def _granularity_model(value: PromptGranularity | CustomGranularity | str, field: str) -> api.PromptGranularity:
    from aleph_alpha_api.models import PromptGranularity as Model

    return Model.from_dict(prompt_granularity_to_json(value))


_FIELDS = RequestFields(
    ExplanationRequest,
    {
        "prompt": PROMPT_RULE,
        "control_token_overlap": enum_rule(ControlTokenOverlap, "ControlTokenOverlap"),
        "prompt_granularity": Rule(_granularity, _granularity_model),
        "target_granularity": enum_rule(TargetGranularity, "TargetGranularity"),
        "postprocessing": enum_rule(ExplanationPostprocessing, "ExplanationPostprocessing"),
    },
)


def to_model(request: ExplanationRequest, model: str, defaults: Defaults) -> api.ExplanationRequest:
    """The generated model of a request."""
    from aleph_alpha_api import models as api

    return _FIELDS.model(api.ExplanationRequest, request, defaults, model=model)
