# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import at_item, fields_of, not_integer, odd, wrong_type
from ..types import UNSET, Unset

T = TypeVar("T", bound="TokenizationResponse")


@_attrs_define
class TokenizationResponse:
    """The tokens of a text.

    Attributes:
        tokens (list[str] | None | Unset): As text. Only there when asked for.
        token_ids (list[int] | None | Unset): As ids. Only there when asked for.
    """

    tokens: list[str] | None | Unset = UNSET
    token_ids: list[int] | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {}
        if self.tokens is not UNSET:
            json_["tokens"] = self.tokens
        if self.token_ids is not UNSET:
            json_["token_ids"] = self.token_ids
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        tokens = rest_.pop("tokens", UNSET)
        if isinstance(tokens, list):
            for tokens_item in tokens:
                if not isinstance(tokens_item, str):
                    raise wrong_type(at_item("tokens", tokens, tokens_item), "a string", tokens_item)
        elif tokens is not None and tokens is not UNSET:
            raise wrong_type("tokens", "an array or null", tokens)
        token_ids = rest_.pop("token_ids", UNSET)
        if isinstance(token_ids, list):
            for token_ids_item in token_ids:
                if type(token_ids_item) is not int and not_integer(token_ids_item):
                    raise wrong_type(at_item("token_ids", token_ids, token_ids_item), "an integer", token_ids_item)
        elif token_ids is not None and token_ids is not UNSET:
            raise wrong_type("token_ids", "an array or null", token_ids)
        decoded_ = cls(tokens=tokens, token_ids=token_ids)
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
