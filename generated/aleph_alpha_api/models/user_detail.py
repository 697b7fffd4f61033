# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import fields_of, missing_field, not_integer, not_number, odd, wrong_type
from ..types import UNSET, Unset

T = TypeVar("T", bound="UserDetail")


@_attrs_define
class UserDetail:
    """An account.

    Attributes:
        id (float): Names the account.
        email (str | Unset): E-mail address.
        role (str | Unset): What kind of account it is.
        credits_remaining (float | Unset): Credits left.
        invoice_allowed (bool | Unset): Whether it may go on without credits and pay later.
        out_of_credits_threshold (int | Unset): Credits at which it counts as having none.
        terms_of_service_version (str | Unset): The terms that were accepted.
    """

    id: float
    email: str | Unset = UNSET
    role: str | Unset = UNSET
    credits_remaining: float | Unset = UNSET
    invoice_allowed: bool | Unset = UNSET
    out_of_credits_threshold: int | Unset = UNSET
    terms_of_service_version: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {"id": self.id}
        if self.email is not UNSET:
            json_["email"] = self.email
        if self.role is not UNSET:
            json_["role"] = self.role
        if self.credits_remaining is not UNSET:
            json_["credits_remaining"] = self.credits_remaining
        if self.invoice_allowed is not UNSET:
            json_["invoice_allowed"] = self.invoice_allowed
        if self.out_of_credits_threshold is not UNSET:
            json_["out_of_credits_threshold"] = self.out_of_credits_threshold
        if self.terms_of_service_version is not UNSET:
            json_["terms_of_service_version"] = self.terms_of_service_version
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            id = rest_.pop("id")
            email = rest_.pop("email")
            role = rest_.pop("role")
            credits_remaining = rest_.pop("credits_remaining")
            invoice_allowed = rest_.pop("invoice_allowed")
            out_of_credits_threshold = rest_.pop("out_of_credits_threshold")
            terms_of_service_version = rest_.pop("terms_of_service_version")
        except KeyError as error_:
            raise missing_field(error_) from None
        if type(id) is not float and type(id) is not int and not_number(id):
            raise wrong_type("id", "a number", id)
        if not isinstance(email, str) and email is not UNSET:
            raise wrong_type("email", "a string", email)
        if not isinstance(role, str) and role is not UNSET:
            raise wrong_type("role", "a string", role)
        if (
            type(credits_remaining) is not float
            and type(credits_remaining) is not int
            and credits_remaining is not UNSET
            and not_number(credits_remaining)
        ):
            raise wrong_type("credits_remaining", "a number", credits_remaining)
        if not isinstance(invoice_allowed, bool) and invoice_allowed is not UNSET:
            raise wrong_type("invoice_allowed", "a boolean", invoice_allowed)
        if (
            type(out_of_credits_threshold) is not int
            and out_of_credits_threshold is not UNSET
            and not_integer(out_of_credits_threshold)
        ):
            raise wrong_type("out_of_credits_threshold", "an integer", out_of_credits_threshold)
        if not isinstance(terms_of_service_version, str) and terms_of_service_version is not UNSET:
            raise wrong_type("terms_of_service_version", "a string", terms_of_service_version)
        decoded_ = cls(
            id=id,
            email=email,
            role=role,
            credits_remaining=credits_remaining,
            invoice_allowed=invoice_allowed,
            out_of_credits_threshold=out_of_credits_threshold,
            terms_of_service_version=terms_of_service_version,
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
