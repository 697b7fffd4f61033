# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import at_item, fields_of, missing_field, odd, wrong_type
from ..errors import DecodeError
from ..models.chat_assistant_role import ChatAssistantRole
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.chat_request_message_tool_call import ChatRequestMessageToolCall


T = TypeVar("T", bound="ChatAssistantMessage")


@_attrs_define
class ChatAssistantMessage:
    """What the model said.

    Attributes:
        role (ChatAssistantRole): Answers come from the assistant.
        content (None | str | Unset): The text, which may be empty or missing beside `tool_calls`.
        tool_calls (list[ChatRequestMessageToolCall] | None | Unset): The calls the model asks for. May be empty.
    """

    role: ChatAssistantRole
    content: None | str | Unset = UNSET
    tool_calls: list[ChatRequestMessageToolCall] | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {"role": str(self.role)}
        if self.content is not UNSET:
            json_["content"] = self.content
        if self.tool_calls is not UNSET:
            json_["tool_calls"] = (
                [item_.to_dict() for item_ in self.tool_calls] if isinstance(self.tool_calls, list) else self.tool_calls
            )
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            _role = rest_.pop("role")
        except KeyError as error_:
            raise missing_field(error_) from None
        role: ChatAssistantRole
        if isinstance(_role, str):
            role = ChatAssistantRole(_role)
        else:
            raise wrong_type("role", "a string", _role)
        content = rest_.pop("content", UNSET)
        if not isinstance(content, str) and content is not None and content is not UNSET:
            raise wrong_type("content", "a string or null", content)
        _tool_calls = rest_.pop("tool_calls", UNSET)
        tool_calls: list[ChatRequestMessageToolCall] | None | Unset
        if isinstance(_tool_calls, list):
            from ..models.chat_request_message_tool_call import ChatRequestMessageToolCall

            tool_calls = []
            for tool_calls_item_data in _tool_calls:
                tool_calls_item: ChatRequestMessageToolCall
                try:
                    tool_calls_item = ChatRequestMessageToolCall.from_dict(tool_calls_item_data)
                except DecodeError as error_:
                    raise error_.within(at_item("tool_calls", _tool_calls, tool_calls_item_data))
                tool_calls.append(tool_calls_item)
        elif _tool_calls is not None and _tool_calls is not UNSET:
            raise wrong_type("tool_calls", "an array or null", _tool_calls)
        else:
            tool_calls = _tool_calls
        decoded_ = cls(role=role, content=content, tool_calls=tool_calls)
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
