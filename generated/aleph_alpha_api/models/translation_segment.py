# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import fields_of, not_number, odd, wrong_type
from ..types import UNSET, Unset

T = TypeVar("T", bound="TranslationSegment")


@_attrs_define
class TranslationSegment:
    """A piece of a translation.

    Attributes:
        source (str | Unset): The piece of the text.
        translation (str | Unset): Its translation.
        score (float | Unset): How good it is estimated to be, 0 to 1.
    """

    source: str | Unset = UNSET
    translation: str | Unset = UNSET
    score: float | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {}
        if self.source is not UNSET:
            json_["source"] = self.source
        if self.translation is not UNSET:
            json_["translation"] = self.translation
        if self.score is not UNSET:
            json_["score"] = self.score
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        source = rest_.pop("source", UNSET)
        if not isinstance(source, str) and source is not UNSET:
            raise wrong_type("source", "a string", source)
        translation = rest_.pop("translation", UNSET)
        if not isinstance(translation, str) and translation is not UNSET:
            raise wrong_type("translation", "a string", translation)
        score = rest_.pop("score", UNSET)
        if type(score) is not float and type(score) is not int and score is not UNSET and not_number(score):
            raise wrong_type("score", "a number", score)
        decoded_ = cls(source=source, translation=translation, score=score)
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
