"""The parts of an explanation: scores, and one list of them for each item of the prompt."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from math import floor
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from aleph_alpha._call.checks import describe
from aleph_alpha._call.reading import from_json
from aleph_alpha._call.short_repr import ShortRepr
from aleph_alpha.errors import InvalidRequestError
from aleph_alpha.prompt.image import Image
from aleph_alpha.prompt.prompt import PromptItem
from aleph_alpha.prompt.text import Text

if TYPE_CHECKING:
    from aleph_alpha_api import models as api

__all__ = [
    "ImagePromptItemExplanation",
    "ImageScore",
    "OtherItemExplanation",
    "TargetPromptItemExplanation",
    "TargetScore",
    "TargetScoreWithRaw",
    "TextPromptItemExplanation",
    "TextScore",
    "TextScoreWithRaw",
    "TokenPromptItemExplanation",
    "TokenScore",
]

T = TypeVar("T")

# Edges of tiles come as float32: a tile's right edge and its neighbour's left one can differ by
# some 1e-7 of the image. Tiles themselves are never this small: 10,000 of them in a row still fit.
_SAME_EDGE = 1e-5


def made(kind: type[T], fields: Sequence[dict[str, Any]]) -> list[T]:
    """Instances of a frozen dataclass, each with one of the dicts as its ``__dict__``.

    Explanations come with thousands of scores. A frozen dataclass's own ``__init__`` takes five
    times as long, and a loop that does the same half as long again.
    """
    instances = list(map(object.__new__, repeat(kind, len(fields))))
    deque(map(vars(kind)["__dict__"].__set__, instances, fields), maxlen=0)  # calls it for each pair
    return instances


@dataclass(frozen=True)
class TextScore:
    """How much a range of characters of a text item mattered.

    Parameters:
        start: first character, from 0, in the text of the item.
        length: number of characters.
        score: higher means that the target depends more on it; signed unless postprocessed.

    >>> TextScore.from_json({"start": 0, "length": 7, "score": 1.5})
    TextScore(start=0, length=7, score=1.5)
    """

    start: int
    length: int
    score: float

    @staticmethod
    def from_json(score: Any) -> TextScore:
        """The score of its JSON.

        Raises:
            ResponseError: what was asked for is missing or cannot be read; `path` says where.
        """
        from aleph_alpha_api.models import TextScore as Model

        return from_json("TextScore", Model.from_dict, score, lambda one: TextScore(one.start, one.length, one.score))


@dataclass(frozen=True)
class TextScoreWithRaw:
    """A :class:`TextScore` with the characters themselves.

    Parameters:
        start, length, score: as in ``TextScore``.
        text: the characters.
    """

    start: int
    length: int
    score: float
    text: str

    @staticmethod
    def from_text_score(score: TextScore, prompt: Text) -> TextScoreWithRaw:
        """The score with its part of the text item.

        >>> TextScoreWithRaw.from_text_score(TextScore(8, 5, 0.5), Text.from_text("Andreas likes"))
        TextScoreWithRaw(start=8, length=5, score=0.5, text='likes')
        """
        return _with_text([score], TextScore, TextScoreWithRaw, prompt.text)[0]


@dataclass(frozen=True)
class TargetScore:
    """How much a range of characters of the target mattered for what follows it.

    Parameters:
        start: first character, from 0, in the whole target.
        length: number of characters.
        score: as in ``TextScore``.
    """

    start: int
    length: int
    score: float

    @staticmethod
    def from_json(score: Any) -> TargetScore:
        """The score of its JSON.

        Raises:
            ResponseError: what was asked for is missing or cannot be read; `path` says where.
        """
        from aleph_alpha_api.models import TextScore as Model

        return from_json(
            "TargetScore", Model.from_dict, score, lambda one: TargetScore(one.start, one.length, one.score)
        )


@dataclass(frozen=True)
class TargetScoreWithRaw:
    """A :class:`TargetScore` with the characters themselves.

    Parameters:
        start, length, score: as in ``TargetScore``.
        text: the characters.
    """

    start: int
    length: int
    score: float
    text: str

    @staticmethod
    def from_target_score(score: TargetScore, target: str) -> TargetScoreWithRaw:
        """The score with its part of the target.

        >>> TargetScoreWithRaw.from_target_score(TargetScore(0, 6, 0.5), " pizza with cheese").text
        ' pizza'
        """
        return _with_text([score], TargetScore, TargetScoreWithRaw, target)[0]


def _with_text(scores: Sequence[Any], plain: type, with_raw: type[T], text: str) -> list[T]:
    """The scores with their characters; those that have them already stay as they are."""
    if {*map(type, scores)} - {plain}:
        return [
            one if isinstance(one, with_raw) else made(with_raw, [vars(one) | {"text": _part(text, one)}])[0]
            for one in scores
        ]
    fields = []
    for one in scores:
        values = one.__dict__.copy()
        start = values["start"]
        values["text"] = text[start : start + values["length"]]  # as _part, without a call for each of thousands
        fields.append(values)
    return made(with_raw, fields)


def _part(text: str, score: Any) -> str:
    return text[score.start : score.start + score.length]


@dataclass(frozen=True)
class ImageScore:
    """How much a rectangle of an image mattered.

    Parameters:
        left, top: upper left corner, in shares of the whole image (0 to 1), or in pixels after ``in_pixels``.
        width, height: extent, in the same unit.
        score: as in ``TextScore``.

    >>> rect = {"left": 0.0, "top": 0.5, "width": 0.5, "height": 0.5}
    >>> ImageScore.from_json({"rect": rect, "score": -0.25})
    ImageScore(left=0.0, top=0.5, width=0.5, height=0.5, score=-0.25)
    """

    left: float
    top: float
    width: float
    height: float
    score: float

    @staticmethod
    def from_json(score: Any) -> ImageScore:
        """The score of its JSON.

        Raises:
            ResponseError: what was asked for is missing or cannot be read; `path` says where.
        """
        from aleph_alpha_api.models import ImageScore as Model

        return from_json("ImageScore", Model.from_dict, score, _image_score)


def _image_score(model: api.ImageScore) -> ImageScore:
    rect = model.rect
    return ImageScore(rect.left, rect.top, rect.width, rect.height, model.score)


@dataclass(frozen=True)
class TokenScore:
    """How much one token of a ``Tokens`` item mattered.

    Parameters:
        score: as in ``TextScore``.

    >>> TokenScore.from_json(0.109375)
    TokenScore(score=0.109375)
    """

    score: float

    @staticmethod
    def from_json(score: Any) -> TokenScore:
        """The score of its JSON, a bare number.

        Raises:
            ResponseError: it is not a number.
        """
        return TokenPromptItemExplanation.from_json({"type": "token_ids", "scores": [score]}).scores[0]


@dataclass(frozen=True, repr=False)
class TextPromptItemExplanation(ShortRepr):
    """Scores of a text item of the prompt.

    Parameters:
        scores: one for each part that the text was cut into; how many depends on the granularity.

    >>> item = TextPromptItemExplanation([TextScore(0, 7, 1.5), TextScore(8, 5, 0.25)])
    >>> [score.text for score in item.with_text(Text.from_text("Andreas likes")).scores]
    ['Andreas', 'likes']
    """

    kind: ClassVar[str] = "text"

    scores: list[TextScore | TextScoreWithRaw]

    @staticmethod
    def from_json(item: Mapping[str, Any]) -> TextPromptItemExplanation:
        """The item of its JSON.

        Raises:
            ResponseError: what was asked for is missing or cannot be read; `path` says where.
        """
        from aleph_alpha_api.models import TextPromptItemImportance as Model

        return from_json("TextPromptItemExplanation", Model.from_dict, _tagged(item, "text"), text_item)

    def with_text(self, prompt: Text) -> TextPromptItemExplanation:
        """The same with each score's characters, cut out of the text item of the prompt."""
        return TextPromptItemExplanation(_with_text(self.scores, TextScore, TextScoreWithRaw, prompt.text))


