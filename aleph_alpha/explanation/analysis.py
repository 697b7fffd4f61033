"""What people compute from explanations: highest scores, sums, one scale, tables.

Pure functions; the methods of ``Explanation`` and ``ExplanationResponse`` say what they mean.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypedDict, TypeVar

from aleph_alpha._call.checks import check_field, integer, number
from aleph_alpha._optional import need
from aleph_alpha.errors import InvalidRequestError
from aleph_alpha.explanation.scores import (
    OtherItemExplanation,
    PromptItemExplanation,
    TargetPromptItemExplanation,
    TargetScoreWithRaw,
    TextPromptItemExplanation,
    TextScoreWithRaw,
)
from aleph_alpha.prompt.sentences import ends

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Aggregate", "Normalization", "ScoreRow"]

Aggregate: TypeAlias = Literal["sum", "mean", "max"]
Normalization: TypeAlias = Literal["minmax", "sum", "max"]

Items: TypeAlias = Sequence[PromptItemExplanation]
Item = TypeVar("Item", bound=PromptItemExplanation)
Score = TypeVar("Score")


class ScoreRow(TypedDict):
    """One score of an explanation with its place, as a flat dict; what does not apply is ``None``.

    Keys:
        explanation: index in the response, from 0.
        target: the text that is explained.
        item: index of the prompt's item, from 0; the target itself comes after the last one.
        type: ``"text"``, ``"image"``, ``"token_ids"`` or ``"target"``.
        position: index of the score in its item, from 0.
        score: the score.
        start, length: range of characters, for text and target.
        text: those characters, where the explanation has them (``with_text_from_prompt``).
        left, top, width, height: rectangle, for images; in pixels where the explanation is.
    """

    explanation: int
    target: str
    item: int
    type: str
    position: int
    score: float
    start: int | None
    length: int | None
    text: str | None
    left: float | None
    top: float | None
    width: float | None
    height: float | None


_WHOLE_NUMBERS = ("start", "length")  # with gaps: pandas would make floats of them


def rows(items: Items, target: str, explanation: int) -> Iterator[ScoreRow]:
    """The scores of all items, in order."""
    for index, item in enumerate(items):
        for position, one in enumerate(item.scores):
            place = vars(one)
            yield {
                "explanation": explanation,
                "target": target,
                "item": index,
                "type": item.kind,
                "position": position,
                "score": one.score,
                "start": place.get("start"),
                "length": place.get("length"),
                "text": place.get("text"),
                "left": place.get("left"),
                "top": place.get("top"),
                "width": place.get("width"),
                "height": place.get("height"),
            }


def top(items: Items, target: str, n: int, *, absolute: bool) -> list[ScoreRow]:
    """The `n` highest rows; equal ones in their order."""
    if n < 0:
        raise InvalidRequestError(f"n must be 0 or greater, got {n}")

    def height(row: ScoreRow) -> float:
        return -abs(row["score"]) if absolute else -row["score"]

    return sorted(rows(items, target, 0), key=height)[:n]


def above(items: Items, target: str, threshold: float, texts: Mapping[int, str], *, absolute: bool) -> list[ScoreRow]:
    """The rows above the threshold, in order; with the characters where the texts of the items are known."""
    check_field(threshold, number, "threshold")
    found = [row for row in rows(items, target, 0) if (abs(row["score"]) if absolute else row["score"]) > threshold]
    for row in found:
        row["text"] = _characters(row, texts)
    return found


def _characters(row: ScoreRow, texts: Mapping[int, str]) -> str | None:
    text, start, length = texts.get(row["item"]), row["start"], row["length"]
    return row["text"] if text is None or start is None or length is None else text[start : start + length]


def spans(
    items: Items,
    target: str,
    threshold: float,
    texts: Mapping[int, str],
    *,
    gap: int,
    how: Aggregate,
    absolute: bool,
) -> list[ScoreRow]:
    """The rows of text above the threshold, those of one sign that touch as one."""
    check_field(gap, integer, "gap")
    if gap < 0:
        raise InvalidRequestError(f"gap must be 0 or greater, got {gap}")
    combine([], how)
    groups: list[list[tuple[int, int, ScoreRow]]] = []
    selected = [
        (row["item"], row["start"], row["length"], row)
        for row in above(items, target, threshold, texts, absolute=absolute)
    ]
    for item, start, length, row in sorted(selected, key=lambda one: (one[0], one[1] or 0)):
        if start is None or length is None:
            continue  # of an image, or of token ids
        last = groups[-1] if groups else None
        if last is not None and _touch(last, item, start, row, gap):
            last.append((start, start + length, row))
        else:
            groups.append([(start, start + length, row)])
    return [_span(group, texts, how) for group in groups]


def _touch(group: list[tuple[int, int, ScoreRow]], item: int, start: int, row: ScoreRow, gap: int) -> bool:
    first = group[0][2]
    near = start - max(end for _, end, _ in group) <= gap
    return first["item"] == item and near and (first["score"] < 0) == (row["score"] < 0)


def _span(group: list[tuple[int, int, ScoreRow]], texts: Mapping[int, str], how: Aggregate) -> ScoreRow:
    start, end = group[0][0], max(end for _, end, _ in group)
    first = group[0][2]
    scores = [row["score"] for _, _, row in group]
    furthest = min(scores) if scores[0] < 0 else max(scores)
    span: ScoreRow = {**first, "score": furthest if how == "max" else combine(scores, how), "length": end - start}
    span["text"] = _characters(span, texts) if first["item"] in texts or len(group) == 1 else None
    return span


def by_sentence(items: Items, texts: Mapping[int, str], how: Aggregate) -> list[PromptItemExplanation]:
    """Items whose texts have one score a sentence; the others as they are."""
    combine([], how)
    made: list[PromptItemExplanation] = []
    for index, item in enumerate(items):
        if isinstance(item, TextPromptItemExplanation):
            made.append(TextPromptItemExplanation(list(_sentences(item.scores, texts[index], how, TextScoreWithRaw))))
        elif isinstance(item, TargetPromptItemExplanation) and index in texts:
            made.append(
                TargetPromptItemExplanation(list(_sentences(item.scores, texts[index], how, TargetScoreWithRaw)))
            )
        else:
            made.append(item)
    return made


def _sentences(parts: Sequence[Any], text: str, how: Aggregate, kind: Callable[..., Score]) -> Iterator[Score]:
    """One score for each sentence that a part belongs to: the one that has most of its characters."""
    cuts = ends(text, "sentence")
    starts = [0, *cuts[:-1]]
    scores: dict[int, list[float]] = {}
    for part in parts:
        if part.start < 0 or part.start + part.length > len(text):
            raise InvalidRequestError(
                f"characters {part.start} to {part.start + part.length} are explained, the text has {len(text)}"
            )
        at = min(bisect_right(cuts, part.start), len(cuts) - 1)
        best = at
        while at < len(cuts) and starts[at] < part.start + part.length:
            if _shared(part, starts[at], cuts[at]) > _shared(part, starts[best], cuts[best]):
                best = at
            at += 1
        scores.setdefault(best, []).append(part.score)
    for at, found in sorted(scores.items()):
        sentence = text[starts[at] : cuts[at]].rstrip() or text[starts[at] : cuts[at]]
        yield kind(starts[at], len(sentence), combine(found, how), sentence)


def _shared(part: Any, start: int, end: int) -> int:
    first, last = int(part.start), int(part.start + part.length)
    return min(last, end) - max(first, start)


def frame(table: list[ScoreRow]) -> pd.DataFrame:
    """The rows as a pandas DataFrame."""
    pandas = need("pandas", "pandas", what="data frames")
    result: pd.DataFrame = pandas.DataFrame(table, columns=list(ScoreRow.__annotations__))
    return result.astype(dict.fromkeys(_WHOLE_NUMBERS, "Int64"))


def combine(scores: Sequence[float], how: Aggregate) -> float:
    """One score for several; 0.0 for none."""
    if how not in _COMBINED:
        raise InvalidRequestError(f"how must be one of {', '.join(_COMBINED)}, not {how!r}")
    return _COMBINED[how](scores) if scores else 0.0


_COMBINED: dict[str, Callable[[Sequence[float]], float]] = {
    "sum": math.fsum,
    "mean": lambda scores: math.fsum(scores) / len(scores),
    "max": max,
}


def aggregate(explanations: Sequence[Items], how: Aggregate) -> list[PromptItemExplanation]:
    """Items whose scores combine those that the explanations have for the same part."""
    shape = _shape(explanations[0])
    if any(_shape(items) != shape for items in explanations):
        raise InvalidRequestError("these explanations are not of one prompt: their items have different parts")
    return [_combined([items[index] for items in explanations], how) for index in range(len(shape))]


def _shape(items: Items) -> list[tuple[str, int | None]]:
    """What explanations of one prompt have in common; the target's part grows from token to token."""
    return [(one.kind, None if isinstance(one, TargetPromptItemExplanation) else len(one.scores)) for one in items]


