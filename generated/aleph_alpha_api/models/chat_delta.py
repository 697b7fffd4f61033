# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import at_item, fields_of, odd, wrong_type
from ..errors import DecodeError
from ..models.chat_assistant_role import ChatAssistantRole
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.chat_delta_tool_call import ChatDeltaToolCall


T = TypeVar("T", bound="ChatDelta")


@_attrs_define
class ChatDelta:
    """What to add to the response. Empty in its last piece.

    Attributes:
        role (ChatAssistantRole | None | Unset): Comes once, with the first piece.
        content (None | str | Unset): Text to append.
        tool_calls (list[ChatDeltaToolCall] | None | Unset): Pieces of the calls the model asks for.
    """

    role: ChatAssistantRole | None | Unset = UNSET
    content: None | str | Unset = UNSET
    tool_calls: list[ChatDeltaToolCall] | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {}
        if self.role is not UNSET:
            json_["role"] = str(self.role) if isinstance(self.role, ChatAssistantRole) else self.role
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
        _role = rest_.pop("role", UNSET)
        role: ChatAssistantRole | None | Unset
        if isinstance(_role, str):
            role = ChatAssistantRole(_role)
        elif _role is not None and _role is not UNSET:
            raise wrong_type("role", "a string or null", _role)
        else:
            role = _role
        content = rest_.pop("content", UNSET)
        if not isinstance(content, str) and content is not None and content is not UNSET:
            raise wrong_type("content", "a string or null", content)
        _tool_calls = rest_.pop("tool_calls", UNSET)
        tool_calls: list[ChatDeltaToolCall] | None | Unset
        if isinstance(_tool_calls, list):
            from ..models.chat_delta_tool_call import ChatDeltaToolCall

            tool_calls = []
            for tool_calls_item_data in _tool_calls:
                tool_calls_item: ChatDeltaToolCall
                try:
                    tool_calls_item = ChatDeltaToolCall.from_dict(tool_calls_item_data)
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
