"""The toy rules for questions and summaries: sentences are picked, nothing is made up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from aleph_alpha.testing.server.model.words import relevance, sentences

_WORD = re.compile(r"\w+")
_SUMMARY_SENTENCES = 3


@dataclass(frozen=True, slots=True)
class Found:
    """An answer, the sentence it stands in, and how well that fits the question."""

    answer: str
    evidence: str
    score: float


def answers(question: str, texts: Sequence[str]) -> list[Found]:
    """Answers, best first: from each sentence that shares a word with the question, its longest run of other words."""
    asked = {word.lower() for word in _WORD.findall(question)}
    found = []
    for text in texts:
        for sentence in sentences(text):
            score = relevance(question, sentence)
            if score > 0:
                found.append(Found(_new_words(sentence, asked) or sentence, sentence, score))
    return sorted(found, key=lambda one: -one.score)


def _new_words(sentence: str, asked: set[str]) -> str:
    """The longest part of the sentence between words of the question."""
    best = (0, 0)
    start = end = None
    for match in _WORD.finditer(sentence):
        if match.group().lower() in asked:
            start = None
            continue
        start = match.start() if start is None else start
        end = match.end()
        best = max(best, (start, end), key=lambda span: span[1] - span[0])
    return sentence[slice(*best)]


def summary(text: str) -> str:
    """The sentences that are closest to the whole text, in their order."""
    listed = sentences(text)
    best = sorted(range(len(listed)), key=lambda i: -relevance(text, listed[i]))[:_SUMMARY_SENTENCES]
    return " ".join(listed[i] for i in sorted(best))
