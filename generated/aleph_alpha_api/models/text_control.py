# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import fields_of, missing_field, not_integer, not_number, odd, wrong_type
from ..models.control_token_overlap import ControlTokenOverlap
from ..types import UNSET, Unset

T = TypeVar("T", bound="TextControl")


@_attrs_define
class TextControl:
    """Changes the attention for a range of characters.

    Attributes:
        start (int): First character, counted from 0.
        length (int): Number of characters.
        factor (float): Below 1 less attention, 1 no change, above 1 more attention. Not negative.
        token_overlap (ControlTokenOverlap | Unset): For a token that a control covers in part: `partial` weakens the
            factor to the covered share, `complete` applies it in full.
    """

    start: int
    length: int
    factor: float
    token_overlap: ControlTokenOverlap | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {"start": self.start, "length": self.length, "factor": self.factor}
        if self.token_overlap is not UNSET:
            json_["token_overlap"] = str(self.token_overlap)
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            start = rest_.pop("start")
            length = rest_.pop("length")
            factor = rest_.pop("factor")
        except KeyError as error_:
            raise missing_field(error_) from None
        if type(start) is not int and not_integer(start):
            raise wrong_type("start", "an integer", start)
        if type(length) is not int and not_integer(length):
            raise wrong_type("length", "an integer", length)
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
        decoded_ = cls(start=start, length=length, factor=factor, token_overlap=token_overlap)
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
