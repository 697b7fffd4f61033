# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import fields_of, missing_field, not_number, odd, wrong_type
from ..types import UNSET, Unset

T = TypeVar("T", bound="QaAnswer")


@_attrs_define
class QaAnswer:
    """A response and where it comes from.

    Attributes:
        answer (str): The answer.
        score (float | Unset): How certain it is, higher is better.
        evidence (str | Unset): The text it was taken from.
    """

    answer: str
    score: float | Unset = UNSET
    evidence: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {"answer": self.answer}
        if self.score is not UNSET:
            json_["score"] = self.score
        if self.evidence is not UNSET:
            json_["evidence"] = self.evidence
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            answer = rest_.pop("answer")
            score = rest_.pop("score")
            evidence = rest_.pop("evidence")
        except KeyError as error_:
            raise missing_field(error_) from None
        if not isinstance(answer, str):
            raise wrong_type("answer", "a string", answer)
        if type(score) is not float and type(score) is not int and score is not UNSET and not_number(score):
            raise wrong_type("score", "a number", score)
        if not isinstance(evidence, str) and evidence is not UNSET:
            raise wrong_type("evidence", "a string", evidence)
        decoded_ = cls(answer=answer, score=score, evidence=evidence)
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