@dataclass(frozen=True, repr=False)
class TargetPromptItemExplanation(ShortRepr):
    """Scores of the part of the target that came before what is explained.

    Parameters:
        scores: one for each part; empty for the first token of a target, and for a whole target.
    """

    kind: ClassVar[str] = "target"

    scores: list[TargetScore | TargetScoreWithRaw]

    @staticmethod
    def from_json(item: Mapping[str, Any]) -> TargetPromptItemExplanation:
        """The item of its JSON.

        Raises:
            ResponseError: what was asked for is missing or cannot be read; `path` says where.
        """
        from aleph_alpha_api.models import TargetItemImportance as Model

        return from_json("TargetPromptItemExplanation", Model.from_dict, _tagged(item, "target"), target_item)

    def with_text(self, prompt: str) -> TargetPromptItemExplanation:
        """The same with each score's characters; `prompt` is the whole target of the request."""
        return TargetPromptItemExplanation(_with_text(self.scores, TargetScore, TargetScoreWithRaw, prompt))


@dataclass(frozen=True, repr=False)
class TokenPromptItemExplanation(ShortRepr):
    """Scores of a ``Tokens`` item of the prompt.

    Parameters:
        scores: one for each token, in order.
    """

    kind: ClassVar[str] = "token_ids"

    scores: list[TokenScore]

    @staticmethod
    def from_json(item: Mapping[str, Any]) -> TokenPromptItemExplanation:
        """The item of its JSON.

        Raises:
            ResponseError: what was asked for is missing or cannot be read; `path` says where.
        """
        from aleph_alpha_api.models import TokenIdsPromptItemImportance as Model

        return from_json("TokenPromptItemExplanation", Model.from_dict, _tagged(item, "token_ids"), token_item)


