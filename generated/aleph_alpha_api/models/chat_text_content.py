# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import fields_of, missing_field, odd, wrong_const, wrong_type

T = TypeVar("T", bound="ChatTextContent")


@_attrs_define
class ChatTextContent:
    """A text in a message.

    Attributes:
        type_ (Literal['text']):  Default: 'text'.
        text (str): The text.
    """

    text: str
    type_: Literal["text"] = "text"
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {"type": self.type_, "text": self.text}
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            type_ = rest_.pop("type")
            text = rest_.pop("text")
        except KeyError as error_:
            raise missing_field(error_) from None
        if type_ != "text":
            raise wrong_const("type", "text", type_)
        if not isinstance(text, str):
            raise wrong_type("text", "a string", text)
        decoded_ = cls(type_=type_, text=text)
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
