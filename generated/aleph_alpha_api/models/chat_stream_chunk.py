# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import at_item, fields_of, missing_field, not_integer, odd, wrong_type
from ..errors import DecodeError
from ..models.chat_object import ChatObject
from ..models.chat_stream_choice import ChatStreamChoice
from ..models.usage import Usage
from ..types import UNSET, Unset

T = TypeVar("T", bound="ChatStreamChunk")


@_attrs_define
class ChatStreamChunk:
    """What one `data:` line of a streamed response holds, except the last, which is `[DONE]`.

    Attributes:
        choices (list[ChatStreamChoice]): Pieces of responses. Empty in the chunk with the usage.
        id (str | Unset): Names this response, the same in all chunks.
        created (int | Unset): When it was made, in seconds since 1970-01-01 UTC.
        model (str | Unset): Name of the model.
        system_fingerprint (None | str | Unset): Names the installation that answered.
        object_ (ChatObject | Unset): The kind of a response, whole or a streamed piece.
        usage (None | Unset | Usage): Only there in the chunk asked for with `include_usage`.
    """

    choices: list[ChatStreamChoice]
    id: str | Unset = UNSET
    created: int | Unset = UNSET
    model: str | Unset = UNSET
    system_fingerprint: None | str | Unset = UNSET
    object_: ChatObject | Unset = UNSET
    usage: None | Unset | Usage = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {"choices": [item_.to_dict() for item_ in self.choices]}
        if self.id is not UNSET:
            json_["id"] = self.id
        if self.created is not UNSET:
            json_["created"] = self.created
        if self.model is not UNSET:
            json_["model"] = self.model
        if self.system_fingerprint is not UNSET:
            json_["system_fingerprint"] = self.system_fingerprint
        if self.object_ is not UNSET:
            json_["object"] = str(self.object_)
        if self.usage is not UNSET:
            json_["usage"] = self.usage.to_dict() if isinstance(self.usage, Usage) else self.usage
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            _choices = rest_.pop("choices")
        except KeyError as error_:
            raise missing_field(error_) from None
        choices: list[ChatStreamChoice]
        if isinstance(_choices, list):
            choices = []
            for choices_item_data in _choices:
                choices_item: ChatStreamChoice
                try:
                    choices_item = ChatStreamChoice.from_dict(choices_item_data)
                except DecodeError as error_:
                    raise error_.within(at_item("choices", _choices, choices_item_data))
                choices.append(choices_item)
        else:
            raise wrong_type("choices", "an array", _choices)
        id = rest_.pop("id", UNSET)
        if not isinstance(id, str) and id is not UNSET:
            raise wrong_type("id", "a string", id)
        created = rest_.pop("created", UNSET)
        if type(created) is not int and created is not UNSET and not_integer(created):
            raise wrong_type("created", "an integer", created)
        model = rest_.pop("model", UNSET)
        if not isinstance(model, str) and model is not UNSET:
            raise wrong_type("model", "a string", model)
        system_fingerprint = rest_.pop("system_fingerprint", UNSET)
        if (
            not isinstance(system_fingerprint, str)
            and system_fingerprint is not None
            and system_fingerprint is not UNSET
        ):
            raise wrong_type("system_fingerprint", "a string or null", system_fingerprint)
        _object_ = rest_.pop("object", UNSET)
        object_: ChatObject | Unset
        if isinstance(_object_, str):
            object_ = ChatObject(_object_)
        elif _object_ is not UNSET:
            raise wrong_type("object", "a string", _object_)
        else:
            object_ = _object_
        _usage = rest_.pop("usage", UNSET)
        usage: None | Unset | Usage
        if isinstance(_usage, dict):
            try:
                usage = Usage.from_dict(_usage)
            except DecodeError as error_:
                raise error_.within("usage")
        elif _usage is not None and _usage is not UNSET:
            raise wrong_type("usage", "an object or null", _usage)
        else:
            usage = _usage
        decoded_ = cls(
            choices=choices,
            id=id,
            created=created,
            model=model,
            system_fingerprint=system_fingerprint,
            object_=object_,
            usage=usage,
        )
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