@dataclass(frozen=True, repr=False)
class ImagePromptItemExplanation(ShortRepr):
    """Scores of an image item of the prompt.

    Parameters:
        scores: one for each tile, row by row: 12 by 12 tiles, 6 by 6, 3 by 3 or one, depending on
            the granularity. Coordinates are shares of the whole image, 0 to 1.
    """

    kind: ClassVar[str] = "image"

    scores: list[ImageScore]

    @staticmethod
    def from_json(item: Mapping[str, Any]) -> ImagePromptItemExplanation:
        """The item of its JSON.

        Raises:
            ResponseError: what was asked for is missing or cannot be read; `path` says where.
        """
        from aleph_alpha_api.models import ImagePromptItemImportance as Model

        return from_json("ImagePromptItemExplanation", Model.from_dict, _tagged(item, "image"), image_item)

    def in_pixels(self, prompt_item: PromptItem) -> ImagePromptItemExplanation:
        """The same in whole pixels of the image.

        Tiles that touch still do: they share their edge, without a gap or an overlap, and tiles
        that cover the image cover every pixel of it. ``left`` and ``top`` are rounded down.

        Raises:
            InvalidRequestError: `prompt_item` is not an image.
            ImageError: its size cannot be read.
        """
        if not isinstance(prompt_item, Image):
            raise InvalidRequestError(f"scores of an image were met with another item: {describe(prompt_item)}")
        return self.in_pixels_of(*prompt_item.dimensions())

    def in_pixels_of(self, width: int, height: int) -> ImagePromptItemExplanation:
        """As :meth:`in_pixels`, for an image of the given size.

        >>> third = 0.33333334
        >>> tiles = [ImageScore(left, 0.0, third, 1.0, 0.5) for left in (0.0, third, 0.6666667)]
        >>> [(tile.left, tile.width) for tile in ImagePromptItemExplanation(tiles).in_pixels_of(100, 50).scores]
        [(0, 33), (33, 33), (66, 34)]
        """
        across = _pixels((edge for one in self.scores for edge in (one.left, one.left + one.width)), width)
        down = _pixels((edge for one in self.scores for edge in (one.top, one.top + one.height)), height)
        tiles = []
        for one in self.scores:
            left, top = across[one.left], down[one.top]
            right, bottom = across[one.left + one.width], down[one.top + one.height]
            tiles.append(ImageScore(left, top, right - left, bottom - top, one.score))
        return ImagePromptItemExplanation(tiles)


def _pixels(edges: Iterable[float], length: int) -> dict[float, int]:
    """The pixel at which each edge lies; edges that are the same but for rounding get the same one."""
    pixels: dict[float, int] = {}
    first = None
    for edge in sorted(set(edges)):
        if first is None or edge - first > _SAME_EDGE:
            first = edge
        # Half the tolerance, so that 0.9999999 of 300 pixels is 300 and not 299.
        pixels[edge] = min(max(floor((first + _SAME_EDGE / 2) * length), 0), length)
    return pixels


@dataclass(frozen=True)
class OtherItemExplanation:
    """Scores of an item of a kind that this client does not know.

    Parameters:
        json: the item as it came.

    >>> OtherItemExplanation({"type": "audio", "scores": [{"seconds": 2.5, "score": 0.5}]}).scores
    []
    """

    kind: ClassVar[str] = "other"

    json: Mapping[str, Any]

    @property
    def scores(self) -> list[TokenScore]:
        """Always empty: there is none that could be understood."""
        return []


PromptItemExplanation = (
    TextPromptItemExplanation
    | TargetPromptItemExplanation
    | TokenPromptItemExplanation
    | ImagePromptItemExplanation
    | OtherItemExplanation
)


def _tagged(item: object, tag: str) -> object:
    """The item with its type, which these constructors know and callers may leave out."""
    return {**item, "type": tag} if isinstance(item, Mapping) else item


def item_of(
    model: api.TextPromptItemImportance
    | api.TargetItemImportance
    | api.TokenIdsPromptItemImportance
    | api.ImagePromptItemImportance
    | Mapping[str, Any],
) -> PromptItemExplanation:
    """The item of its generated model."""
    from aleph_alpha_api import models as api

    if isinstance(model, api.TextPromptItemImportance):
        return text_item(model)
    if isinstance(model, Mapping):
        return OtherItemExplanation(model)
    if isinstance(model, api.TargetItemImportance):
        return target_item(model)
    return token_item(model) if isinstance(model, api.TokenIdsPromptItemImportance) else image_item(model)


def text_item(model: api.TextPromptItemImportance) -> TextPromptItemExplanation:
    return TextPromptItemExplanation([TextScore(one.start, one.length, one.score) for one in model.scores])


def target_item(model: api.TargetItemImportance) -> TargetPromptItemExplanation:
    return TargetPromptItemExplanation([TargetScore(one.start, one.length, one.score) for one in model.scores])


def token_item(model: api.TokenIdsPromptItemImportance) -> TokenPromptItemExplanation:
    return TokenPromptItemExplanation([TokenScore(one) for one in model.scores])


def image_item(model: api.ImagePromptItemImportance) -> ImagePromptItemExplanation:
    return ImagePromptItemExplanation([_image_score(one) for one in model.scores])
