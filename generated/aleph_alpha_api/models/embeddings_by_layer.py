# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import at_key, fields_of
from ..errors import DecodeError
from ..models.embeddings_by_pooling import EmbeddingsByPooling

T = TypeVar("T", bound="EmbeddingsByLayer")


@_attrs_define
class EmbeddingsByLayer:
    """Name of a layer, such as `layer_40`, to its embeddings. Layers asked for from the end come with their own number."""

    additional_properties: dict[str, EmbeddingsByPooling] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {}
        if self.additional_properties:
            json_ = {**{name_: value_.to_dict() for name_, value_ in self.additional_properties.items()}, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        decoded_ = cls()
        for name_, value_ in rest_.items():
            member_: EmbeddingsByPooling
            try:
                member_ = EmbeddingsByPooling.from_dict(value_)
            except DecodeError as error_:
                raise error_.within(at_key(name_))
            decoded_.additional_properties[name_] = member_
        return decoded_

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> EmbeddingsByPooling:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: EmbeddingsByPooling) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
