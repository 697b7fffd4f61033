# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import at_item, fields_of, odd, wrong_type
from ..errors import DecodeError
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.chat_response_logprobs import ChatResponseLogprobs


T = TypeVar("T", bound="ChatLogprobs")


@_attrs_define
class ChatLogprobs:
    """Log probabilities of a response's tokens.

    Attributes:
        content (list[ChatResponseLogprobs] | Unset): One for each token.
    """

    content: list[ChatResponseLogprobs] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {}
        if self.content is not UNSET:
            json_["content"] = [item_.to_dict() for item_ in self.content]
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        _content = rest_.pop("content", UNSET)
        content: list[ChatResponseLogprobs] | Unset
        if isinstance(_content, list):
            from ..models.chat_response_logprobs import ChatResponseLogprobs

            content = []
            for content_item_data in _content:
                content_item: ChatResponseLogprobs
                try:
                    content_item = ChatResponseLogprobs.from_dict(content_item_data)
                except DecodeError as error_:
                    raise error_.within(at_item("content", _content, content_item_data))
                content.append(content_item)
        elif _content is not UNSET:
            raise wrong_type("content", "an array", _content)
        else:
            content = _content
        decoded_ = cls(content=content)
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
