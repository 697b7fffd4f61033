"""What becomes of a ranking: a bar for each document."""

from __future__ import annotations

from collections.abc import Sequence

from aleph_alpha.errors import InvalidRequestError
from aleph_alpha.reranking import RerankResult
from aleph_alpha.views.model import Bars, Figure, Panel, Scale, Segment, counted, number
from aleph_alpha.views.view import View

__all__ = ["of_reranking"]


def of_reranking(results: Sequence[RerankResult], documents: Sequence[str] | None) -> View:
    """The view of a ranking."""
    segments = []
    for result in results:
        if documents is not None and not 0 <= result.index < len(documents):
            raise InvalidRequestError(f"a result is for document {result.index}; documents has {len(documents)}")
        name = f"document {result.index}"
        text, note = (name, "") if documents is None else (documents[result.index], name)
        segments.append(Segment(text, result.relevance_score, note))
    scores = [one.relevance_score for one in results]
    needed = Scale.of([1.0, *scores], "below zero" if min(scores, default=0.0) < 0 else "", "relevance", plain_number)
    return View(Figure(f"Ranking of {counted(len(results), 'document')}", [Panel("", [Bars("", segments)])], needed))


def plain_number(score: float) -> str:
    """A score without a plus sign.

    >>> plain_number(0.75)
    '0.75'
    """
    return number(score).removeprefix("+")
