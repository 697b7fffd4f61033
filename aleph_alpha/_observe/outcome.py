"""The numbers of a response: tokens, finish reasons, model; read by name, whatever task it is of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["CUT_SHORT", "Outcome", "outcome_of"]


@dataclass(slots=True)
class Outcome:
    """What a response says about itself.

    Attributes:
        model: that responded, by its name, or its version where the API tells no more; ``None`` where it does not.
        id: of the response; ``None`` where it has none.
        input_tokens: of the request; ``None`` where the API does not tell.
        output_tokens: generated; ``None`` where the API does not tell.
        finish_reasons: why each of the texts ended, in their order; ``"error"`` for one that was cut short.
        dimensions: numbers of each vector; ``None`` where there is none.
    """

    model: str | None = None
    id: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    finish_reasons: tuple[str, ...] = ()
    dimensions: int | None = None


CUT_SHORT = "error"  # the finish reason of a text that has none


def outcome_of(response: Any) -> Outcome:
    """What a response says about itself.

    >>> from aleph_alpha import CompletionResponse
    >>> outcome = outcome_of(CompletionResponse.from_json({
    ...     "model_version": "2022-04",
    ...     "completions": [{"completion": " keeps", "finish_reason": "maximum_tokens"}],
    ...     "num_tokens_prompt_total": 4,
    ...     "num_tokens_generated": 1,
    ... }))
    >>> outcome.input_tokens, outcome.output_tokens, outcome.finish_reasons
    (4, 1, ('maximum_tokens',))
    """
    get = getattr
    usage = get(response, "usage", None)
    if usage is not None:
        input_tokens, output_tokens = get(usage, "prompt_tokens", None), get(usage, "completion_tokens", None)
        if input_tokens is None:
            input_tokens = get(usage, "total_tokens", None)
    else:
        input_tokens = get(response, "num_tokens_prompt_total", None)
        output_tokens = get(response, "num_tokens_generated", None)
    listed = get(response, "choices", None) or get(response, "completions", None)
    return Outcome(
        _text(get(response, "model", None) or get(response, "model_version", None)),
        _text(get(response, "id", None)),
        _count(input_tokens),
        _count(output_tokens),
        tuple(_reason(get(one, "finish_reason", None)) for one in listed) if type(listed) is list else (),
        _dimensions(response),
    )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and value >= 0 else None


def _reason(value: Any) -> str:
    return CUT_SHORT if value is None else str(getattr(value, "value", value))


def _dimensions(response: Any) -> int | None:
    for name in ("embedding", "embeddings", "data"):
        found = getattr(response, name, None)
        if found is None:
            continue
        while not isinstance(found, dict | str) and hasattr(found, "__getitem__") and len(found):
            first = getattr(found[0], "embedding", found[0])
            if isinstance(first, int | float) or not hasattr(first, "__len__"):
                return len(found)
            found = first
        return None
    return None
