# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import fields_of, missing_field, not_integer, odd, wrong_type
from ..types import UNSET, Unset

T = TypeVar("T", bound="ApiToken")


@_attrs_define
class ApiToken:
    """An API token without its secret.

    Attributes:
        token_id (int): Names it.
        description (str | Unset): What it is for.
    """

    token_id: int
    description: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {"token_id": self.token_id}
        if self.description is not UNSET:
            json_["description"] = self.description
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            token_id = rest_.pop("token_id")
            description = rest_.pop("description")
        except KeyError as error_:
            raise missing_field(error_) from None
        if type(token_id) is not int and not_integer(token_id):
            raise wrong_type("token_id", "an integer", token_id)
        if not isinstance(description, str) and description is not UNSET:
            raise wrong_type("description", "a string", description)
        decoded_ = cls(token_id=token_id, description=description)
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
