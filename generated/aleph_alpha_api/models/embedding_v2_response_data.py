# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import at_item, fields_of, missing_field, not_integer, not_number, odd, wrong_type
from ..models.embedding_v2_object import EmbeddingV2Object
from ..types import UNSET, Unset

T = TypeVar("T", bound="EmbeddingV2ResponseData")


@_attrs_define
class EmbeddingV2ResponseData:
    """One embedding.

    Attributes:
        object_ (EmbeddingV2Object): The kind of an entry.
        embedding (list[float] | str): The vector, as numbers or in base64.
        index (int | Unset): Which input it belongs to, counted from 0.
    """

    object_: EmbeddingV2Object
    embedding: list[float] | str
    index: int | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {"object": str(self.object_), "embedding": self.embedding}
        if self.index is not UNSET:
            json_["index"] = self.index
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            _object_ = rest_.pop("object")
            embedding = rest_.pop("embedding")
            index = rest_.pop("index")
        except KeyError as error_:
            raise missing_field(error_) from None
        object_: EmbeddingV2Object
        if isinstance(_object_, str):
            object_ = EmbeddingV2Object(_object_)
        else:
            raise wrong_type("object", "a string", _object_)
        if isinstance(embedding, list):
            for embedding_item in embedding:
                if type(embedding_item) is not float and type(embedding_item) is not int and not_number(embedding_item):
                    raise wrong_type(at_item("embedding", embedding, embedding_item), "a number", embedding_item)
        elif not isinstance(embedding, str):
            raise wrong_type("embedding", "an array or a string", embedding)
        if type(index) is not int and index is not UNSET and not_integer(index):
            raise wrong_type("index", "an integer", index)
        decoded_ = cls(object_=object_, embedding=embedding, index=index)
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
