# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import fields_of, missing_field, not_integer, not_number, odd, wrong_type

T = TypeVar("T", bound="RerankResult")


@_attrs_define
class RerankResult:
    """How well a document answers the query.

    Attributes:
        index (int): Position in `documents`, counted from 0.
        relevance_score (float): Higher is better, 0 to 1.
    """

    index: int
    relevance_score: float
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {"index": self.index, "relevance_score": self.relevance_score}
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            index = rest_.pop("index")
            relevance_score = rest_.pop("relevance_score")
        except KeyError as error_:
            raise missing_field(error_) from None
        if type(index) is not int and not_integer(index):
            raise wrong_type("index", "an integer", index)
        if type(relevance_score) is not float and type(relevance_score) is not int and not_number(relevance_score):
            raise wrong_type("relevance_score", "a number", relevance_score)
        decoded_ = cls(index=index, relevance_score=relevance_score)
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
