# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import at_item, fields_of, missing_field, odd, wrong_type
from ..errors import DecodeError
from ..models.qa_answer import QaAnswer

T = TypeVar("T", bound="QaResponse")


@_attrs_define
class QaResponse:
    """The answers.

    Attributes:
        answers (list[QaAnswer]): Best first.
    """

    answers: list[QaAnswer]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {"answers": [item_.to_dict() for item_ in self.answers]}
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            _answers = rest_.pop("answers")
        except KeyError as error_:
            raise missing_field(error_) from None
        answers: list[QaAnswer]
        if isinstance(_answers, list):
            answers = []
            for answers_item_data in _answers:
                answers_item: QaAnswer
                try:
                    answers_item = QaAnswer.from_dict(answers_item_data)
                except DecodeError as error_:
                    raise error_.within(at_item("answers", _answers, answers_item_data))
                answers.append(answers_item)
        else:
            raise wrong_type("answers", "an array", _answers)
        decoded_ = cls(answers=answers)
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
