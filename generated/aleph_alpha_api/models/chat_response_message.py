# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import fields_of, missing_field, not_integer, odd, wrong_type
from ..errors import DecodeError
from ..models.chat_assistant_message import ChatAssistantMessage
from ..models.chat_finish_reason import ChatFinishReason
from ..models.chat_logprobs import ChatLogprobs
from ..types import UNSET, Unset

T = TypeVar("T", bound="ChatResponseMessage")


@_attrs_define
class ChatResponseMessage:
    """One response.

    Attributes:
        index (int): Which of `n` it is, counted from 0.
        message (ChatAssistantMessage): What the model said.
        finish_reason (ChatFinishReason | None | Unset): Why it ended.
        logprobs (ChatLogprobs | None | Unset):
    """

    index: int
    message: ChatAssistantMessage
    finish_reason: ChatFinishReason | None | Unset = UNSET
    logprobs: ChatLogprobs | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {"index": self.index, "message": self.message.to_dict()}
        if self.finish_reason is not UNSET:
            json_["finish_reason"] = (
                str(self.finish_reason) if isinstance(self.finish_reason, ChatFinishReason) else self.finish_reason
            )
        if self.logprobs is not UNSET:
            json_["logprobs"] = self.logprobs.to_dict() if isinstance(self.logprobs, ChatLogprobs) else self.logprobs
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            index = rest_.pop("index")
            _message = rest_.pop("message")
            _finish_reason = rest_.pop("finish_reason")
        except KeyError as error_:
            raise missing_field(error_) from None
        if type(index) is not int and not_integer(index):
            raise wrong_type("index", "an integer", index)
        message: ChatAssistantMessage
        try:
            message = ChatAssistantMessage.from_dict(_message)
        except DecodeError as error_:
            raise error_.within("message")
        finish_reason: ChatFinishReason | None | Unset
        if isinstance(_finish_reason, str):
            finish_reason = ChatFinishReason(_finish_reason)
        elif _finish_reason is not None and _finish_reason is not UNSET:
            raise wrong_type("finish_reason", "a string or null", _finish_reason)
        else:
            finish_reason = _finish_reason
        _logprobs = rest_.pop("logprobs", UNSET)
        logprobs: ChatLogprobs | None | Unset
        if isinstance(_logprobs, dict):
            try:
                logprobs = ChatLogprobs.from_dict(_logprobs)
            except DecodeError as error_:
                raise error_.within("logprobs")
        elif _logprobs is not None and _logprobs is not UNSET:
            raise wrong_type("logprobs", "an object or null", _logprobs)
        else:
            logprobs = _logprobs
        decoded_ = cls(index=index, message=message, finish_reason=finish_reason, logprobs=logprobs)
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
