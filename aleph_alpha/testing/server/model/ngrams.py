"""N-grams that remember in which passage of the corpus they stood."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from aleph_alpha.testing.server.model.bpe import END, Bpe

Vector: TypeAlias = NDArray[np.float64]

ORDER = 4
_PASSAGE = re.compile(r"^(?=(?:User|System|Question|Subject):)|\n\n", re.MULTILINE)


class _Followers:
    """What followed a history: for each token and passage how often, and how far to trust it."""

    __slots__ = ("counts", "passages", "places", "tokens", "trust")

    def __init__(self, counts: Counter[tuple[int, int]]) -> None:
        following = sorted({token for token, _ in counts})
        place = {token: index for index, token in enumerate(following)}
        self.tokens = np.array(following, dtype=np.intp)
        self.places = np.array([place[token] for token, _ in counts], dtype=np.intp)
        self.passages = np.array([passage for _, passage in counts], dtype=np.intp)
        self.counts = np.fromiter(counts.values(), dtype=np.float64)
        self.trust = counts.total() / (counts.total() + len(following))  # Witten and Bell

    def trusted(self, gains: Vector) -> Vector:
        """The share of the history against its shorter suffix, its odds multiplied by the gains of its tokens."""
        raised = np.minimum(gains.prod(axis=-1), 1e300) * self.trust
        return np.asarray(raised / (1.0 - self.trust + raised))


class NGrams:
    """Interpolated n-grams whose counts are weighed by how relevant their passage is."""

    def __init__(self, bpe: Bpe, documents: Sequence[str]) -> None:
        followers: dict[tuple[int, ...], Counter[tuple[int, int]]] = defaultdict(Counter)
        unigrams = np.full(bpe.size, 0.5)
        self.passages: list[set[int]] = []
        """The tokens of each passage."""
        for document in documents:
            ids, passages = self._read(bpe, document)
            np.add.at(unigrams, np.array(ids[1:]), 1.0)
            for position in range(1, len(ids)):
                for length in range(1, min(ORDER, position + 1)):
                    # One token alone, such as a full stop, never ends a text; two may.
                    if ids[position] != END or length > 1:
                        history = ids[position - length : position]
                        followers[history][ids[position], passages[position]] += 1
        self._followers = {history: _Followers(counts) for history, counts in followers.items()}
        self.unigrams: Vector = unigrams / unigrams.sum()

    def _read(self, bpe: Bpe, document: str) -> tuple[tuple[int, ...], list[int]]:
        """The tokens of a document between ends of text, and the passage of each."""
        encoded = bpe.encode(document)
        starts = [match.end() for match in _PASSAGE.finditer(document) if match.end()]
        first = len(self.passages)
        passages = [first + sum(start <= end - 1 for start in starts) for _, end in encoded.spans]
        self.passages.extend(set() for _ in range(len(starts) + 1))
        for token, passage in zip(encoded.ids, passages, strict=True):
            self.passages[passage].add(token)
        return (END, *encoded.ids, END), [first, *passages, passages[-1]]

    def distribution(self, history: Sequence[int], gains: Vector, relevance: Vector) -> Vector:
        """The probability of every token after the last tokens; `relevance` has a weight for each passage."""
        result = self.unigrams.copy()
        for length, entry in self._suffixes(history):
            weights = np.bincount(entry.places, entry.counts * relevance[entry.passages], len(entry.tokens))
            trust = entry.trusted(gains[-length:])
            result *= 1.0 - trust
            result[entry.tokens] += trust * weights / weights.sum()
        return result

    def probability(self, token: int, history: Sequence[int], gains: Vector, relevance: Vector) -> Vector:
        """The same for one token only, for each row of gains and relevance."""
        result = np.full(len(gains), self.unigrams[token])
        for length, entry in self._suffixes(history):
            weights = entry.counts * relevance[:, entry.passages]
            hits = weights[:, entry.tokens[entry.places] == token].sum(axis=1)
            trust = entry.trusted(gains[:, -length:])
            result = (1.0 - trust) * result + trust * hits / weights.sum(axis=1)
        return result

    def _suffixes(self, history: Sequence[int]) -> Iterator[tuple[int, _Followers]]:
        """The known ends of a history, from the last token alone to the longest."""
        for length in range(1, min(ORDER - 1, len(history)) + 1):
            entry = self._followers.get(tuple(history[-length:]))
            if entry is None:
                return
            yield length, entry
