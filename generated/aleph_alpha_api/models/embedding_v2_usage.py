# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import fields_of, missing_field, not_integer, odd, wrong_type
from ..types import UNSET, Unset

T = TypeVar("T", bound="EmbeddingV2Usage")


@_attrs_define
class EmbeddingV2Usage:
    """Token counts.

    Attributes:
        prompt_tokens (int | Unset): Tokens of all inputs.
        total_tokens (int | Unset): All tokens.
    """

    prompt_tokens: int | Unset = UNSET
    total_tokens: int | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {}
        if self.prompt_tokens is not UNSET:
            json_["prompt_tokens"] = self.prompt_tokens
        if self.total_tokens is not UNSET:
            json_["total_tokens"] = self.total_tokens
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            prompt_tokens = rest_.pop("prompt_tokens")
            total_tokens = rest_.pop("total_tokens")
        except KeyError as error_:
            raise missing_field(error_) from None
        if type(prompt_tokens) is not int and prompt_tokens is not UNSET and not_integer(prompt_tokens):
            raise wrong_type("prompt_tokens", "an integer", prompt_tokens)
        if type(total_tokens) is not int and total_tokens is not UNSET and not_integer(total_tokens):
            raise wrong_type("total_tokens", "an integer", total_tokens)
        decoded_ = cls(prompt_tokens=prompt_tokens, total_tokens=total_tokens)
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
