# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import at_item, fields_of, not_integer, not_number, odd, wrong_type
from ..types import UNSET, Unset

T = TypeVar("T", bound="TranscribeSegment")


@_attrs_define
class TranscribeSegment:
    """A piece of a transcription.

    Attributes:
        start (float | Unset): Seconds from the beginning at which it starts.
        end (float | Unset): Seconds from the beginning at which it ends.
        text (str | Unset): What is said.
        tokens (list[int] | Unset): Its token ids.
    """

    start: float | Unset = UNSET
    end: float | Unset = UNSET
    text: str | Unset = UNSET
    tokens: list[int] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {}
        if self.start is not UNSET:
            json_["start"] = self.start
        if self.end is not UNSET:
            json_["end"] = self.end
        if self.text is not UNSET:
            json_["text"] = self.text
        if self.tokens is not UNSET:
            json_["tokens"] = self.tokens
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        start = rest_.pop("start", UNSET)
        if type(start) is not float and type(start) is not int and start is not UNSET and not_number(start):
            raise wrong_type("start", "a number", start)
        end = rest_.pop("end", UNSET)
        if type(end) is not float and type(end) is not int and end is not UNSET and not_number(end):
            raise wrong_type("end", "a number", end)
        text = rest_.pop("text", UNSET)
        if not isinstance(text, str) and text is not UNSET:
            raise wrong_type("text", "a string", text)
        tokens = rest_.pop("tokens", UNSET)
        if isinstance(tokens, list):
            for tokens_item in tokens:
                if type(tokens_item) is not int and not_integer(tokens_item):
                    raise wrong_type(at_item("tokens", tokens, tokens_item), "an integer", tokens_item)
        elif tokens is not UNSET:
            raise wrong_type("tokens", "an array", tokens)
        decoded_ = cls(start=start, end=end, text=text, tokens=tokens)
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
