# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import at_item, fields_of, kept, missing_field, odd, wrong_tag, wrong_type
from ..errors import DecodeError
from ..models.chat_image_content import ChatImageContent
from ..models.chat_role import ChatRole
from ..models.chat_text_content import ChatTextContent
from ..types import UNSET, Kept, Unset

if TYPE_CHECKING:
    from ..models.chat_request_message_tool_call import ChatRequestMessageToolCall


T = TypeVar("T", bound="ChatRequestMessage")


@_attrs_define
class ChatRequestMessage:
    """One message of a conversation.

    Attributes:
        role (ChatRole): Who wrote a message. `tool` is the result of a call.
        content (list[ChatImageContent | ChatTextContent] | str): A text, or a list of texts and images.
        tool_calls (list[ChatRequestMessageToolCall] | Unset): The calls an assistant message asked for.
        tool_call_id (str | Unset): Which call a tool message answers.
        name (Any | Unset): Deprecated. Ignored.
    """

    role: ChatRole
    content: list[ChatImageContent | ChatTextContent] | str
    tool_calls: list[ChatRequestMessageToolCall] | Unset = UNSET
    tool_call_id: str | Unset = UNSET
    name: Any | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {
            "role": str(self.role),
            "content": (
                [item_.to_dict() for item_ in self.content] if isinstance(self.content, list) else self.content
            ),
        }
        if self.tool_calls is not UNSET:
            json_["tool_calls"] = [item_.to_dict() for item_ in self.tool_calls]
        if self.tool_call_id is not UNSET:
            json_["tool_call_id"] = self.tool_call_id
        if self.name is not UNSET:
            json_["name"] = self.name
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            _role = rest_.pop("role")
            _content = rest_.pop("content")
        except KeyError as error_:
            raise missing_field(error_) from None
        role: ChatRole
        if isinstance(_role, str):
            role = ChatRole(_role)
        else:
            raise wrong_type("role", "a string", _role)
        content: list[ChatImageContent | ChatTextContent] | str
        if isinstance(_content, list):
            content = []
            for content_item_data in _content:
                content_item: ChatImageContent | ChatTextContent
                if isinstance(content_item_data, dict):
                    tag_ = content_item_data.get("type")
                    try:
                        if type(content_item_data) is Kept:
                            content_item = kept(content_item_data)
                        elif tag_ == "image_url":
                            content_item = ChatImageContent.from_dict(content_item_data)
                        elif tag_ == "text":
                            content_item = ChatTextContent.from_dict(content_item_data)
                        else:
                            raise wrong_tag("type", ("image_url", "text"), tag_)
                    except DecodeError as error_:
                        raise error_.within(at_item("content", _content, content_item_data))
                else:
                    raise wrong_type(at_item("content", _content, content_item_data), "an object", content_item_data)
                content.append(content_item)
        elif not isinstance(_content, str):
            raise wrong_type("content", "a string or an array", _content)
        else:
            content = _content
        _tool_calls = rest_.pop("tool_calls", UNSET)
        tool_calls: list[ChatRequestMessageToolCall] | Unset
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
        elif _tool_calls is not UNSET:
            raise wrong_type("tool_calls", "an array", _tool_calls)
        else:
            tool_calls = _tool_calls
        tool_call_id = rest_.pop("tool_call_id", UNSET)
        if not isinstance(tool_call_id, str) and tool_call_id is not UNSET:
            raise wrong_type("tool_call_id", "a string", tool_call_id)
        name = rest_.pop("name", UNSET)
        decoded_ = cls(role=role, content=content, tool_calls=tool_calls, tool_call_id=tool_call_id, name=name)
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
