# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import fields_of, missing_field, odd, wrong_type
from ..models.chat_image_detail import ChatImageDetail
from ..types import UNSET, Unset

T = TypeVar("T", bound="ChatImageUrl")


@_attrs_define
class ChatImageUrl:
    """Where an image is.

    Attributes:
        url (str): A `data:` URL with the image in base64.
        detail (ChatImageDetail | Unset): How closely to look at an image.
    """

    url: str
    detail: ChatImageDetail | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {"url": self.url}
        if self.detail is not UNSET:
            json_["detail"] = str(self.detail)
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            url = rest_.pop("url")
        except KeyError as error_:
            raise missing_field(error_) from None
        if not isinstance(url, str):
            raise wrong_type("url", "a string", url)
        _detail = rest_.pop("detail", UNSET)
        detail: ChatImageDetail | Unset
        if isinstance(_detail, str):
            detail = ChatImageDetail(_detail)
        elif _detail is not UNSET:
            raise wrong_type("detail", "a string", _detail)
        else:
            detail = _detail
        decoded_ = cls(url=url, detail=detail)
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
