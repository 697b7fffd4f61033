# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import at_item, fields_of, missing_field, not_integer, not_number, odd, wrong_type
from ..types import UNSET, Unset

T = TypeVar("T", bound="ChatResponseTopLogprob")


@_attrs_define
class ChatResponseTopLogprob:
    """A likely token.

    Attributes:
        token (str): Its text.
        logprob (float): Its log probability.
        bytes_ (list[int] | Unset): Its text as UTF-8 bytes.
    """

    token: str
    logprob: float
    bytes_: list[int] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {"token": self.token, "logprob": self.logprob}
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
            bytes_ = rest_.pop("bytes")
        except KeyError as error_:
            raise missing_field(error_) from None
        if not isinstance(token, str):
            raise wrong_type("token", "a string", token)
        if type(logprob) is not float and type(logprob) is not int and not_number(logprob):
            raise wrong_type("logprob", "a number", logprob)
        if isinstance(bytes_, list):
            for bytes__item in bytes_:
                if type(bytes__item) is not int and not_integer(bytes__item):
                    raise wrong_type(at_item("bytes", bytes_, bytes__item), "an integer", bytes__item)
        elif bytes_ is not UNSET:
            raise wrong_type("bytes", "an array", bytes_)
        decoded_ = cls(token=token, logprob=logprob, bytes_=bytes_)
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
