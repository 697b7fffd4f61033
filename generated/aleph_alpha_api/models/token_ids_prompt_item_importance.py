# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import at_item, fields_of, missing_field, not_number, odd, wrong_const, wrong_type

T = TypeVar("T", bound="TokenIdsPromptItemImportance")


@_attrs_define
class TokenIdsPromptItemImportance:
    """Scores of an item of token ids.

    Attributes:
        type_ (Literal['token_ids']):  Default: 'token_ids'.
        scores (list[float]): One for each id.
    """

    scores: list[float]
    type_: Literal["token_ids"] = "token_ids"
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {"type": self.type_, "scores": self.scores}
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            type_ = rest_.pop("type")
            scores = rest_.pop("scores")
        except KeyError as error_:
            raise missing_field(error_) from None
        if type_ != "token_ids":
            raise wrong_const("type", "token_ids", type_)
        if isinstance(scores, list):
            for scores_item in scores:
                if type(scores_item) is not float and type(scores_item) is not int and not_number(scores_item):
                    raise wrong_type(at_item("scores", scores, scores_item), "a number", scores_item)
        else:
            raise wrong_type("scores", "an array", scores)
        decoded_ = cls(type_=type_, scores=scores)
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
