# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import fields_of, missing_field, odd, wrong_type
from ..errors import DecodeError
from ..models.function_object import FunctionObject
from ..models.tool_type import ToolType

T = TypeVar("T", bound="ChatRequestTool")


@_attrs_define
class ChatRequestTool:
    """A tool the model may ask for.

    Attributes:
        type_ (ToolType): The kind of a tool. There are only functions.
        function (FunctionObject): A function the model may ask to have called.
    """

    type_: ToolType
    function: FunctionObject
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {"type": str(self.type_), "function": self.function.to_dict()}
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            _type_ = rest_.pop("type")
            _function = rest_.pop("function")
        except KeyError as error_:
            raise missing_field(error_) from None
        type_: ToolType
        if isinstance(_type_, str):
            type_ = ToolType(_type_)
        else:
            raise wrong_type("type", "a string", _type_)
        function: FunctionObject
        try:
            function = FunctionObject.from_dict(_function)
        except DecodeError as error_:
            raise error_.within("function")
        decoded_ = cls(type_=type_, function=function)
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
