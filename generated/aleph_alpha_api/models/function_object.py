# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import fields_of, missing_field, odd, wrong_type
from ..errors import DecodeError
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.function_parameters import FunctionParameters


T = TypeVar("T", bound="FunctionObject")


@_attrs_define
class FunctionObject:
    """A function the model may ask to have called.

    Attributes:
        name (str): Its name.
        description (str | Unset): What it does; the model reads this.
        parameters (FunctionParameters | Unset): A JSON schema of the arguments.
        strict (bool | None | Unset): Whether the arguments must follow `parameters` exactly.
    """

    name: str
    description: str | Unset = UNSET
    parameters: FunctionParameters | Unset = UNSET
    strict: bool | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {"name": self.name}
        if self.description is not UNSET:
            json_["description"] = self.description
        if self.parameters is not UNSET:
            json_["parameters"] = self.parameters.to_dict()
        if self.strict is not UNSET:
            json_["strict"] = self.strict
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            name = rest_.pop("name")
        except KeyError as error_:
            raise missing_field(error_) from None
        if not isinstance(name, str):
            raise wrong_type("name", "a string", name)
        description = rest_.pop("description", UNSET)
        if not isinstance(description, str) and description is not UNSET:
            raise wrong_type("description", "a string", description)
        _parameters = rest_.pop("parameters", UNSET)
        parameters: FunctionParameters | Unset
        if isinstance(_parameters, dict):
            from ..models.function_parameters import FunctionParameters

            try:
                parameters = FunctionParameters.from_dict(_parameters)
            except DecodeError as error_:
                raise error_.within("parameters")
        elif _parameters is not UNSET:
            raise wrong_type("parameters", "an object", _parameters)
        else:
            parameters = _parameters
        strict = rest_.pop("strict", UNSET)
        if not isinstance(strict, bool) and strict is not None and strict is not UNSET:
            raise wrong_type("strict", "a boolean or null", strict)
        decoded_ = cls(name=name, description=description, parameters=parameters, strict=strict)
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
