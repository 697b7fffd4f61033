"""Explanations: how much each part of a prompt contributes to a completion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aleph_alpha._call.checks import describe
from aleph_alpha._call.fields import promised
from aleph_alpha._call.meta import WithMeta
from aleph_alpha._call.reading import from_json
from aleph_alpha._call.short_repr import ShortRepr
from aleph_alpha._call.viewable import Viewable, builder
from aleph_alpha.errors import InvalidRequestError, ResponseError
from aleph_alpha.explanation import analysis as analysis
from aleph_alpha.explanation.analysis import Aggregate, Normalization, ScoreRow
from aleph_alpha.explanation.request import (
    ExplanationRequest,
)
from aleph_alpha.explanation.scores import (
    ImagePromptItemExplanation,
    OtherItemExplanation,
    PromptItemExplanation,
    TargetPromptItemExplanation,
    TextPromptItemExplanation,
    TokenPromptItemExplanation,
    item_of,
)
from aleph_alpha.explanation.source import Source, sources
from aleph_alpha.prompt.image import Image
from aleph_alpha.prompt.prompt import Prompt
from aleph_alpha.prompt.text import Text

if TYPE_CHECKING:
    import pandas as pd

    from aleph_alpha.views.view import View
    from aleph_alpha_api import models as api

__all__ = ["Explanation", "ExplanationResponse"]


@dataclass(frozen=True, repr=False)
class Explanation(Viewable, ShortRepr):
    """What mattered for the target, or for one of its tokens.

    Parameters:
        target: the text that is explained: all of the target or, with ``TargetGranularity.Token``,
            one token of it.
        items: scores for each item of the prompt, in order, and in the end those for the part of
            the target that came before.

    >>> explanation = Explanation.from_json({"target": " pizza", "items": [
    ...     {"type": "text", "scores": [
    ...         {"start": 0, "length": 7, "score": 0.25}, {"start": 8, "length": 5, "score": 1.5}]},
    ...     {"type": "target", "scores": []}]})
    >>> explanation = explanation.with_text_from_prompt(Prompt.from_text("Andreas likes"), " pizza")
    >>> [(row["text"], row["score"]) for row in explanation.top(1)]
    [('likes', 1.5)]
    """

    target: str
    items: list[PromptItemExplanation]

    @staticmethod
    def from_json(json: Mapping[str, Any]) -> Explanation:
        """The explanation of its JSON.

        Raises:
            ResponseError: what was asked for is missing or cannot be read; `path` says where.
        """
        from aleph_alpha_api.models import Explanation as Model

        return from_json("Explanation", Model.from_dict, json, _explanation)

    @staticmethod
    def prompt_item_from_json(item: Mapping[str, Any]) -> PromptItemExplanation:
        """One of the `items` of its JSON; its ``type`` tells what it is.

        Raises:
            ResponseError: what was asked for is missing or cannot be read; `path` says where.
        """
        kind = item.get("type") if isinstance(item, Mapping) else None
        if not isinstance(kind, str):
            names = ", ".join(_ITEM_TYPES)
            raise ResponseError(
                f"prompt_item_from_json: type must be one of {names}, not {describe(kind)}", path="type"
            )
        found = _ITEM_TYPES.get(kind)
        return OtherItemExplanation(item) if found is None else found.from_json(item)

    def with_text_from_prompt(self, prompt: Prompt, target: str) -> Explanation:
        """The same with the characters of each text and target score.

        Args:
            prompt: the prompt of the request.
            target: the target of the request, all of it.

        Raises:
            InvalidRequestError: this is not an explanation of that prompt.
        """
        items: list[PromptItemExplanation] = []
        for index, item in enumerate(self.items):
            if isinstance(item, TextPromptItemExplanation):
                items.append(item.with_text(_text_of(prompt, index)))
            elif isinstance(item, TargetPromptItemExplanation):
                items.append(item.with_text(target))
            else:
                items.append(item)
        known = sources.get(self)
        start = 0 if self.target == target else None if known is None else known.start
        return self._with(items, Source(prompt, target, start))

    def with_image_prompt_items_in_pixels(self, prompt: Prompt) -> Explanation:
        """The same with the tiles of images in whole pixels; see ``ImagePromptItemExplanation.in_pixels``.

        Raises:
            InvalidRequestError: this is not an explanation of that prompt.
            ImageError: the size of an image cannot be read.
        """
        return self._in_pixels(prompt, {})

    def _in_pixels(self, prompt: Prompt, sizes: dict[int, tuple[int, int]]) -> Explanation:
        """`sizes` of images, by the index of their item, are read once for all explanations."""
        items: list[PromptItemExplanation] = []
        for index, item in enumerate(self.items):
            if isinstance(item, ImagePromptItemExplanation):
                if index not in sizes:
                    sizes[index] = _image_of(prompt, index).dimensions()
                items.append(item.in_pixels_of(*sizes[index]))
            else:
                items.append(item)
        known = sources.get(self)
        return self._with(items, known or Source(prompt, None, None))

    def _with(self, items: list[PromptItemExplanation], source: Source | None) -> Explanation:
        made = Explanation(self.target, items)
        if source is not None:
            sources.put(made, source)
        return made

    def view(
        self, prompt: Prompt | None = None, target: str | None = None, *, top: int = 5, bound: float | None = None
    ) -> View:
        """Something to look at: the prompt, its parts coloured by their scores, and the target.

        Args:
            prompt: the prompt of the request. Explanations that a client returns, and those made with
                ``with_text_from_prompt``, know theirs; without it parts are named by their places.
            target: the whole target of the request, likewise.
            top: how many of the parts furthest from zero are listed beside it.
            bound: the score at both ends of the scale, greater than 0; by default the one furthest from zero.
                With the same bound, colours of several views can be compared. Larger scores get the last colour.

        Raises:
            InvalidRequestError: `top` or `bound` is out of bounds, or this is not an explanation of that prompt.

        >>> from aleph_alpha.explanation import TextScore
        >>> explanation = Explanation(" pizza", [TextPromptItemExplanation([TextScore(0, 7, 0.5)])])
        >>> print(explanation.view(Prompt.from_text("Andreas likes")).text(columns=40))
        Explanation of “ pizza”
        against -0.5 … +0.5 for
        text
              +0.5 +++++++++ Andreas
                              likes
        Target
                              pizza
                             (explained)
        Top 1
              +0.5 +++++++++ Andreas
        """
        view: View = builder("explanation").of_explanation(self, prompt, target, top, bound)
        return view

    def top(self, n: int, *, absolute: bool = False) -> list[ScoreRow]:
        """The `n` parts that mattered most, highest score first; equal ones in their order.

        Args:
            n: how many at most.
            absolute: by the distance from zero: parts that speak against the target count, too.
        """
        return analysis.top(self.items, self.target, n, absolute=absolute)

    def above(self, threshold: float, *, absolute: bool = False) -> list[ScoreRow]:
        """The parts whose score is greater than a threshold, in the order of the prompt.

        Args:
            threshold: a score; after :meth:`normalized` a share of the highest.
            absolute: by the distance from zero: parts that speak against the target count, too.

        Returns:
            Rows as of :meth:`to_rows`, with their ``text`` where the prompt is known: from a client or
            :meth:`with_text_from_prompt`.

        Raises:
            InvalidRequestError: `threshold` is not a number.

        >>> explanation = Explanation.from_json({"target": " pizza", "items": [{"type": "text", "scores": [
        ...     {"start": 0, "length": 7, "score": 0.25}, {"start": 8, "length": 5, "score": 1.5}]}]})
        >>> [(row["start"], row["length"]) for row in explanation.above(0.5)]
        [(8, 5)]
        """
        return analysis.above(self.items, self.target, threshold, self._texts(), absolute=absolute)

    def spans(
        self, threshold: float = 0.0, *, gap: int = 1, how: Aggregate = "max", absolute: bool = False
    ) -> list[ScoreRow]:
        """The parts of texts above a threshold, neighbours merged: what to highlight.

        Args:
            threshold: as of :meth:`above`.
            gap: characters between two parts at most that are merged over, such as the blank between words.
            how: ``"max"`` (the furthest from zero), ``"mean"`` or ``"sum"`` of the scores that are merged.
            absolute: parts below minus the threshold, too; they are merged among themselves.

        Returns:
            Rows as of :meth:`above`, one for each span; ``position`` is that of its first part. Images and token ids
            have no characters and no spans.

        Raises:
            InvalidRequestError: `threshold` or `how` cannot be that, or `gap` is below 0.

        >>> explanation = Explanation.from_json({"target": " pizza", "items": [{"type": "text", "scores": [
        ...     {"start": 0, "length": 7, "score": 1.0}, {"start": 8, "length": 5, "score": 1.5},
        ...     {"start": 14, "length": 3, "score": -1.0}, {"start": 18, "length": 2, "score": 0.5}]}]})
        >>> explanation = explanation.with_text_from_prompt(Prompt.from_text("Andreas likes not me"), " pizza")
        >>> [(row["text"], row["score"]) for row in explanation.spans()]
        [('Andreas likes', 1.5), ('me', 0.5)]
        """
        texts = self._texts()
        return analysis.spans(self.items, self.target, threshold, texts, gap=gap, how=how, absolute=absolute)

    def by_sentence(self, how: Aggregate = "sum") -> Explanation:
        """The same with one score for each sentence of the prompt's texts, and of the target.

        A part that lies in two sentences counts for the one that has more of it, so that sums stay what they were.

        Args:
            how: ``"sum"``, ``"mean"`` or ``"max"`` of the scores in a sentence.

        Raises:
            InvalidRequestError: `how` cannot be that, or the prompt is not known: it is from a client, or
                after :meth:`with_text_from_prompt`.

        >>> explanation = Explanation.from_json({"target": " pizza", "items": [{"type": "text", "scores": [
        ...     {"start": 0, "length": 4, "score": 1.0}, {"start": 6, "length": 3, "score": 0.5},
        ...     {"start": 11, "length": 3, "score": 2.0}]}]})
        >>> explanation = explanation.with_text_from_prompt(Prompt.from_text("Come. Sit! Eat."), " pizza")
        >>> [(score.text, score.score) for score in explanation.by_sentence().items[0].scores]
        [('Come.', 1.0), ('Sit!', 0.5), ('Eat.', 2.0)]
        """
        texts = self._texts()
        for index, item in enumerate(self.items):
            if isinstance(item, TextPromptItemExplanation) and index not in texts:
                raise InvalidRequestError("the prompt is not known: call with_text_from_prompt(prompt, target) first")
        return self._with(analysis.by_sentence(self.items, texts, how), sources.get(self))

    def _texts(self) -> dict[int, str]:
        """The texts that are explained, by their item, as far as they are known."""
        known = sources.get(self)
        if known is None:
            return {}
        texts: dict[int, str] = {}
        for index, item in enumerate(self.items):
            if isinstance(item, TextPromptItemExplanation):
                texts[index] = _text_of(known.prompt, index).text
            elif isinstance(item, TargetPromptItemExplanation) and known.target is not None:
                texts[index] = known.target
        return texts

    def item_scores(self, how: Aggregate = "sum") -> list[float]:
        """One score for each item of the prompt, in order, and in the end one for the target.

        Args:
            how: ``"sum"``, ``"mean"`` or ``"max"`` of an item's scores. An item without scores gets 0.0.

        >>> from aleph_alpha.explanation import TokenScore
        >>> Explanation("", [TokenPromptItemExplanation([TokenScore(0.5), TokenScore(-0.25)])]).item_scores()
        [0.25]
        """
        return [analysis.combine([one.score for one in item.scores], how) for item in self.items]

    def normalized(self, how: Normalization = "minmax") -> Explanation:
        """The same with all scores, those of the target included, brought to one scale.

        Args:
            how: ``"minmax"`` makes the lowest score 0 and the highest 1: ``(score - lowest) / (highest - lowest)``.
                ``"max"`` divides by the largest absolute value: -1 to 1, signs stay.
                ``"sum"`` divides by the sum of absolute values, which then add up to 1; signs stay.
                Where that would divide by zero, all scores become 0.0.

        >>> from aleph_alpha.explanation import TokenScore
        >>> scores = [TokenScore(1.0), TokenScore(-1.0), TokenScore(0.0)]
        >>> [one.score for one in Explanation("", [TokenPromptItemExplanation(scores)]).normalized().items[0].scores]
        [1.0, 0.0, 0.5]
        """
        return self._with(analysis.normalize(self.items, how), sources.get(self))

    def to_rows(self) -> list[ScoreRow]:
        """One flat dict a score, for tables, CSV files and the like; see :class:`ScoreRow`."""
        return list(analysis.rows(self.items, self.target, 0))

    def to_pandas(self) -> pd.DataFrame:
        """:meth:`to_rows` as a DataFrame; ``start`` and ``length`` are of the type ``Int64``.

        Raises:
            ImportError: pandas is not installed (extra ``pandas``).
        """
        return analysis.frame(self.to_rows())


_ITEM_TYPES: dict[
    str,
    type[TextPromptItemExplanation]
    | type[TargetPromptItemExplanation]
    | type[TokenPromptItemExplanation]
    | type[ImagePromptItemExplanation],
] = {
    kind.kind: kind
    for kind in (
        TextPromptItemExplanation,
        TargetPromptItemExplanation,
        TokenPromptItemExplanation,
        ImagePromptItemExplanation,
    )
}


def _text_of(prompt: Prompt, index: int) -> Text:
    item: object = prompt.items[index] if index < len(prompt.items) else None
    if isinstance(item, str):  # prompts may hold plain strings
        return Text.from_text(item)
    if not isinstance(item, Text):
        raise InvalidRequestError(f"item {index} is explained as a text; in this prompt it is {describe(item)}")
    return item


def _image_of(prompt: Prompt, index: int) -> Image:
    item: object = prompt.items[index] if index < len(prompt.items) else None
    if not isinstance(item, Image):
        raise InvalidRequestError(f"item {index} is explained as an image; in this prompt it is {describe(item)}")
    return item


@dataclass(frozen=True, repr=False)
class ExplanationResponse(WithMeta, Viewable, ShortRepr):
    """Explanations of a target.

    Parameters:
        model_version: version of the model that was explained; ``None`` where the server does not say.
        explanations: one, or with ``TargetGranularity.Token`` one for each token of the target.
    """

    model_version: str
    explanations: list[Explanation]

    @staticmethod
    def from_json(json: Mapping[str, Any]) -> ExplanationResponse:
        """The response of its JSON.

        Raises:
            ResponseError: what was asked for is missing or cannot be read; `path` says where.

        >>> response = ExplanationResponse.from_json({"model_version": "2022-04", "explanations": [
        ...     {"target": " pizza", "items": [{"type": "token_ids", "scores": [0.5, -1.25]}]}]})
        >>> response.explanations[0].items[0].scores[1]
        TokenScore(score=-1.25)
        """
        from aleph_alpha_api.models import ExplanationResponse as Model

        return from_json("ExplanationResponse", Model.from_dict, json, _response)

    def with_text_from_prompt(self, request: ExplanationRequest) -> ExplanationResponse:
        """The same with the characters of each text and target score, cut out of the request.

        Raises:
            InvalidRequestError: this is not the response to that request.
        """
        return self._with([one.with_text_from_prompt(request.prompt, request.target) for one in self.explanations])

    def with_image_prompt_items_in_pixels(self, prompt: Prompt) -> ExplanationResponse:
        """The same with the tiles of images in whole pixels; see ``ImagePromptItemExplanation.in_pixels``.

        Raises:
            InvalidRequestError: this is not an explanation of that prompt.
            ImageError: the size of an image cannot be read.
        """
        sizes: dict[int, tuple[int, int]] = {}
        return self._with([one._in_pixels(prompt, sizes) for one in self.explanations])

    def aggregated(self, how: Aggregate = "sum") -> Explanation:
        """One explanation of the whole target, from those of its tokens.

        Args:
            how: ``"sum"``, ``"mean"`` or ``"max"`` over the tokens. A part of the target counts for the
                tokens after it only: sums and means are over these.

        Raises:
            InvalidRequestError: the explanations are not of one prompt.

        >>> response = ExplanationResponse.from_json({"model_version": "2022-04", "explanations": [
        ...     {"target": " piz", "items": [{"type": "token_ids", "scores": [0.5, 2.0]}]},
        ...     {"target": "za", "items": [{"type": "token_ids", "scores": [0.25, -1.0]}]}]})
        >>> response.aggregated()
        Explanation(target=' pizza', items=[TokenPromptItemExplanation(scores=[TokenScore(score=0.75), \
TokenScore(score=1.0)])])
        """
        if not self.explanations:
            return Explanation("", [])
        items = analysis.aggregate([one.items for one in self.explanations], how)
        target = "".join(one.target for one in self.explanations)
        known = sources.get(self.explanations[0])
        return Explanation(target, [])._with(items, known)

    def to_rows(self) -> list[ScoreRow]:
        """One flat dict a score, of all explanations; see :class:`ScoreRow`."""
        return [
            row for index, one in enumerate(self.explanations) for row in analysis.rows(one.items, one.target, index)
        ]

    def to_pandas(self) -> pd.DataFrame:
        """:meth:`to_rows` as a DataFrame; ``start`` and ``length`` are of the type ``Int64``.

        Raises:
            ImportError: pandas is not installed (extra ``pandas``).
        """
        return analysis.frame(self.to_rows())

    def view(self, request: ExplanationRequest | None = None, *, top: int = 5, bound: float | None = None) -> View:
        """Something to look at: as :meth:`Explanation.view`, all targets on one scale, with a switch between them.

        Args:
            request: the request; responses of a client know theirs.
            top: how many of the parts furthest from zero are listed beside each.
            bound: the score at both ends of the scale, as in :meth:`Explanation.view`.

        Raises:
            InvalidRequestError: `top` or `bound` is out of bounds, or this is not the response to that request.
        """
        view: View = builder("explanation").of_response(self, request, top, bound)
        return view

    def _with(self, explanations: list[Explanation]) -> ExplanationResponse:
        response = ExplanationResponse(self.model_version, explanations)
        if self.meta is not None:
            response.attach_meta(self.meta)
        return response


def _explanation(model: api.Explanation) -> Explanation:
    return Explanation(model.target, [item_of(item) for item in model.items])


def _response(model: api.ExplanationResponse) -> ExplanationResponse:
    return ExplanationResponse(promised(model.model_version), [_explanation(one) for one in model.explanations])
