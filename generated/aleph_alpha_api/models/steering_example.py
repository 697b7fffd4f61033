# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import fields_of, odd, wrong_type
from ..types import UNSET, Unset

T = TypeVar("T", bound="SteeringExample")


@_attrs_define
class SteeringExample:
    """The same thing said in the unwanted and in the wanted way.

    Attributes:
        negative (str | Unset): The unwanted way.
        positive (str | Unset): The wanted way.
    """

    negative: str | Unset = UNSET
    positive: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {}
        if self.negative is not UNSET:
            json_["negative"] = self.negative
        if self.positive is not UNSET:
            json_["positive"] = self.positive
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        negative = rest_.pop("negative", UNSET)
        if not isinstance(negative, str) and negative is not UNSET:
            raise wrong_type("negative", "a string", negative)
        positive = rest_.pop("positive", UNSET)
        if not isinstance(positive, str) and positive is not UNSET:
            raise wrong_type("positive", "a string", positive)
        decoded_ = cls(negative=negative, positive=positive)
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
