# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import at_item, fields_of, missing_field, not_integer, wrong_type
from ..errors import DecodeError
from ..models.embeddings_by_layer import EmbeddingsByLayer
from ..types import UNSET, Unset

T = TypeVar("T", bound="EmbeddingResponse")


@_attrs_define
class EmbeddingResponse:
    """The embeddings.

    Attributes:
        model_version (str): Version of the model that answered.
        num_tokens_prompt_total (int): Tokens of the prompt.
        embeddings (EmbeddingsByLayer | None | Unset):
        tokens (list[str] | None | Unset): The prompt's tokens as text. Only there when asked for.
    """

    model_version: str
    num_tokens_prompt_total: int
    embeddings: EmbeddingsByLayer | None | Unset = UNSET
    tokens: list[str] | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {
            "model_version": self.model_version,
            "num_tokens_prompt_total": self.num_tokens_prompt_total,
        }
        if self.embeddings is not UNSET:
            json_["embeddings"] = (
                self.embeddings.to_dict() if isinstance(self.embeddings, EmbeddingsByLayer) else self.embeddings
            )
        if self.tokens is not UNSET:
            json_["tokens"] = self.tokens
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            model_version = rest_.pop("model_version")
            num_tokens_prompt_total = rest_.pop("num_tokens_prompt_total")
        except KeyError as error_:
            raise missing_field(error_) from None
        if not isinstance(model_version, str):
            raise wrong_type("model_version", "a string", model_version)
        if type(num_tokens_prompt_total) is not int and not_integer(num_tokens_prompt_total):
            raise wrong_type("num_tokens_prompt_total", "an integer", num_tokens_prompt_total)
        _embeddings = rest_.pop("embeddings", UNSET)
        embeddings: EmbeddingsByLayer | None | Unset
        if isinstance(_embeddings, dict):
            try:
                embeddings = EmbeddingsByLayer.from_dict(_embeddings)
            except DecodeError as error_:
                raise error_.within("embeddings")
        elif _embeddings is not None and _embeddings is not UNSET:
            raise wrong_type("embeddings", "an object or null", _embeddings)
        else:
            embeddings = _embeddings
        tokens = rest_.pop("tokens", UNSET)
        if isinstance(tokens, list):
            for tokens_item in tokens:
                if not isinstance(tokens_item, str):
                    raise wrong_type(at_item("tokens", tokens, tokens_item), "a string", tokens_item)
        elif tokens is not None and tokens is not UNSET:
            raise wrong_type("tokens", "an array or null", tokens)
        decoded_ = cls(
            model_version=model_version,
            num_tokens_prompt_total=num_tokens_prompt_total,
            embeddings=embeddings,
            tokens=tokens,
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
