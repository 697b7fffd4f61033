# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import fields_of, missing_field, not_integer, not_number, odd, wrong_type

T = TypeVar("T", bound="TextScore")


@_attrs_define
class TextScore:
    """How much a range of characters mattered.

    Attributes:
        start (int): First character, counted from 0.
        length (int): Number of characters.
        score (float): Signed unless postprocessed.
    """

    start: int
    length: int
    score: float
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {"start": self.start, "length": self.length, "score": self.score}
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            start = rest_.pop("start")
            length = rest_.pop("length")
            score = rest_.pop("score")
        except KeyError as error_:
            raise missing_field(error_) from None
        if type(start) is not int and not_integer(start):
            raise wrong_type("start", "an integer", start)
        if type(length) is not int and not_integer(length):
            raise wrong_type("length", "an integer", length)
        if type(score) is not float and type(score) is not int and not_number(score):
            raise wrong_type("score", "a number", score)
        decoded_ = cls(start=start, length=length, score=score)
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
