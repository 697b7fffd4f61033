"""Steering concepts: what the positive examples talk about becomes more likely, what the negative ones do less so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

import numpy as np
import orjson

from aleph_alpha.testing.server.model.language_model import LanguageModel
from aleph_alpha.testing.server.model.ngrams import Vector

_STRENGTH = 0.7


def concept_id(examples: Iterable[Mapping[str, str]]) -> str:
    """64 hexadecimal digits, the same for the same examples on every server."""
    pairs = [[example.get("negative", ""), example.get("positive", "")] for example in examples]
    return sha256(orjson.dumps(pairs)).hexdigest()


def weights(model: LanguageModel, examples: Sequence[Mapping[str, str]]) -> Vector:
    """The factor for each token's probability: how much more often the positive examples vote for it."""
    positive = _votes(model, (example.get("positive", "") for example in examples))
    negative = _votes(model, (example.get("negative", "") for example in examples))
    return np.asarray(np.clip((positive / negative) ** _STRENGTH, 1e-3, 1e3))


def _votes(model: LanguageModel, texts: Iterable[str]) -> Vector:
    ids = [token for text in texts for token in model.bpe.encode(text).ids]
    votes = model.votes[ids].mean(axis=0) if ids else model.unigrams
    return np.asarray(0.9 * votes + 0.1 * model.unigrams)
