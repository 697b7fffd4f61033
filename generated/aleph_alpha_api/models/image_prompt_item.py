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
    from ..models.image_control import ImageControl


T = TypeVar("T", bound="ImagePromptItem")


@_attrs_define
class ImagePromptItem:
    """An image. Models see a square of it, the centre unless `x`, `y` and `size` are given. Counts as 144 tokens on
    luminous models.

        Attributes:
            type_ (Literal['image']):  Default: 'image'.
            data (str): The bytes of the image file in base64.
            x (int | None | Unset): Left edge of the square in pixels.
            y (int | None | Unset): Upper edge of the square in pixels.
            size (int | None | Unset): Side of the square in pixels.
            controls (list[ImageControl] | Unset): Which areas get more or less attention. May be empty.
    """

    data: str
    type_: Literal["image"] = "image"
    x: int | None | Unset = UNSET
    y: int | None | Unset = UNSET
    size: int | None | Unset = UNSET
    controls: list[ImageControl] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {"type": self.type_, "data": self.data}
        if self.x is not UNSET:
            json_["x"] = self.x
        if self.y is not UNSET:
            json_["y"] = self.y
        if self.size is not UNSET:
            json_["size"] = self.size
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
        if type_ != "image":
            raise wrong_const("type", "image", type_)
        if not isinstance(data, str):
            raise wrong_type("data", "a string", data)
        x = rest_.pop("x", UNSET)
        if type(x) is not int and x is not None and x is not UNSET and not_integer(x):
            raise wrong_type("x", "an integer or null", x)
        y = rest_.pop("y", UNSET)
        if type(y) is not int and y is not None and y is not UNSET and not_integer(y):
            raise wrong_type("y", "an integer or null", y)
        size = rest_.pop("size", UNSET)
        if type(size) is not int and size is not None and size is not UNSET and not_integer(size):
            raise wrong_type("size", "an integer or null", size)
        _controls = rest_.pop("controls", UNSET)
        controls: list[ImageControl] | Unset
        if isinstance(_controls, list):
            from ..models.image_control import ImageControl

            controls = []
            for controls_item_data in _controls:
                controls_item: ImageControl
                try:
                    controls_item = ImageControl.from_dict(controls_item_data)
                except DecodeError as error_:
                    raise error_.within(at_item("controls", _controls, controls_item_data))
                controls.append(controls_item)
        elif _controls is not UNSET:
            raise wrong_type("controls", "an array", _controls)
        else:
            controls = _controls
        decoded_ = cls(type_=type_, data=data, x=x, y=y, size=size, controls=controls)
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
