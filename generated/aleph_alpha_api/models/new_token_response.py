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
    from ..models.api_token import ApiToken


T = TypeVar("T", bound="NewTokenResponse")


@_attrs_define
class NewTokenResponse:
    """A new API token with its secret.

    Attributes:
        token (str): The secret.
        metadata (ApiToken | Unset): An API token without its secret.
    """

    token: str
    metadata: ApiToken | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {"token": self.token}
        if self.metadata is not UNSET:
            json_["metadata"] = self.metadata.to_dict()
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            token = rest_.pop("token")
            _metadata = rest_.pop("metadata")
        except KeyError as error_:
            raise missing_field(error_) from None
        if not isinstance(token, str):
            raise wrong_type("token", "a string", token)
        metadata: ApiToken | Unset
        if isinstance(_metadata, dict):
            from ..models.api_token import ApiToken

            try:
                metadata = ApiToken.from_dict(_metadata)
            except DecodeError as error_:
                raise error_.within("metadata")
        elif _metadata is not UNSET:
            raise wrong_type("metadata", "an object", _metadata)
        else:
            metadata = _metadata
        decoded_ = cls(token=token, metadata=metadata)
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
