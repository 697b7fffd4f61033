"""The toy language model: a mixture of distributions that all sum to 1, so that their mixture does.

    p(w | context) = NGRAM * ngram(w | last tokens) + BAG * bag(w | all tokens) + FLOOR * 1 / vocabulary size

- `ngram` interpolates orders 4 to 1 (Witten-Bell): it speaks like the corpus.
- `bag` is one head of attention. Token i of n has the score `-RATE * (n - 1 - i)`, hence the weight `DECAY ** (n - 1
  - i)`, and votes for itself and for what stood near it in the corpus. A sink of constant weight votes for the
  unigrams. It lets every part of a prompt matter, however far away.
- The floor keeps every probability positive.

Attention controls give each context token a gain g (1 is neutral). The bag multiplies a token's weight by its gain,
which is what adding log(g) to an attention score does. The n-gram part multiplies the odds of trusting a history by
the gains of the tokens in it, which is the same rule for the choice between a history and its shorter suffix.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from aleph_alpha.testing.model import bpe as bpe_module, corpus
from aleph_alpha.testing.model.bpe import END, Bpe

Vector: TypeAlias = NDArray[np.float64]

ORDER = 4
NGRAM, BAG, FLOOR = 0.74, 0.25, 0.01
DECAY = 0.99
RATE = -float(np.log(DECAY))
SINK = 1.0
LARGEST_GAIN = 1e6
"""A control cannot make a token count more than this; sums of squares of gains stay inside float32."""
_WINDOW = 12
_COPY = 0.4


class _History:
    """What followed a history: ids, their relative frequencies, and how far to trust them."""

    __slots__ = ("frequencies", "ids", "table", "trust")

    def __init__(self, counts: Counter[int]) -> None:
        total = counts.total()
        self.trust = total / (total + len(counts))
        self.table = {token: count / total for token, count in counts.items()}
        self.ids = np.fromiter(self.table, dtype=np.intp)
        self.frequencies = np.fromiter(self.table.values(), dtype=np.float64)

    def trusted(self, gain: float) -> float:
        """The share of the history against its suffix, its odds multiplied by `gain`."""
        raised = gain * self.trust
        return raised / (1.0 - self.trust + raised) if np.isfinite(raised) else 1.0


class LanguageModel:
    """Probabilities of the next token. Immutable, so that any number of servers share one."""

    def __init__(self, bpe: Bpe, documents: Iterable[str]) -> None:
        self.bpe = bpe
        self.size = bpe.size
        counts: dict[tuple[int, ...], Counter[int]] = defaultdict(Counter)
        near = np.zeros((self.size, self.size))
        unigrams = np.full(self.size, 0.5)
        for document in documents:
            ids = (END, *bpe.encode(document).ids, END)
            array = np.array(ids)
            np.add.at(unigrams, array[1:], 1.0)
            for distance in range(1, _WINDOW + 1):
                np.add.at(near, (array[:-distance], array[distance:]), 1.0 / distance)
                np.add.at(near, (array[distance:], array[:-distance]), 1.0 / distance)
            for position in range(1, len(ids)):
                for length in range(1, min(ORDER, position + 1)):
                    # One token alone, such as a full stop, never ends a text; two may.
                    if ids[position] != END or length > 1:
                        counts[ids[position - length : position]][ids[position]] += 1
        self._histories = {history: _History(counter) for history, counter in counts.items()}
        self.unigrams: Vector = unigrams / unigrams.sum()
        self.votes = self._votes(near)

    def _votes(self, near: Vector) -> Vector:
        # Dividing by the root of a token's frequency keeps "the" and "," from winning every vote.
        near[:, END] = 0.0
        near /= np.sqrt(self.unigrams)[None, :]
        totals = near.sum(axis=1, keepdims=True)
        votes = np.where(totals > 0, near / np.where(totals > 0, totals, 1.0), self.unigrams[None, :])
        votes *= 1.0 - _COPY
        votes[np.arange(self.size), np.arange(self.size)] += _COPY
        return votes

    def gains_of_controls(self, factors: Vector, log_additive: bool) -> Vector:
        """The gains that the factors of controls give the tokens of a context, the last axis.

        Log-additive, the factors themselves. Else the distance of a score from the lowest one, `RATE * position`, is
        multiplied by the factor, which is the gain `exp(RATE * position * (factor - 1))`, cut off at the largest
        gain.
        """
        if log_additive:
            return np.maximum(factors, 0.0)
        exponents = RATE * np.arange(factors.shape[-1]) * (factors - 1.0)
        return np.asarray(np.exp(np.minimum(exponents, np.log(LARGEST_GAIN))))

    def state(self, ids: Sequence[int], gains: Vector) -> State:
        """The state after reading a context."""
        state = State(self)
        for token, gain in zip(ids, gains.tolist(), strict=True):
            state.push(token, gain)
        return state

    def ngram(self, history: Sequence[int], gains: Sequence[float]) -> Vector:
        """The n-gram distribution after the last tokens."""
        result = self.unigrams.copy()
        for length, entry in self._suffixes(history):
            trust = entry.trusted(_product(gains[-length:]))
            result *= 1.0 - trust
            result[entry.ids] += trust * entry.frequencies
        return result

    def ngram_of(self, token: int, history: Sequence[int], gains: Sequence[float]) -> float:
        """The same for one token only."""
        result = float(self.unigrams[token])
        for length, entry in self._suffixes(history):
            trust = entry.trusted(_product(gains[-length:]))
            result = (1.0 - trust) * result + trust * entry.table.get(token, 0.0)
        return result

    def _suffixes(self, history: Sequence[int]) -> Iterable[tuple[int, _History]]:
        for length in range(1, min(ORDER - 1, len(history)) + 1):
            entry = self._histories.get(tuple(history[-length:]))
            if entry is None:
                return
            yield length, entry

    def log_probabilities(self, ids: Sequence[int], start: int, gains: Vector) -> Vector:
        """Log-probabilities of the tokens from `start` on, each given all before it.

        `gains` has a row for each way to weigh the context, as has the answer: `(rows, len(ids) - start)`. It asks
        for no other token's probability, which makes an explanation of a long prompt affordable.
        """
        array = np.asarray(ids, dtype=np.intp)
        targets = array[start:]
        distances = (start + np.arange(len(targets)))[None, :] - 1 - np.arange(len(ids))[:, None]
        weights = np.where(distances >= 0, DECAY ** np.maximum(distances, 0), 0.0)
        votes = weights * self.votes[array[:, None], targets[None, :]]
        bag = (SINK * self.unigrams[targets] + gains @ votes) / (SINK + gains @ weights)
        ngram = np.empty_like(bag)
        for column, token in enumerate(targets.tolist()):
            position = start + column
            first = max(0, position - ORDER + 1)
            # Every text begins after an end-of-text token.
            begins = position < ORDER - 1
            history = ([END] if begins else []) + array[first:position].tolist()
            known: dict[bytes, float] = {}
            for row in range(len(gains)):
                near = gains[row, first:position]
                key = near.tobytes()
                if key not in known:
                    known[key] = self.ngram_of(token, history, ([1.0] if begins else []) + near.tolist())
                ngram[row, column] = known[key]
        return np.asarray(np.log(self.mix(ngram, bag)))

    def mix(self, ngram: Vector, bag: Vector) -> Vector:
        """The whole distribution from its parts."""
        return NGRAM * ngram + BAG * bag + FLOOR / self.size


class State:
    """A context read token by token."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self._ids: list[int] = [END]
        self._gains: list[float] = [1.0]
        self._votes: Vector = np.zeros(model.size)
        self._weight = 0.0
        self._steering: Vector | None = None

    def steer(self, weights: Vector) -> None:
        """Multiplies every probability from now on by a weight, and makes them sum to 1 again."""
        self._steering = weights

    def copy(self) -> State:
        """An independent state with the same context."""
        other = State(self._model)
        other._ids, other._gains = self._ids.copy(), self._gains.copy()
        other._votes, other._weight = self._votes.copy(), self._weight
        other._steering = self._steering
        return other

    def push(self, token: int, gain: float = 1.0) -> None:
        """Reads one more token."""
        self._votes *= DECAY
        self._votes += gain * self._model.votes[token]
        self._weight = self._weight * DECAY + gain
        self._ids.append(token)
        self._gains.append(gain)

    def probabilities(self) -> Vector:
        """The probability of every token to come next; sums to 1."""
        model = self._model
        bag = (SINK * model.unigrams + self._votes) / (SINK + self._weight)
        tail = slice(-(ORDER - 1), None)
        mixed = model.mix(model.ngram(self._ids[tail], self._gains[tail]), bag)
        if self._steering is not None:
            mixed *= self._steering
            mixed /= mixed.sum()
        return mixed


def _product(gains: Sequence[float]) -> float:
    result = 1.0
    for gain in gains:
        result *= gain
    return result


@cache
def load() -> LanguageModel:
    """The model of the shipped corpus."""
    return LanguageModel(bpe_module.load(), corpus.documents())
