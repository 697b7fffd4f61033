# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import at_item, fields_of, missing_field, odd, wrong_type
from ..errors import DecodeError
from ..models.rerank_result import RerankResult
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.usage import Usage


T = TypeVar("T", bound="RerankResponse")


@_attrs_define
class RerankResponse:
    """Documents, best first, and what they cost.

    Attributes:
        results (list[RerankResult]): Best first.
        usage (Usage | Unset): Token counts. Reranking fills `total_tokens` only.
    """

    results: list[RerankResult]
    usage: Usage | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {"results": [item_.to_dict() for item_ in self.results]}
        if self.usage is not UNSET:
            json_["usage"] = self.usage.to_dict()
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            _results = rest_.pop("results")
            _usage = rest_.pop("usage")
        except KeyError as error_:
            raise missing_field(error_) from None
        results: list[RerankResult]
        if isinstance(_results, list):
            results = []
            for results_item_data in _results:
                results_item: RerankResult
                try:
                    results_item = RerankResult.from_dict(results_item_data)
                except DecodeError as error_:
                    raise error_.within(at_item("results", _results, results_item_data))
                results.append(results_item)
        else:
            raise wrong_type("results", "an array", _results)
        usage: Usage | Unset
        if isinstance(_usage, dict):
            from ..models.usage import Usage

            try:
                usage = Usage.from_dict(_usage)
            except DecodeError as error_:
                raise error_.within("usage")
        elif _usage is not UNSET:
            raise wrong_type("usage", "an object", _usage)
        else:
            usage = _usage
        decoded_ = cls(results=results, usage=usage)
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
