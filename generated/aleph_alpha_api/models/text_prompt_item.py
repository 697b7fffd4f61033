# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import at_item, fields_of, missing_field, odd, wrong_const, wrong_type
from ..errors import DecodeError
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.text_control import TextControl


T = TypeVar("T", bound="TextPromptItem")


@_attrs_define
class TextPromptItem:
    """Text, tokenized by the model's own tokenizer.

    Attributes:
        type_ (Literal['text']):  Default: 'text'.
        data (str): The text.
        controls (list[TextControl] | Unset): Which characters get more or less attention. May be empty.
    """

    data: str
    type_: Literal["text"] = "text"
    controls: list[TextControl] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {"type": self.type_, "data": self.data}
        if self.controls is not UNSET:
            json_["controls"] = [item_.to_dict() for item_ in self.controls]
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            type_ = rest_.pop("type")
            data = rest_.pop("data")
        except KeyError as error_:
            raise missing_field(error_) from None
        if type_ != "text":
            raise wrong_const("type", "text", type_)
        if not isinstance(data, str):
            raise wrong_type("data", "a string", data)
        _controls = rest_.pop("controls", UNSET)
        controls: list[TextControl] | Unset
        if isinstance(_controls, list):
            from ..models.text_control import TextControl

            controls = []
            for controls_item_data in _controls:
                controls_item: TextControl
                try:
                    controls_item = TextControl.from_dict(controls_item_data)
                except DecodeError as error_:
                    raise error_.within(at_item("controls", _controls, controls_item_data))
                controls.append(controls_item)
        elif _controls is not UNSET:
            raise wrong_type("controls", "an array", _controls)
        else:
            controls = _controls
        decoded_ = cls(type_=type_, data=data, controls=controls)
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
