"""Reading explanations, which can hold thousands of scores, past the generated models.

The fast path takes the bodies that servers send. For anything unusual it gives up, and the parser
through the generated models decides what the body is and words the error.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from aleph_alpha.explanation.response import Explanation, ExplanationResponse
from aleph_alpha.explanation.scores import (
    ImagePromptItemExplanation,
    ImageScore,
    PromptItemExplanation,
    TargetPromptItemExplanation,
    TargetScore,
    TextPromptItemExplanation,
    TextScore,
    TokenPromptItemExplanation,
    TokenScore,
    made,
)

__all__ = ["parser", "read"]

T = TypeVar("T")


class _UnusualError(Exception):
    """A body that is not for the fast path."""


def parser(
    plain: Callable[[bytes], ExplanationResponse],
) -> Callable[[bytes], ExplanationResponse]:
    """The fast path, with `plain` for what it does not take."""

    def parse(body: bytes) -> ExplanationResponse:
        response = read(body)
        return plain(body) if response is None else response

    return parse


def read(body: bytes) -> ExplanationResponse | None:
    """The response of its JSON, or ``None`` where that is unusual in any way."""
    import orjson

    try:
        json = orjson.loads(body)
        _only(json, 2)
        return ExplanationResponse(
            _a(str, json["model_version"]), [_explanation(one) for one in _a(list, json["explanations"])]
        )
    except (ValueError, TypeError, KeyError, _UnusualError):
        return None


def _a(kind: type[T], value: Any) -> T:
    if type(value) is not kind:
        raise _UnusualError
    return value


def _only(json: Any, members: int) -> None:
    """Members that nobody knows are for the generated models to tell of."""
    if len(json) != members:
        raise _UnusualError


def _explanation(json: Any) -> Explanation:
    _only(json, 2)
    return Explanation(_a(str, json["target"]), [_item(item) for item in _a(list, json["items"])])


def _item(json: Any) -> PromptItemExplanation:
    _only(json, 2)
    return _ITEMS[json["type"]](_a(list, json["scores"]))


def _ranges(kind: type[T], scores: list[Any]) -> list[T]:
    """Scores that have the fields of the JSON: its dicts become those of the objects."""
    for one in scores:
        score = one["score"]
        if (
            len(one) != 3
            or type(one["start"]) is not int
            or type(one["length"]) is not int
            or (type(score) is not float and type(score) is not int)
        ):
            raise _UnusualError
    return made(kind, scores)


def _text(scores: list[Any]) -> TextPromptItemExplanation:
    return TextPromptItemExplanation(_ranges(TextScore, scores))


def _target(scores: list[Any]) -> TargetPromptItemExplanation:
    return TargetPromptItemExplanation(_ranges(TargetScore, scores))


def _tokens(scores: list[Any]) -> TokenPromptItemExplanation:
    return TokenPromptItemExplanation(made(TokenScore, [{"score": _number(score)} for score in scores]))


def _image(scores: list[Any]) -> ImagePromptItemExplanation:
    return ImagePromptItemExplanation(made(ImageScore, list(map(_tile, scores))))


def _tile(json: Any) -> dict[str, float]:
    rect = json["rect"]
    if len(json) != 2 or len(rect) != 4:
        raise _UnusualError
    return {
        "left": _number(rect["left"]),
        "top": _number(rect["top"]),
        "width": _number(rect["width"]),
        "height": _number(rect["height"]),
        "score": _number(json["score"]),
    }


def _number(value: Any) -> float:
    if type(value) is not float and type(value) is not int:
        raise _UnusualError
    return value


_ITEMS: dict[str, Callable[[list[Any]], PromptItemExplanation]] = {
    "text": _text,
    "target": _target,
    "token_ids": _tokens,
    "image": _image,
}
