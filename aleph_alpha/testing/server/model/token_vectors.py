"""Word embeddings of the toy model: a random direction for each token, bent towards the tokens that stand near it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from aleph_alpha.testing.server.model.language_model import LanguageModel

Matrix: TypeAlias = NDArray[np.float32]

DIMENSIONS = 5120
_NEIGHBOURS = 4


@lru_cache(maxsize=4096)
def direction(seed: bytes) -> NDArray[np.int8]:
    """A direction for anything that has a name: 5120 signs, the same on every machine."""
    bits = np.random.Generator(np.random.PCG64(int.from_bytes(seed, "big"))).bytes(DIMENSIONS // 8)
    signs = np.unpackbits(np.frombuffer(bits, dtype=np.uint8)).astype(np.int8) * np.int8(2) - np.int8(1)
    signs.setflags(write=False)
    return signs


@lru_cache(maxsize=2048)
def _vector(model: LanguageModel, token: int) -> Matrix:
    votes = model.votes[token].copy()
    votes[token] = 0.0
    near = np.argpartition(votes, -_NEIGHBOURS)[-_NEIGHBOURS:]
    total = float(votes[near].sum())
    vector = direction(b"token %d" % token).astype(np.float32)
    for other in near.tolist():
        if votes[other] > 0:
            vector += np.float32(0.5 * votes[other] / total) * direction(b"token %d" % other)
    vector.setflags(write=False)
    return vector


def vectors(model: LanguageModel, ids: Sequence[int]) -> Matrix:
    """One row a token, `(len(ids), 5120)`."""
    return np.stack([_vector(model, token) for token in ids])


@lru_cache(maxsize=2)  # an explanation asks for the same one again and again
def similarity(model: LanguageModel, ids: tuple[int, ...]) -> NDArray[np.floating[Any]]:
    """Cosine similarity of each token to each, `(len(ids), len(ids))`."""
    unique, inverse = np.unique(np.asarray(ids), return_inverse=True)
    matrix = vectors(model, unique.tolist())
    matrix = matrix / np.linalg.norm(matrix, axis=1, keepdims=True)
    cosines: NDArray[np.float32] = matrix @ matrix.T
    return cosines[inverse][:, inverse]
