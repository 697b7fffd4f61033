# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import fields_of, missing_field, not_integer, odd, wrong_const, wrong_type
from ..types import UNSET, Unset

T = TypeVar("T", bound="StreamSummary")


@_attrs_define
class StreamSummary:
    """One completion has ended.

    Attributes:
        type_ (Literal['stream_summary']):  Default: 'stream_summary'.
        index (int): Which of `n` it is about, counted from 0.
        model_version (str | Unset): Version of the model that answered.
        finish_reason (str | Unset): Why it ended, as in `CompletionResult`.
    """

    index: int
    type_: Literal["stream_summary"] = "stream_summary"
    model_version: str | Unset = UNSET
    finish_reason: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {"type": self.type_, "index": self.index}
        if self.model_version is not UNSET:
            json_["model_version"] = self.model_version
        if self.finish_reason is not UNSET:
            json_["finish_reason"] = self.finish_reason
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            type_ = rest_.pop("type")
            index = rest_.pop("index")
            model_version = rest_.pop("model_version")
            finish_reason = rest_.pop("finish_reason")
        except KeyError as error_:
            raise missing_field(error_) from None
        if type_ != "stream_summary":
            raise wrong_const("type", "stream_summary", type_)
        if type(index) is not int and not_integer(index):
            raise wrong_type("index", "an integer", index)
        if not isinstance(model_version, str) and model_version is not UNSET:
            raise wrong_type("model_version", "a string", model_version)
        if not isinstance(finish_reason, str) and finish_reason is not UNSET:
            raise wrong_type("finish_reason", "a string", finish_reason)
        decoded_ = cls(type_=type_, index=index, model_version=model_version, finish_reason=finish_reason)
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
