"""The toy language model: a mixture of distributions that all sum to 1, so that their mixture does.

    p(w | context) = NGRAM * ngram(w | last tokens) + BAG * bag(w | all tokens) + FLOOR * 1 / vocabulary size

- `bag` is one head of attention. Token i of n has the weight `DECAY ** (n - 1 - i)`, that is the score `-RATE * (n -
  1 - i)`, and votes for itself and for what stood near it in the corpus. A sink of constant weight votes for the
  unigrams.
- `ngram` interpolates orders 4 to 1 (Witten-Bell). It counts what followed in the passages of the corpus, and counts
  a passage `exp(SHARPNESS * s)` times, where s is the share of the context, weighed like the bag and by the rarity
  of its tokens, that stands in the passage. So it goes on with the passage that the prompt is about.
- The floor keeps every probability positive.

Bag and relevance let every part of a prompt matter, however far away.

Attention controls give each context token a gain g (1 is neutral). It multiplies the token's weight in bag and
relevance, which is what adding log(g) to an attention score does; and the odds of trusting a history with the token
in it against its shorter suffix, which is the same rule for a choice of two.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from aleph_alpha.testing.server.model import bpe as bpe_module, corpus
from aleph_alpha.testing.server.model.bpe import END, Bpe
from aleph_alpha.testing.server.model.ngrams import ORDER, NGrams, Vector

NGRAM, BAG, FLOOR = 0.79, 0.2, 0.01
DECAY = 0.99
RATE = -float(np.log(DECAY))
SINK = 1.0
SHARPNESS = 12.0
LARGEST_GAIN = 1e6
"""A control cannot make a token count more than this; sums of squares of gains stay inside float32."""
_WINDOW = 12
_COPY = 0.4
_USUAL_LENGTH = 60


class LanguageModel:
    """Probabilities of the next token. Immutable, so that any number of servers share one."""

    def __init__(self, bpe: Bpe, documents: Sequence[str]) -> None:
        self.bpe = bpe
        self.size = bpe.size
        self.ngrams = NGrams(bpe, documents)
        self.unigrams = self.ngrams.unigrams
        self.votes = self._votes(documents)
        self.rarity, self.contained = self._relevance()

    def _votes(self, documents: Sequence[str]) -> Vector:
        """For each token what it votes for, `(size, size)`; rows sum to 1."""
        near = np.zeros((self.size, self.size))
        for document in documents:
            ids = np.array(self.bpe.encode(document).ids)
            for distance in range(1, _WINDOW + 1):
                np.add.at(near, (ids[:-distance], ids[distance:]), 1.0 / distance)
                np.add.at(near, (ids[distance:], ids[:-distance]), 1.0 / distance)
        # Dividing by the root of a token's frequency keeps "the" and "," from winning every vote.
        near /= np.sqrt(self.unigrams)[None, :]
        totals = near.sum(axis=1, keepdims=True)
        votes = np.where(totals > 0, near / np.where(totals > 0, totals, 1.0), self.unigrams[None, :])
        votes *= 1.0 - _COPY
        votes[np.arange(self.size), np.arange(self.size)] += _COPY
        return np.asarray(votes)

    def _relevance(self) -> tuple[Vector, Vector]:
        """What each token counts, and what of it each passage contains, `(size,)` and `(size, passages)`."""
        passages = self.ngrams.passages
        inside = np.zeros((self.size, len(passages)))
        for index, tokens in enumerate(passages):
            inside[list(tokens), index] = 1.0
        rarity = (np.log((len(passages) + 1) / (inside.sum(axis=1) + 1)) / np.log(len(passages) + 1)) ** 2
        # A long passage contains much of everything.
        lengths = np.array([len(tokens) for tokens in passages])
        shortness = np.minimum(1.0, (_USUAL_LENGTH / np.maximum(lengths, 1)) ** 0.5)
        return rarity, rarity[:, None] * inside * shortness[None, :]

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

    def log_probabilities(self, ids: Sequence[int], start: int, gains: Vector) -> Vector:
        """Log-probabilities of the tokens from `start` on, each given all before it.

        `gains` has a row for each way to weigh the context, as has the response: `(rows, len(ids) - start)`. It asks
        for no other token's probability, which makes an explanation of a long prompt affordable.
        """
        array = np.asarray(ids, dtype=np.intp)
        result = np.empty((len(gains), len(ids) - start))
        # Every text begins after an end-of-text token.
        padded = (END, *ids)
        padded_gains = np.concatenate([np.ones((len(gains), 1)), gains], axis=1)
        for column, position in enumerate(range(start, len(ids))):
            weights = gains[:, :position] * DECAY ** np.arange(position - 1, -1, -1)
            before, token = array[:position], array[position]
            bag = self.bag_of(self.unigrams[token], weights @ self.votes[before, token], weights.sum(axis=1))
            contained, count = weights @ self.contained[before], weights @ self.rarity[before]
            near = slice(max(0, position + 2 - ORDER), position + 1)
            relevance = self.relevance_of(contained, count[:, None])
            ngram = self.ngrams.probability(int(token), padded[near], padded_gains[:, near], relevance)
            result[:, column] = self.mix(ngram, bag)
        return np.asarray(np.log(result))

    @staticmethod
    def bag_of(unigram: Vector, votes: Vector, weight: Vector | float) -> Vector:
        """The bag's probabilities from the weighed votes and the sum of the weights."""
        return np.asarray((SINK * unigram + votes) / (SINK + weight))

    @staticmethod
    def relevance_of(contained: Vector, count: Vector | float) -> Vector:
        """The weight of each passage, from what of the context it contains and what the context counts in all."""
        return np.asarray(np.exp(SHARPNESS * contained / (SINK + count)))

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
        self._contained: Vector = np.zeros(model.contained.shape[1])
        self._count = 0.0
        self._steering: Vector | None = None

    def steer(self, weights: Vector) -> None:
        """Multiplies every probability from now on by a weight, and makes them sum to 1 again."""
        self._steering = weights

    def copy(self) -> State:
        """An independent state with the same context."""
        other = State(self._model)
        other._ids, other._gains = self._ids.copy(), self._gains.copy()
        other._votes, other._weight = self._votes.copy(), self._weight
        other._contained, other._count = self._contained.copy(), self._count
        other._steering = self._steering
        return other

    def push(self, token: int, gain: float = 1.0) -> None:
        """Reads one more token."""
        model = self._model
        self._votes *= DECAY
        self._votes += gain * model.votes[token]
        self._weight = self._weight * DECAY + gain
        self._contained *= DECAY
        self._contained += gain * model.contained[token]
        self._count = self._count * DECAY + gain * float(model.rarity[token])
        self._ids.append(token)
        self._gains.append(gain)

    def probabilities(self) -> Vector:
        """The probability of every token to come next; sums to 1."""
        model = self._model
        bag = model.bag_of(model.unigrams, self._votes, self._weight)
        relevance = model.relevance_of(self._contained, self._count)
        tail = slice(1 - ORDER, None)
        mixed = model.mix(model.ngrams.distribution(self._ids[tail], np.array(self._gains[tail]), relevance), bag)
        if self._steering is not None:
            mixed *= self._steering
            mixed /= mixed.sum()
        return mixed


@cache
def load() -> LanguageModel:
    """The model of the shipped corpus."""
    return LanguageModel(bpe_module.load(), corpus.documents())
