# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import at_item, fields_of, missing_field, odd, wrong_type
from ..errors import DecodeError
from ..models.explanation import Explanation
from ..types import UNSET, Unset

T = TypeVar("T", bound="ExplanationResponse")


@_attrs_define
class ExplanationResponse:
    """The explanations.

    Attributes:
        explanations (list[Explanation]): One for each explained part of the target.
        model_version (str | Unset): Version of the model that answered.
    """

    explanations: list[Explanation]
    model_version: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {"explanations": [item_.to_dict() for item_ in self.explanations]}
        if self.model_version is not UNSET:
            json_["model_version"] = self.model_version
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            _explanations = rest_.pop("explanations")
            model_version = rest_.pop("model_version")
        except KeyError as error_:
            raise missing_field(error_) from None
        explanations: list[Explanation]
        if isinstance(_explanations, list):
            explanations = []
            for explanations_item_data in _explanations:
                explanations_item: Explanation
                try:
                    explanations_item = Explanation.from_dict(explanations_item_data)
                except DecodeError as error_:
                    raise error_.within(at_item("explanations", _explanations, explanations_item_data))
                explanations.append(explanations_item)
        else:
            raise wrong_type("explanations", "an array", _explanations)
        if not isinstance(model_version, str) and model_version is not UNSET:
            raise wrong_type("model_version", "a string", model_version)
        decoded_ = cls(explanations=explanations, model_version=model_version)
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
