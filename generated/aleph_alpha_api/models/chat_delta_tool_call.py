# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import fields_of, missing_field, not_integer, odd, wrong_type
from ..errors import DecodeError
from ..models.chat_delta_function_call import ChatDeltaFunctionCall
from ..models.tool_type import ToolType
from ..types import UNSET, Unset

T = TypeVar("T", bound="ChatDeltaToolCall")


@_attrs_define
class ChatDeltaToolCall:
    """A piece of a call. `id`, `type` and the name come once, with its first piece.

    Attributes:
        index (int | Unset): Which call of the response it belongs to, counted from 0.
        id (None | str | Unset): To be given back as `tool_call_id` with the result.
        type_ (None | ToolType | Unset):
        function (ChatDeltaFunctionCall | None | Unset):
    """

    index: int | Unset = UNSET
    id: None | str | Unset = UNSET
    type_: None | ToolType | Unset = UNSET
    function: ChatDeltaFunctionCall | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {}
        if self.index is not UNSET:
            json_["index"] = self.index
        if self.id is not UNSET:
            json_["id"] = self.id
        if self.type_ is not UNSET:
            json_["type"] = str(self.type_) if isinstance(self.type_, ToolType) else self.type_
        if self.function is not UNSET:
            json_["function"] = (
                self.function.to_dict() if isinstance(self.function, ChatDeltaFunctionCall) else self.function
            )
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            index = rest_.pop("index")
        except KeyError as error_:
            raise missing_field(error_) from None
        if type(index) is not int and index is not UNSET and not_integer(index):
            raise wrong_type("index", "an integer", index)
        id = rest_.pop("id", UNSET)
        if not isinstance(id, str) and id is not None and id is not UNSET:
            raise wrong_type("id", "a string or null", id)
        _type_ = rest_.pop("type", UNSET)
        type_: None | ToolType | Unset
        if isinstance(_type_, str):
            type_ = ToolType(_type_)
        elif _type_ is not None and _type_ is not UNSET:
            raise wrong_type("type", "a string or null", _type_)
        else:
            type_ = _type_
        _function = rest_.pop("function", UNSET)
        function: ChatDeltaFunctionCall | None | Unset
        if isinstance(_function, dict):
            try:
                function = ChatDeltaFunctionCall.from_dict(_function)
            except DecodeError as error_:
                raise error_.within("function")
        elif _function is not None and _function is not UNSET:
            raise wrong_type("function", "an object or null", _function)
        else:
            function = _function
        decoded_ = cls(index=index, id=id, type_=type_, function=function)
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
