# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import at_item, fields_of, missing_field, not_integer, not_number, odd, wrong_type
from ..types import UNSET, Unset

T = TypeVar("T", bound="BatchSemanticEmbeddingResponse")


@_attrs_define
class BatchSemanticEmbeddingResponse:
    """Embeddings.

    Attributes:
        embeddings (list[list[float]]): The vectors, in the order of the prompts.
        model_version (str | Unset): Version of the model that answered.
        num_tokens_prompt_total (int | Unset): Tokens of all prompts.
    """

    embeddings: list[list[float]]
    model_version: str | Unset = UNSET
    num_tokens_prompt_total: int | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {"embeddings": self.embeddings}
        if self.model_version is not UNSET:
            json_["model_version"] = self.model_version
        if self.num_tokens_prompt_total is not UNSET:
            json_["num_tokens_prompt_total"] = self.num_tokens_prompt_total
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            embeddings = rest_.pop("embeddings")
            model_version = rest_.pop("model_version")
            num_tokens_prompt_total = rest_.pop("num_tokens_prompt_total")
        except KeyError as error_:
            raise missing_field(error_) from None
        if isinstance(embeddings, list):
            for embeddings_item in embeddings:
                if isinstance(embeddings_item, list):
                    for embeddings_item_item in embeddings_item:
                        if (
                            type(embeddings_item_item) is not float
                            and type(embeddings_item_item) is not int
                            and not_number(embeddings_item_item)
                        ):
                            raise wrong_type(
                                at_item(
                                    at_item("embeddings", embeddings, embeddings_item),
                                    embeddings_item,
                                    embeddings_item_item,
                                ),
                                "a number",
                                embeddings_item_item,
                            )
                else:
                    raise wrong_type(at_item("embeddings", embeddings, embeddings_item), "an array", embeddings_item)
        else:
            raise wrong_type("embeddings", "an array", embeddings)
        if not isinstance(model_version, str) and model_version is not UNSET:
            raise wrong_type("model_version", "a string", model_version)
        if (
            type(num_tokens_prompt_total) is not int
            and num_tokens_prompt_total is not UNSET
            and not_integer(num_tokens_prompt_total)
        ):
            raise wrong_type("num_tokens_prompt_total", "an integer", num_tokens_prompt_total)
        decoded_ = cls(
            embeddings=embeddings, model_version=model_version, num_tokens_prompt_total=num_tokens_prompt_total
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
