# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import at_item, fields_of, missing_field, not_integer, odd, wrong_type
from ..types import UNSET, Unset

T = TypeVar("T", bound="ModelInfo")


@_attrs_define
class ModelInfo:
    """A model that can be used now.

    Attributes:
        name (str): Its name.
        description (str | Unset): What it is good for.
        max_context_size (int | Unset): Most tokens of prompt and completion together.
        hostings (list[str] | Unset): Where it can be computed.
        image_support (bool | Unset): Whether prompts may hold images.
        qa_support (bool | Unset): Whether it can be used with `/qa`.
        summarization_support (bool | Unset): Whether it can be used with `/summarize`.
        embedding_types (list[str] | Unset): Kinds of embeddings it gives.
        maximum_completion_tokens (int | None | Unset): Most tokens of a completion. Null where it gives none.
        aligned (bool | Unset): Whether it was trained to follow instructions.
    """

    name: str
    description: str | Unset = UNSET
    max_context_size: int | Unset = UNSET
    hostings: list[str] | Unset = UNSET
    image_support: bool | Unset = UNSET
    qa_support: bool | Unset = UNSET
    summarization_support: bool | Unset = UNSET
    embedding_types: list[str] | Unset = UNSET
    maximum_completion_tokens: int | None | Unset = UNSET
    aligned: bool | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {"name": self.name}
        if self.description is not UNSET:
            json_["description"] = self.description
        if self.max_context_size is not UNSET:
            json_["max_context_size"] = self.max_context_size
        if self.hostings is not UNSET:
            json_["hostings"] = self.hostings
        if self.image_support is not UNSET:
            json_["image_support"] = self.image_support
        if self.qa_support is not UNSET:
            json_["qa_support"] = self.qa_support
        if self.summarization_support is not UNSET:
            json_["summarization_support"] = self.summarization_support
        if self.embedding_types is not UNSET:
            json_["embedding_types"] = self.embedding_types
        if self.maximum_completion_tokens is not UNSET:
            json_["maximum_completion_tokens"] = self.maximum_completion_tokens
        if self.aligned is not UNSET:
            json_["aligned"] = self.aligned
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            name = rest_.pop("name")
        except KeyError as error_:
            raise missing_field(error_) from None
        if not isinstance(name, str):
            raise wrong_type("name", "a string", name)
        description = rest_.pop("description", UNSET)
        if not isinstance(description, str) and description is not UNSET:
            raise wrong_type("description", "a string", description)
        max_context_size = rest_.pop("max_context_size", UNSET)
        if type(max_context_size) is not int and max_context_size is not UNSET and not_integer(max_context_size):
            raise wrong_type("max_context_size", "an integer", max_context_size)
        hostings = rest_.pop("hostings", UNSET)
        if isinstance(hostings, list):
            for hostings_item in hostings:
                if not isinstance(hostings_item, str):
                    raise wrong_type(at_item("hostings", hostings, hostings_item), "a string", hostings_item)
        elif hostings is not UNSET:
            raise wrong_type("hostings", "an array", hostings)
        image_support = rest_.pop("image_support", UNSET)
        if not isinstance(image_support, bool) and image_support is not UNSET:
            raise wrong_type("image_support", "a boolean", image_support)
        qa_support = rest_.pop("qa_support", UNSET)
        if not isinstance(qa_support, bool) and qa_support is not UNSET:
            raise wrong_type("qa_support", "a boolean", qa_support)
        summarization_support = rest_.pop("summarization_support", UNSET)
        if not isinstance(summarization_support, bool) and summarization_support is not UNSET:
            raise wrong_type("summarization_support", "a boolean", summarization_support)
        embedding_types = rest_.pop("embedding_types", UNSET)
        if isinstance(embedding_types, list):
            for embedding_types_item in embedding_types:
                if not isinstance(embedding_types_item, str):
                    raise wrong_type(
                        at_item("embedding_types", embedding_types, embedding_types_item),
                        "a string",
                        embedding_types_item,
                    )
        elif embedding_types is not UNSET:
            raise wrong_type("embedding_types", "an array", embedding_types)
        maximum_completion_tokens = rest_.pop("maximum_completion_tokens", UNSET)
        if (
            type(maximum_completion_tokens) is not int
            and maximum_completion_tokens is not None
            and maximum_completion_tokens is not UNSET
            and not_integer(maximum_completion_tokens)
        ):
            raise wrong_type("maximum_completion_tokens", "an integer or null", maximum_completion_tokens)
        aligned = rest_.pop("aligned", UNSET)
        if not isinstance(aligned, bool) and aligned is not UNSET:
            raise wrong_type("aligned", "a boolean", aligned)
        decoded_ = cls(
            name=name,
            description=description,
            max_context_size=max_context_size,
            hostings=hostings,
            image_support=image_support,
            qa_support=qa_support,
            summarization_support=summarization_support,
            embedding_types=embedding_types,
            maximum_completion_tokens=maximum_completion_tokens,
            aligned=aligned,
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
