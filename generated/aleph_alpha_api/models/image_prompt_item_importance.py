# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import at_item, fields_of, missing_field, odd, wrong_const, wrong_type
from ..errors import DecodeError
from ..models.image_score import ImageScore

T = TypeVar("T", bound="ImagePromptItemImportance")


@_attrs_define
class ImagePromptItemImportance:
    """Scores of an image.

    Attributes:
        type_ (Literal['image']):  Default: 'image'.
        scores (list[ImageScore]): One for each tile, row by row.
    """

    scores: list[ImageScore]
    type_: Literal["image"] = "image"
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {"type": self.type_, "scores": [item_.to_dict() for item_ in self.scores]}
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            type_ = rest_.pop("type")
            _scores = rest_.pop("scores")
        except KeyError as error_:
            raise missing_field(error_) from None
        if type_ != "image":
            raise wrong_const("type", "image", type_)
        scores: list[ImageScore]
        if isinstance(_scores, list):
            scores = []
            for scores_item_data in _scores:
                scores_item: ImageScore
                try:
                    scores_item = ImageScore.from_dict(scores_item_data)
                except DecodeError as error_:
                    raise error_.within(at_item("scores", _scores, scores_item_data))
                scores.append(scores_item)
        else:
            raise wrong_type("scores", "an array", _scores)
        decoded_ = cls(type_=type_, scores=scores)
        if rest_:
            decoded_.additional_properties = odd(rest_)
        return decoded_

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
