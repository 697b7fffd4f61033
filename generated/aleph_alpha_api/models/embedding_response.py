# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import at_item, fields_of, missing_field, not_integer, odd, wrong_type
from ..errors import DecodeError
from ..models.embeddings_by_layer import EmbeddingsByLayer
from ..types import UNSET, Unset

T = TypeVar("T", bound="EmbeddingResponse")


@_attrs_define
class EmbeddingResponse:
    """The embeddings.

    Attributes:
        embeddings (EmbeddingsByLayer): Name of a layer, such as `layer_40`, to its embeddings. Layers asked for from
            the end come with their own number.
        model_version (str | Unset): Version of the model that answered.
        tokens (list[str] | None | Unset): The prompt's tokens as text. Only there when asked for.
        num_tokens_prompt_total (int | Unset): Tokens of the prompt.
    """

    embeddings: EmbeddingsByLayer
    model_version: str | Unset = UNSET
    tokens: list[str] | None | Unset = UNSET
    num_tokens_prompt_total: int | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {"embeddings": self.embeddings.to_dict()}
        if self.model_version is not UNSET:
            json_["model_version"] = self.model_version
        if self.tokens is not UNSET:
            json_["tokens"] = self.tokens
        if self.num_tokens_prompt_total is not UNSET:
            json_["num_tokens_prompt_total"] = self.num_tokens_prompt_total
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            _embeddings = rest_.pop("embeddings")
            model_version = rest_.pop("model_version")
            num_tokens_prompt_total = rest_.pop("num_tokens_prompt_total")
        except KeyError as error_:
            raise missing_field(error_) from None
        embeddings: EmbeddingsByLayer
        try:
            embeddings = EmbeddingsByLayer.from_dict(_embeddings)
        except DecodeError as error_:
            raise error_.within("embeddings")
        if not isinstance(model_version, str) and model_version is not UNSET:
            raise wrong_type("model_version", "a string", model_version)
        tokens = rest_.pop("tokens", UNSET)
        if isinstance(tokens, list):
            for tokens_item in tokens:
                if not isinstance(tokens_item, str):
                    raise wrong_type(at_item("tokens", tokens, tokens_item), "a string", tokens_item)
        elif tokens is not None and tokens is not UNSET:
            raise wrong_type("tokens", "an array or null", tokens)
        if (
            type(num_tokens_prompt_total) is not int
            and num_tokens_prompt_total is not UNSET
            and not_integer(num_tokens_prompt_total)
        ):
            raise wrong_type("num_tokens_prompt_total", "an integer", num_tokens_prompt_total)
        decoded_ = cls(
            embeddings=embeddings,
            model_version=model_version,
            tokens=tokens,
            num_tokens_prompt_total=num_tokens_prompt_total,
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
