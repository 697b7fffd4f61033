# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import fields_of, missing_field, not_number, odd, wrong_type

T = TypeVar("T", bound="ImageControlRect")


@_attrs_define
class ImageControlRect:
    """An area in parts of the whole image, from 0 to 1, also where a crop hides some of it.

    Attributes:
        left (float): 0 is the left edge.
        top (float): 0 is the upper edge.
        width (float): 1 is the width of the image.
        height (float): 1 is the height of the image.
    """

    left: float
    top: float
    width: float
    height: float
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {"left": self.left, "top": self.top, "width": self.width, "height": self.height}
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            left = rest_.pop("left")
            top = rest_.pop("top")
            width = rest_.pop("width")
            height = rest_.pop("height")
        except KeyError as error_:
            raise missing_field(error_) from None
        if type(left) is not float and type(left) is not int and not_number(left):
            raise wrong_type("left", "a number", left)
        if type(top) is not float and type(top) is not int and not_number(top):
            raise wrong_type("top", "a number", top)
        if type(width) is not float and type(width) is not int and not_number(width):
            raise wrong_type("width", "a number", width)
        if type(height) is not float and type(height) is not int and not_number(height):
            raise wrong_type("height", "a number", height)
        decoded_ = cls(left=left, top=top, width=width, height=height)
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
