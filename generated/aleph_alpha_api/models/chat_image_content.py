# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import fields_of, missing_field, odd, wrong_const
from ..errors import DecodeError
from ..models.chat_image_url import ChatImageUrl

T = TypeVar("T", bound="ChatImageContent")


@_attrs_define
class ChatImageContent:
    """An image in a message.

    Attributes:
        type_ (Literal['image_url']):  Default: 'image_url'.
        image_url (ChatImageUrl): Where an image is.
    """

    image_url: ChatImageUrl
    type_: Literal["image_url"] = "image_url"
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {"type": self.type_, "image_url": self.image_url.to_dict()}
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            type_ = rest_.pop("type")
            _image_url = rest_.pop("image_url")
        except KeyError as error_:
            raise missing_field(error_) from None
        if type_ != "image_url":
            raise wrong_const("type", "image_url", type_)
        image_url: ChatImageUrl
        try:
            image_url = ChatImageUrl.from_dict(_image_url)
        except DecodeError as error_:
            raise error_.within("image_url")
        decoded_ = cls(type_=type_, image_url=image_url)
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
