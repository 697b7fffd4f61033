# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import fields_of, missing_field, not_number, odd, wrong_type
from ..errors import DecodeError
from ..models.control_token_overlap import ControlTokenOverlap
from ..models.image_control_rect import ImageControlRect
from ..types import UNSET, Unset

T = TypeVar("T", bound="ImageControl")


@_attrs_define
class ImageControl:
    """Changes the attention for an area of an image.

    Attributes:
        rect (ImageControlRect): An area in parts of the whole image, from 0 to 1, also where a crop hides some of it.
        factor (float): Below 1 less attention, 1 no change, above 1 more attention. Not negative.
        token_overlap (ControlTokenOverlap | Unset): For a token that a control covers in part: `partial` weakens the
            factor to the covered share, `complete` applies it in full.
    """

    rect: ImageControlRect
    factor: float
    token_overlap: ControlTokenOverlap | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {"rect": self.rect.to_dict(), "factor": self.factor}
        if self.token_overlap is not UNSET:
            json_["token_overlap"] = str(self.token_overlap)
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            _rect = rest_.pop("rect")
            factor = rest_.pop("factor")
        except KeyError as error_:
            raise missing_field(error_) from None
        rect: ImageControlRect
        try:
            rect = ImageControlRect.from_dict(_rect)
        except DecodeError as error_:
            raise error_.within("rect")
        if type(factor) is not float and type(factor) is not int and not_number(factor):
            raise wrong_type("factor", "a number", factor)
        _token_overlap = rest_.pop("token_overlap", UNSET)
        token_overlap: ControlTokenOverlap | Unset
        if isinstance(_token_overlap, str):
            token_overlap = ControlTokenOverlap(_token_overlap)
        elif _token_overlap is not UNSET:
            raise wrong_type("token_overlap", "a string", _token_overlap)
        else:
            token_overlap = _token_overlap
        decoded_ = cls(rect=rect, factor=factor, token_overlap=token_overlap)
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
