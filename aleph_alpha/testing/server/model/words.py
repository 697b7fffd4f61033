"""Words and sentences of a text, how rare a word is, and how well a text answers another: for the toy rules."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from functools import cache

from aleph_alpha.testing.server.model import corpus

WORD = re.compile(r"\w+|[^\w\s]")
_SENTENCE = re.compile(r"\S[^.!?\n]*(?:[.!?]+|$|(?=\n))")
_WORD_ONLY = re.compile(r"\w+")


def words_of(text: str) -> list[str]:
    """Lower-cased words and punctuation, in order."""
    return [word.lower() for word in WORD.findall(text)]


def sentences(text: str) -> list[str]:
    """The sentences of a text, without the space between them."""
    return [match.group().strip() for match in _SENTENCE.finditer(text)]


def rarity(word: str) -> float:
    """1 or a little less for a word that is in no document of the corpus, near 0 for one that is in all."""
    total = len(corpus.documents())
    return math.log((total + 2) / (_document_counts()[word] + 1)) / math.log(total + 2)


def relevance(query: str, document: str) -> float:
    """How well a document answers a query, 0 to 1: the cosine of their sets of words, each weighed by its rarity."""
    asked, said = (set(_WORD_ONLY.findall(text.lower())) for text in (query, document))
    shared = _weight(asked & said)
    return min(1.0, shared / math.sqrt(_weight(asked) * _weight(said))) if shared else 0.0


def rarest_shared(query: str, document: str) -> float:
    """The rarity of the rarest word that both have."""
    asked, said = (set(_WORD_ONLY.findall(text.lower())) for text in (query, document))
    return max(map(rarity, asked & said), default=0.0)


def _weight(words: Iterable[str]) -> float:
    return math.fsum(rarity(word) ** 2 for word in words)  # exact, whatever order a set has in this process


@cache
def _document_counts() -> Counter[str]:
    counts: Counter[str] = Counter()
    for document in corpus.documents():
        counts.update(set(words_of(document)))
    return counts
