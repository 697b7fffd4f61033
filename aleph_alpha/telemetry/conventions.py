"""What things are called: one table for each version of the conventions for generative AI.

``released`` is what the instrumentations for Python emit that are released (opentelemetry-util-genai 1.3b0);
``latest`` is https://github.com/open-telemetry/semantic-conventions-genai as of November 2026, where all of it
is in development. Attributes are the same in both, but for those of token metrics.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

__all__ = [
    "CONVENTIONS",
    "OPERATIONS",
    "PROVIDER",
    "Conventions",
    "Family",
    "Metric",
    "Operation",
    "Tokens",
    "chosen",
]

PROVIDER = "aleph_alpha"

Family = Literal["inference", "embeddings", "other"]

_SECONDS = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92)
_TOKENS = tuple(4**power for power in range(14))


@dataclass(frozen=True)
class Operation:
    """A kind of call.

    Attributes:
        name: the value of ``gen_ai.operation.name``; where the conventions have none for it (family ``"other"``), that
            of ``aleph_alpha.operation.name``.
        family: which conventions are for it.
        output: the value of ``gen_ai.output.type``, where the operation says it.
    """

    name: str
    family: Family
    output: str | None = None


# Ids of the contract's operations; what is not here is called as it is there.
OPERATIONS: Mapping[str, Operation] = {
    "complete": Operation("text_completion", "inference"),
    "completeJson": Operation("text_completion", "inference", "json"),
    "chatCompletions": Operation("chat", "inference"),
    "embeddings": Operation("embeddings", "embeddings"),
    "semanticEmbed": Operation("embeddings", "embeddings"),
    "batchSemanticEmbed": Operation("embeddings", "embeddings"),
    "instructableEmbed": Operation("embeddings", "embeddings"),
    "embed": Operation("embeddings", "embeddings"),
}


@dataclass(frozen=True)
class Metric:
    """An instrument."""

    name: str
    unit: Literal["s", "{token}"]
    description: str
    kind: Literal["histogram", "counter"] = "histogram"

    @property
    def boundaries(self) -> tuple[float, ...]:
        """Of the buckets of a histogram, as the conventions advise."""
        return _SECONDS if self.unit == "s" else _TOKENS


@dataclass(frozen=True)
class Tokens:
    """A metric of tokens, and when it is recorded.

    Attributes:
        metric: the instrument.
        family: of the operations that it is for.
        counted: which tokens.
        type_of: whether the direction is told by ``gen_ai.token.type``.
        modality: whether ``gen_ai.token.modality`` is told.
        always: also a 0, where the response says nothing of tokens or there is none.
        errors: whether ``error.type`` is told.
    """

    metric: Metric
    family: Family
    counted: Literal["input", "output"]
    type_of: bool = False
    modality: bool = False
    always: bool = False
    errors: bool = False


@dataclass(frozen=True)
class Conventions:
    """One version of the conventions.

    Attributes:
        duration: how long a call took.
        first_chunk: how long until the first part of a stream came.
        next_chunk: how long each further part took.
        tokens: how many tokens a call took.
        finish_reason_in_messages: whether each output message says why it ended.
        exception_event: whether an error is an event of its own.
    """

    duration: Mapping[Family, Metric]
    first_chunk: Metric
    next_chunk: Metric
    tokens: tuple[Tokens, ...]
    finish_reason_in_messages: bool
    exception_event: bool

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """All instruments, each once."""
        each = [*self.duration.values(), self.first_chunk, self.next_chunk, *(one.metric for one in self.tokens)]
        return tuple({metric.name: metric for metric in each}.values())


_FIRST = "Time to receive the first chunk of a stream, from when the request was issued."
_NEXT = "Time from one chunk of a stream to the next."
_OTHER = Metric(
    "aleph_alpha.client.operation.duration", "s", "Duration of a call that the conventions have no operation for."
)
_OPERATION = Metric("gen_ai.client.operation.duration", "s", "Duration of a GenAI client operation.")
_USAGE = Metric("gen_ai.client.token.usage", "{token}", "Number of input and output tokens used.")
_LATEST = "gen_ai.client.inference"


def _count(direction: Literal["input", "output"]) -> tuple[Tokens, Tokens]:
    spent = Metric(
        f"{_LATEST}.usage.{direction}_tokens", "{token}", f"The number of {direction} tokens used.", "counter"
    )
    each = Metric(
        f"{_LATEST}.operation.{direction}_tokens", "{token}", f"The number of {direction} tokens used per operation."
    )
    return (
        Tokens(spent, "inference", direction, modality=True, always=True),
        Tokens(each, "inference", direction, always=True, errors=True),
    )


CONVENTIONS: Mapping[Literal["released", "latest"], Conventions] = {
    "released": Conventions(
        duration={"inference": _OPERATION, "embeddings": _OPERATION, "other": _OTHER},
        first_chunk=Metric("gen_ai.client.operation.time_to_first_chunk", "s", _FIRST),
        next_chunk=Metric("gen_ai.client.operation.time_per_output_chunk", "s", _NEXT),
        tokens=(
            Tokens(_USAGE, "inference", "input", type_of=True),
            Tokens(_USAGE, "inference", "output", type_of=True),
            Tokens(_USAGE, "embeddings", "input", type_of=True),
        ),
        finish_reason_in_messages=True,
        exception_event=False,
    ),
    "latest": Conventions(
        duration={
            "inference": Metric(f"{_LATEST}.duration", "s", "Duration of a GenAI client inference."),
            "embeddings": Metric("gen_ai.client.embeddings.duration", "s", "Duration of a GenAI client embedding."),
            "other": _OTHER,
        },
        first_chunk=Metric(f"{_LATEST}.time_to_first_chunk", "s", _FIRST),
        next_chunk=Metric(f"{_LATEST}.time_per_output_chunk", "s", _NEXT),
        tokens=(
            *_count("input"),
            *_count("output"),
            Tokens(
                Metric(
                    "gen_ai.client.embeddings.operation.input_tokens",
                    "{token}",
                    "The number of input tokens used per operation.",
                ),
                "embeddings",
                "input",
                always=True,
                errors=True,
            ),
        ),
        finish_reason_in_messages=False,
        exception_event=True,
    ),
}


def chosen(given: Literal["released", "latest"] | None) -> Conventions:
    """The table that was asked for, by the client or by the environment."""
    if given is None:
        words = os.environ.get("OTEL_SEMCONV_STABILITY_OPT_IN", "").split(",")
        given = "latest" if "gen_ai_latest_experimental" in (word.strip().lower() for word in words) else "released"
    return CONVENTIONS[given]
