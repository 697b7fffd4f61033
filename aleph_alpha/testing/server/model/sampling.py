"""Chooses the next token from the model's probabilities as the request wants it.

The order of steps, with l the logarithm of the model's probability:

1. `logit_bias` is added to l.
2. Penalties on the tokens that occurred (in the prompt, the completion and `penalty_bias`, as asked for; c times).
   Added, l becomes `l - presence - c * frequency`; multiplied, `l * (1 + presence) * (1 + c * frequency)`, which is
   the same direction because l is negative. A token that would repeat a sequence of `sequence_penalty_min_length`
   tokens is penalized once in the same two ways. Tokens of `penalty_exceptions` and of stop sequences are spared.
3. The completion bias and `minimum_tokens` forbid tokens.
4. Without temperature, top_k and top_p the best token is taken. Else l is divided by the temperature (1 where only
   top_k or top_p is given), `top_k` keeps the k best, `top_p` the fewest that reach that probability, and one is
   drawn.

The log-probabilities that are reported are the model's own, before step 1: they do not depend on how it is sampled,
so that those of a completion add up to what `/evaluate` says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from aleph_alpha.testing.server.model.bpe import END, Bpe
from aleph_alpha.testing.server.model.completion_bias import CompletionBias
from aleph_alpha.testing.server.model.ngrams import Vector
from aleph_alpha.testing.server.problems import Rule, invalid


@dataclass(frozen=True, slots=True)
class Penalty:
    """Size of a penalty, and whether it multiplies."""

    size: float = 0.0
    multiplicative: bool = False

    def apply(self, logits: Vector, counts: Vector) -> Vector:
        """The logits with the penalty applied `counts` times."""
        if self.multiplicative:
            return logits * np.maximum(1.0 + counts * self.size, 0.0)
        return logits - counts * self.size


@dataclass(frozen=True, slots=True)
class Sampling:
    """Everything a request says about sampling."""

    temperature: float = 0.0
    top_k: int = 0
    top_p: float = 0.0
    presence: Penalty = field(default_factory=Penalty)
    frequency: Penalty = field(default_factory=Penalty)
    sequence: Penalty = field(default_factory=Penalty)
    sequence_min_length: int = 2
    include_prompt: bool = False
    include_completion: bool = True
    penalty_bias: str = ""
    exceptions: tuple[str, ...] = ()
    logit_bias: Mapping[int, float] = field(default_factory=dict)
    minimum_tokens: int = 0

    @property
    def greedy(self) -> bool:
        """Whether the best token is always taken."""
        return self.temperature <= 0 and self.top_k <= 0 and self.top_p <= 0

    @classmethod
    def of(cls, body: Mapping[str, Any], bpe: Bpe) -> Sampling:
        """From a completion request."""

        def number(name: str) -> float:
            return float(body.get(name) or 0.0)

        def penalty(kind: str) -> Penalty:
            return Penalty(number(f"{kind}_penalty"), bool(body.get(f"use_multiplicative_{kind}_penalty")))

        exceptions = list(body.get("penalty_exceptions") or ())
        include_stops = body.get("penalty_exceptions_include_stop_sequences")
        if include_stops is None or include_stops:
            exceptions.extend(body.get("stop_sequences") or ())
        return cls(
            temperature=number("temperature"),
            top_k=int(number("top_k")),
            top_p=number("top_p"),
            presence=penalty("presence"),
            frequency=penalty("frequency"),
            sequence=penalty("sequence"),
            sequence_min_length=int(body.get("sequence_penalty_min_length", 2)),
            include_prompt=bool(body.get("repetition_penalties_include_prompt")),
            include_completion=bool(body.get("repetition_penalties_include_completion", True)),
            penalty_bias=body.get("penalty_bias") or "",
            exceptions=tuple(exceptions),
            logit_bias=read_logit_bias(body.get("logit_bias"), bpe),
            minimum_tokens=int(body.get("minimum_tokens", 0)),
        )


def read_logit_bias(bias: Mapping[str, float] | None, bpe: Bpe) -> dict[int, float]:
    """Token ids as numbers, refusing those that are not."""
    result = {}
    for key, value in (bias or {}).items():
        if not (key.isascii() and key.isdecimal() and len(key) < 10 and int(key) < bpe.size):
            raise invalid(f"/logit_bias/{key}", f"{key!r} is not the id of one of {bpe.size} tokens.", Rule.LOGIT_BIAS)
        result[int(key)] = float(value)
    return result


class Sampler:
    """Chooses the tokens of one completion."""

    def __init__(
        self, sampling: Sampling, bpe: Bpe, prompt: Sequence[int], bias: CompletionBias, random: np.random.Generator
    ) -> None:
        self._sampling = sampling
        self._bias = bias
        self._random = random
        self._generated = 0
        self._counts: Vector = np.zeros(bpe.size)
        self._spared = np.zeros(bpe.size, dtype=bool)
        for text in sampling.exceptions:
            self._spared[[*bpe.encode(text).ids, *bpe.encode_continuation(text)]] = True
        self._extra: Vector = np.zeros(bpe.size)
        for token, value in sampling.logit_bias.items():
            self._extra[token] += value
        self._sequence: list[int] = []
        self._followers: dict[tuple[int, ...], set[int]] = defaultdict(set)
        self._occurred(bpe.encode(sampling.penalty_bias).ids if sampling.penalty_bias else (), in_sequence=False)
        if sampling.include_prompt:
            self._occurred(prompt, in_sequence=True)

    @property
    def greedy(self) -> bool:
        """Whether the best token is always taken."""
        return self._sampling.greedy

    def _occurred(self, tokens: Iterable[int], *, in_sequence: bool) -> None:
        before = self._sampling.sequence_min_length - 1
        for token in tokens:
            self._counts[token] += 1.0
            if in_sequence:
                if before <= len(self._sequence):
                    self._followers[tuple(self._sequence[-before:])].add(token)
                self._sequence.append(token)

    def choose(self, log_probabilities: Vector) -> int:
        """The next token; END where the completion ends."""
        with np.errstate(over="ignore", invalid="ignore"):
            logits = np.nan_to_num(self._penalized(log_probabilities + self._extra), nan=-1e300)
        allowed = self._bias.allowed(self._generated)
        if self._generated < self._sampling.minimum_tokens:
            allowed = allowed.copy()
            allowed[END] = False
        if not allowed.any():
            return END
        logits = np.where(allowed, logits, -np.inf)
        token = int(logits.argmax()) if self._sampling.greedy else self._draw(logits)
        self._generated += 1
        self._bias.push(token)
        if self._sampling.include_completion:
            self._occurred([token], in_sequence=True)
        return token

    def _penalized(self, logits: Vector) -> Vector:
        sampling = self._sampling
        counts = np.where(self._spared, 0.0, self._counts)
        result = logits
        if sampling.presence.size:
            result = sampling.presence.apply(result, (counts > 0).astype(np.float64))
        if sampling.frequency.size:
            result = sampling.frequency.apply(result, counts)
        before = sampling.sequence_min_length - 1
        if sampling.sequence.size and before <= len(self._sequence):
            repeats = np.zeros_like(logits)
            repeats[list(self._followers.get(tuple(self._sequence[-before:]), ()))] = 1.0
            result = sampling.sequence.apply(result, np.where(self._spared, 0.0, repeats))
        return result

    def _draw(self, logits: Vector) -> int:
        sampling = self._sampling
        with np.errstate(over="ignore", invalid="ignore"):
            scaled = (logits - logits.max()) / (sampling.temperature if sampling.temperature > 0 else 1.0)
        order = np.argsort(-scaled, kind="stable")
        if sampling.top_k > 0:
            order = order[: sampling.top_k]
        weights = np.exp(scaled[order])
        weights /= weights.sum()
        sums = np.cumsum(weights)
        if 0 < sampling.top_p < 1:
            # The fewest tokens that reach top_p: all before the sum passes it, and the one that makes it do so.
            kept = int(np.searchsorted(sums, sampling.top_p, side="left")) + 1
            order, sums = order[:kept], sums[:kept]
        position = int(np.searchsorted(sums, self._random.random() * sums[-1], side="right"))
        return int(order[min(position, len(order) - 1)])
