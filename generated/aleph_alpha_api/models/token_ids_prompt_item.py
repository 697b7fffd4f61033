# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import at_item, fields_of, missing_field, not_integer, odd, wrong_const, wrong_type
from ..errors import DecodeError
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.token_control import TokenControl


T = TypeVar("T", bound="TokenIdsPromptItem")


@_attrs_define
class TokenIdsPromptItem:
    """Token ids of the model's tokenizer, taken as they are.

    Attributes:
        type_ (Literal['token_ids']):  Default: 'token_ids'.
        data (list[int]): The ids.
        controls (list[TokenControl] | Unset): Which tokens get more or less attention. May be empty.
    """

    data: list[int]
    type_: Literal["token_ids"] = "token_ids"
    controls: list[TokenControl] | Unset = UNSET
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
        if type_ != "token_ids":
            raise wrong_const("type", "token_ids", type_)
        if isinstance(data, list):
            for data_item in data:
                if type(data_item) is not int and not_integer(data_item):
                    raise wrong_type(at_item("data", data, data_item), "an integer", data_item)
        else:
            raise wrong_type("data", "an array", data)
        _controls = rest_.pop("controls", UNSET)
        controls: list[TokenControl] | Unset
        if isinstance(_controls, list):
            from ..models.token_control import TokenControl

            controls = []
            for controls_item_data in _controls:
                controls_item: TokenControl
                try:
                    controls_item = TokenControl.from_dict(controls_item_data)
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
