# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import fields_of, missing_field, odd, wrong_type
from ..errors import DecodeError
from ..models.response_format_type import ResponseFormatType
from ..models.response_json_schema import ResponseJsonSchema

T = TypeVar("T", bound="ResponseFormat")


@_attrs_define
class ResponseFormat:
    """Makes the response a JSON text of a given shape.

    Attributes:
        type_ (ResponseFormatType): The kind of a response format. There are only JSON schemas.
        json_schema (ResponseJsonSchema): A named JSON schema.
    """

    type_: ResponseFormatType
    json_schema: ResponseJsonSchema
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {"type": str(self.type_), "json_schema": self.json_schema.to_dict()}
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            _type_ = rest_.pop("type")
            _json_schema = rest_.pop("json_schema")
        except KeyError as error_:
            raise missing_field(error_) from None
        type_: ResponseFormatType
        if isinstance(_type_, str):
            type_ = ResponseFormatType(_type_)
        else:
            raise wrong_type("type", "a string", _type_)
        json_schema: ResponseJsonSchema
        try:
            json_schema = ResponseJsonSchema.from_dict(_json_schema)
        except DecodeError as error_:
            raise error_.within("json_schema")
        decoded_ = cls(type_=type_, json_schema=json_schema)
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
