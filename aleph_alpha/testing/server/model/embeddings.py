"""Embeddings: of a model's layers, and of what a text says.

Layers. Layer 0 are the word embeddings. Layer k of L mixes into each token what came before it (the decaying,
controlled attention of the language model), more of it the higher the layer, and turns the space by shifting it 7 k
places.

Meaning. A text is the sum of its words: each lower-cased word has a direction of its own, with those of its
three-letter pieces added, and weighs the more the rarer it is in the corpus. So texts that share words point into
similar directions. `symmetric` embeddings live in one space, `query` and `document` in another; a query lets rare
words count more, a document lets repeated words count less. An image is read as the names of its tiles' colours.
Controls weigh words.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np

from aleph_alpha.testing.server.model.context import Context
from aleph_alpha.testing.server.model.language_model import DECAY, LanguageModel
from aleph_alpha.testing.server.model.token_vectors import DIMENSIONS, Matrix, direction, vectors
from aleph_alpha.testing.server.model.words import WORD, rarity, words_of
from aleph_alpha.testing.server.problems import Rule, invalid

COMPRESSED = 128
OPENAI_DIMENSIONS = 1024
POOLINGS = ("mean", "weighted_mean", "max", "last_token", "abs_max")
_SHIFT = 7
_PIECES = 0.6


def layers(model: LanguageModel, context: Context, wanted: Sequence[int], count: int) -> dict[str, Matrix]:
    """The hidden states of layers, by their absolute name: `{"layer_12": (tokens, 5120)}`."""
    names = {}
    for index, layer in enumerate(wanted):
        absolute = int(layer) if layer >= 0 else count + 1 + int(layer)
        if not 0 <= absolute <= count:
            message = f"There is no layer {layer}: the model has {count}, counted from 0 or, backwards, from -1."
            raise invalid(f"/layers/{index}", message, Rule.LAYER)
        names[f"layer_{absolute}"] = absolute
    words = vectors(model, context.ids)
    gains = context.gains(model)
    before = np.empty_like(words)
    total, weight = np.zeros(DIMENSIONS, dtype=np.float32), 0.0
    for position, gain in enumerate(gains.tolist()):
        total = np.float32(DECAY) * total + np.float32(gain) * words[position]
        weight = weight * DECAY + gain
        before[position] = total / np.float32(weight) if weight > 0 else words[position]
    result = {}
    for name, absolute in names.items():
        share = np.float32(0.8 * absolute / count)
        result[name] = np.roll((1 - share) * words + share * before, _SHIFT * absolute, axis=1)
    return result


def pool(hidden: Matrix, pooling: str, pointer: str) -> Matrix:
    """One vector for all tokens."""
    match pooling:
        case "mean":
            pooled = hidden.mean(axis=0)
        case "weighted_mean":
            positions = np.arange(1, len(hidden) + 1, dtype=np.float32)
            pooled = (positions[:, None] * hidden).sum(axis=0) / positions.sum()
        case "max":
            pooled = hidden.max(axis=0)
        case "last_token":
            pooled = hidden[-1]
        case "abs_max":
            pooled = np.abs(hidden).max(axis=0)
        case _:
            message = f"There is no pooling {pooling[:40]!r}, only {', '.join(POOLINGS)}."
            raise invalid(pointer, message, Rule.POOLING)
    return np.asarray(pooled, dtype=np.float32)


def semantic(context: Context, model: LanguageModel, representation: str) -> Matrix:
    """The meaning of a prompt, `(5120,)`, not normalized."""
    words = _weighed_words(context, model)
    space = "symmetric" if representation == "symmetric" else "asymmetric"
    total = 0.1 * _named(f"{representation} marker")
    counts: Counter[str] = Counter()
    gains: dict[str, float] = defaultdict(float)
    for word, gain in words:
        counts[word] += 1
        gains[word] += gain
    for word, count in counts.items():
        rare = rarity(word)
        weight = gains[word] * rare * (rare if representation == "query" else 1.0)
        if representation == "document":
            weight /= np.sqrt(count)
        total = total + np.float32(weight) * _word_vector(space, word)
    return total


def instructed(context: Context, model: LanguageModel, instruction: str) -> Matrix:
    """The meaning of a prompt; words of the instruction count double, and it leaves a trace."""
    asked = words_of(instruction)
    total = 0.1 * _named("instructed marker")
    for word in asked:
        total = total + np.float32(0.3 * rarity(word) / max(1, len(asked))) * _word_vector("instructed", word)
    for word, gain in _weighed_words(context, model):
        factor = 2.0 if word in asked else 1.0
        total = total + np.float32(factor * gain * rarity(word)) * _word_vector("instructed", word)
    return total


def compress(vector: Matrix, size: int) -> Matrix:
    """Fewer dimensions: each sums as many neighbours, so angles are roughly kept. `size` divides the length."""
    blocks = vector.reshape(size, -1)
    return np.asarray(blocks.sum(axis=1) / np.sqrt(np.float32(blocks.shape[1])), dtype=np.float32)


def normalized(vector: Matrix) -> Matrix:
    """The same direction, of length 1. A null vector stays one."""
    length = float(np.linalg.norm(vector))
    return np.asarray(vector / length, dtype=np.float32) if length > 0 else vector


def _weighed_words(context: Context, model: LanguageModel) -> Iterable[tuple[str, float]]:
    """The prompt's words, lower-cased, with the mean gain of their tokens."""
    gains = context.gains(model)
    for item in context.items:
        own = gains[item.start : item.end]
        if item.encoded is None:
            for token, gain in zip(item.ids, own.tolist(), strict=True):
                for word in words_of(model.bpe.decode([token])):
                    yield word, gain
            continue
        for match in WORD.finditer(item.text):
            touching = [
                gain
                for (start, end), gain in zip(item.encoded.spans, own.tolist(), strict=True)
                if start < match.end() and end > match.start()
            ]
            yield match.group().lower(), sum(touching) / len(touching) if touching else 1.0


def _named(name: str) -> Matrix:
    return direction(name.encode()).astype(np.float32)


@lru_cache(maxsize=2048)
def _word_vector(space: str, word: str) -> Matrix:
    vector = _named(f"{space} word {word}")
    pieces = {f"<{word}>"[i : i + 3] for i in range(len(word))}
    for piece in sorted(pieces):
        vector += np.float32(_PIECES / np.sqrt(len(pieces))) * _named(f"{space} piece {piece}")
    vector.setflags(write=False)
    return vector
