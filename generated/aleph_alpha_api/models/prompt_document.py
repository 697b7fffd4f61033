# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import at_item, fields_of, kept, missing_field, odd, wrong_tag, wrong_type
from ..errors import DecodeError
from ..models.image_prompt_item import ImagePromptItem
from ..models.text_prompt_item import TextPromptItem
from ..models.token_ids_prompt_item import TokenIdsPromptItem
from ..types import Kept

T = TypeVar("T", bound="PromptDocument")


@_attrs_define
class PromptDocument:
    """A prompt, which is used as it is.

    Attributes:
        prompt (list[ImagePromptItem | TextPromptItem | TokenIdsPromptItem]): Items of a prompt, in order.
    """

    prompt: list[ImagePromptItem | TextPromptItem | TokenIdsPromptItem]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {"prompt": [item_.to_dict() for item_ in self.prompt]}
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            _prompt = rest_.pop("prompt")
        except KeyError as error_:
            raise missing_field(error_) from None
        prompt: list[ImagePromptItem | TextPromptItem | TokenIdsPromptItem]
        if isinstance(_prompt, list):
            prompt = []
            for prompt_item_data in _prompt:
                prompt_item: ImagePromptItem | TextPromptItem | TokenIdsPromptItem
                if isinstance(prompt_item_data, dict):
                    tag_ = prompt_item_data.get("type")
                    try:
                        if type(prompt_item_data) is Kept:
                            prompt_item = kept(prompt_item_data)
                        elif tag_ == "text":
                            prompt_item = TextPromptItem.from_dict(prompt_item_data)
                        elif tag_ == "image":
                            prompt_item = ImagePromptItem.from_dict(prompt_item_data)
                        elif tag_ == "token_ids":
                            prompt_item = TokenIdsPromptItem.from_dict(prompt_item_data)
                        else:
                            raise wrong_tag("type", ("text", "image", "token_ids"), tag_)
                    except DecodeError as error_:
                        raise error_.within(at_item("prompt", _prompt, prompt_item_data))
                else:
                    raise wrong_type(at_item("prompt", _prompt, prompt_item_data), "an object", prompt_item_data)
                prompt.append(prompt_item)
        else:
            raise wrong_type("prompt", "an array", _prompt)
        decoded_ = cls(prompt=prompt)
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
