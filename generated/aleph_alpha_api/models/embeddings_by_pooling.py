# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import at_item, at_key, fields_of, not_number, wrong_type

T = TypeVar("T", bound="EmbeddingsByPooling")


@_attrs_define
class EmbeddingsByPooling:
    """Name of a pooling to its embedding."""

    additional_properties: dict[str, list[float]] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {}
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        decoded_ = cls()
        if rest_:
            for name_, value_ in rest_.items():
                if isinstance(value_, list):
                    for value__item in value_:
                        if type(value__item) is not float and type(value__item) is not int and not_number(value__item):
                            raise wrong_type(at_item(at_key(name_), value_, value__item), "a number", value__item)
                else:
                    raise wrong_type(at_key(name_), "an array", value_)
            decoded_.additional_properties = rest_
        return decoded_

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> list[float]:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: list[float]) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
