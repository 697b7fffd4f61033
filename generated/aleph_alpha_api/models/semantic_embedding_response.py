# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import at_item, fields_of, missing_field, not_integer, not_number, wrong_type

T = TypeVar("T", bound="SemanticEmbeddingResponse")


@_attrs_define
class SemanticEmbeddingResponse:
    """An embedding.

    Attributes:
        model_version (str): Version of the model that answered.
        embedding (list[float]): The vector.
        num_tokens_prompt_total (int): Tokens of the prompt.
    """

    model_version: str
    embedding: list[float]
    num_tokens_prompt_total: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {
            "model_version": self.model_version,
            "embedding": self.embedding,
            "num_tokens_prompt_total": self.num_tokens_prompt_total,
        }
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            model_version = rest_.pop("model_version")
            embedding = rest_.pop("embedding")
            num_tokens_prompt_total = rest_.pop("num_tokens_prompt_total")
        except KeyError as error_:
            raise missing_field(error_) from None
        if not isinstance(model_version, str):
            raise wrong_type("model_version", "a string", model_version)
        if isinstance(embedding, list):
            for embedding_item in embedding:
                if type(embedding_item) is not float and type(embedding_item) is not int and not_number(embedding_item):
                    raise wrong_type(at_item("embedding", embedding, embedding_item), "a number", embedding_item)
        else:
            raise wrong_type("embedding", "an array", embedding)
        if type(num_tokens_prompt_total) is not int and not_integer(num_tokens_prompt_total):
            raise wrong_type("num_tokens_prompt_total", "an integer", num_tokens_prompt_total)
        decoded_ = cls(
            model_version=model_version, embedding=embedding, num_tokens_prompt_total=num_tokens_prompt_total
        )
        if rest_:
            decoded_.additional_properties = rest_
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