def _combined(parts: list[PromptItemExplanation], how: Aggregate) -> PromptItemExplanation:
    """One item for the same item of several explanations."""
    places: dict[tuple[int, ...], list[Any]] = {}
    for item in parts:
        if isinstance(item, TargetPromptItemExplanation):
            # Told apart by where they are: later tokens of the target have more parts before them.
            for part in item.scores:
                places.setdefault((part.start, part.length), []).append(part)
        else:
            for position, one in enumerate(item.scores):
                places.setdefault((position,), []).append(one)
    groups = [ones for _, ones in sorted(places.items())]
    return _with_scores(
        parts[0], (replace(ones[0], score=combine([one.score for one in ones], how)) for ones in groups)
    )


def normalize(items: Items, how: Normalization) -> list[PromptItemExplanation]:
    """Items with all scores brought to one scale."""
    scores = [one.score for item in items for one in item.scores]
    if how == "minmax":
        low = min(scores, default=0.0)
        shift, scale = low, max(scores, default=0.0) - low
    elif how == "sum":
        shift, scale = 0.0, math.fsum(map(abs, scores))
    elif how == "max":
        shift, scale = 0.0, max(map(abs, scores), default=0.0)
    else:
        raise InvalidRequestError(f"how must be one of minmax, sum, max, not {how!r}")

    def scaled(score: float) -> float:
        return (score - shift) / scale if scale else 0.0

    return [_with_scores(item, (replace(one, score=scaled(one.score)) for one in item.scores)) for item in items]


def _with_scores(item: Item, scores: Iterable[Any]) -> Item:
    return item if isinstance(item, OtherItemExplanation) else type(item)(list(scores))
