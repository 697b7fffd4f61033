# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import fields_of, odd, wrong_type
from ..models.prompt_granularity_type import PromptGranularityType
from ..types import UNSET, Unset

T = TypeVar("T", bound="PromptGranularity")


@_attrs_define
class PromptGranularity:
    """Into which parts the prompt is cut. When absent, such that about 30 parts result.

    Attributes:
        type_ (PromptGranularityType | Unset): Parts of a text. An image is cut into 12 by 12 (`token`), 6 by 6, 3 by 3
            or 1 (`paragraph`) tiles.
        delimiter (str | Unset): Where `custom` cuts text.
    """

    type_: PromptGranularityType | Unset = UNSET
    delimiter: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {}
        if self.type_ is not UNSET:
            json_["type"] = str(self.type_)
        if self.delimiter is not UNSET:
            json_["delimiter"] = self.delimiter
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        _type_ = rest_.pop("type", UNSET)
        type_: PromptGranularityType | Unset
        if isinstance(_type_, str):
            type_ = PromptGranularityType(_type_)
        elif _type_ is not UNSET:
            raise wrong_type("type", "a string", _type_)
        else:
            type_ = _type_
        delimiter = rest_.pop("delimiter", UNSET)
        if not isinstance(delimiter, str) and delimiter is not UNSET:
            raise wrong_type("delimiter", "a string", delimiter)
        decoded_ = cls(type_=type_, delimiter=delimiter)
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
