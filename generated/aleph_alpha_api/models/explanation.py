# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import at_item, fields_of, kept, missing_field, odd, wrong_tag, wrong_type
from ..errors import DecodeError
from ..models.image_prompt_item_importance import ImagePromptItemImportance
from ..models.target_item_importance import TargetItemImportance
from ..models.text_prompt_item_importance import TextPromptItemImportance
from ..models.token_ids_prompt_item_importance import TokenIdsPromptItemImportance
from ..types import Kept

T = TypeVar("T", bound="Explanation")


@_attrs_define
class Explanation:
    """What mattered for one part of the target.

    Attributes:
        target (str): The part that is explained.
        items (list[ImagePromptItemImportance | TargetItemImportance | TextPromptItemImportance |
            TokenIdsPromptItemImportance]): One for each item of the prompt, in order, and the target last.
    """

    target: str
    items: list[
        ImagePromptItemImportance | TargetItemImportance | TextPromptItemImportance | TokenIdsPromptItemImportance
    ]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {"target": self.target, "items": [item_.to_dict() for item_ in self.items]}
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            target = rest_.pop("target")
            _items = rest_.pop("items")
        except KeyError as error_:
            raise missing_field(error_) from None
        if not isinstance(target, str):
            raise wrong_type("target", "a string", target)
        items: list[
            ImagePromptItemImportance | TargetItemImportance | TextPromptItemImportance | TokenIdsPromptItemImportance
        ]
        if isinstance(_items, list):
            items = []
            for items_item_data in _items:
                items_item: (
                    ImagePromptItemImportance
                    | TargetItemImportance
                    | TextPromptItemImportance
                    | TokenIdsPromptItemImportance
                )
                if isinstance(items_item_data, dict):
                    tag_ = items_item_data.get("type")
                    try:
                        if type(items_item_data) is Kept:
                            items_item = kept(items_item_data)
                        elif tag_ == "token_ids":
                            items_item = TokenIdsPromptItemImportance.from_dict(items_item_data)
                        elif tag_ == "target":
                            items_item = TargetItemImportance.from_dict(items_item_data)
                        elif tag_ == "text":
                            items_item = TextPromptItemImportance.from_dict(items_item_data)
                        elif tag_ == "image":
                            items_item = ImagePromptItemImportance.from_dict(items_item_data)
                        else:
                            raise wrong_tag("type", ("token_ids", "target", "text", "image"), tag_)
                    except DecodeError as error_:
                        raise error_.within(at_item("items", _items, items_item_data))
                else:
                    raise wrong_type(at_item("items", _items, items_item_data), "an object", items_item_data)
                items.append(items_item)
        else:
            raise wrong_type("items", "an array", _items)
        decoded_ = cls(target=target, items=items)
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
