# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import at_item, fields_of, missing_field, not_integer, not_number, odd, wrong_type
from ..errors import DecodeError
from ..models.chat_response_top_logprob import ChatResponseTopLogprob
from ..types import UNSET, Unset

T = TypeVar("T", bound="ChatResponseLogprobs")


@_attrs_define
class ChatResponseLogprobs:
    """A token, and the likely ones in its place.

    Attributes:
        token (str): Its text.
        logprob (float): Its log probability.
        top_logprobs (list[ChatResponseTopLogprob]): As many as `top_logprobs` asked for, most likely first.
        bytes_ (list[int] | Unset): Its text as UTF-8 bytes, also where the token is only a part of a character.
    """

    token: str
    logprob: float
    top_logprobs: list[ChatResponseTopLogprob]
    bytes_: list[int] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {
            "token": self.token,
            "logprob": self.logprob,
            "top_logprobs": [item_.to_dict() for item_ in self.top_logprobs],
        }
        if self.bytes_ is not UNSET:
            json_["bytes"] = self.bytes_
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            token = rest_.pop("token")
            logprob = rest_.pop("logprob")
            _top_logprobs = rest_.pop("top_logprobs")
            bytes_ = rest_.pop("bytes")
        except KeyError as error_:
            raise missing_field(error_) from None
        if not isinstance(token, str):
            raise wrong_type("token", "a string", token)
        if type(logprob) is not float and type(logprob) is not int and not_number(logprob):
            raise wrong_type("logprob", "a number", logprob)
        top_logprobs: list[ChatResponseTopLogprob]
        if isinstance(_top_logprobs, list):
            top_logprobs = []
            for top_logprobs_item_data in _top_logprobs:
                top_logprobs_item: ChatResponseTopLogprob
                try:
                    top_logprobs_item = ChatResponseTopLogprob.from_dict(top_logprobs_item_data)
                except DecodeError as error_:
                    raise error_.within(at_item("top_logprobs", _top_logprobs, top_logprobs_item_data))
                top_logprobs.append(top_logprobs_item)
        else:
            raise wrong_type("top_logprobs", "an array", _top_logprobs)
        if isinstance(bytes_, list):
            for bytes__item in bytes_:
                if type(bytes__item) is not int and not_integer(bytes__item):
                    raise wrong_type(at_item("bytes", bytes_, bytes__item), "an integer", bytes__item)
        elif bytes_ is not UNSET:
            raise wrong_type("bytes", "an array", bytes_)
        decoded_ = cls(token=token, logprob=logprob, top_logprobs=top_logprobs, bytes_=bytes_)
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
