# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import at_item, fields_of, missing_field, not_integer, odd, wrong_type
from ..models.hosting import Hosting
from ..types import UNSET, Unset

T = TypeVar("T", bound="RerankRequest")


@_attrs_define
class RerankRequest:
    """A query, and the documents to sort.

    Attributes:
        query (str): The query.
        documents (list[str]): Texts of the documents.
        model (str | Unset): Name of a model that can rerank.
        hosting (Hosting | None | Unset): Where a request may be computed. Null or absent allows any place.
        tags (list[str] | Unset): Labels that clients attach to a request, for the operator's own use.
        top_n (int | None | Unset): How many to return. Null or absent returns all.
    """

    query: str
    documents: list[str]
    model: str | Unset = UNSET
    hosting: Hosting | None | Unset = UNSET
    tags: list[str] | Unset = UNSET
    top_n: int | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {"query": self.query, "documents": self.documents}
        if self.model is not UNSET:
            json_["model"] = self.model
        if self.hosting is not UNSET:
            json_["hosting"] = str(self.hosting) if isinstance(self.hosting, Hosting) else self.hosting
        if self.tags is not UNSET:
            json_["tags"] = self.tags
        if self.top_n is not UNSET:
            json_["top_n"] = self.top_n
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            query = rest_.pop("query")
            documents = rest_.pop("documents")
        except KeyError as error_:
            raise missing_field(error_) from None
        if not isinstance(query, str):
            raise wrong_type("query", "a string", query)
        if isinstance(documents, list):
            for documents_item in documents:
                if not isinstance(documents_item, str):
                    raise wrong_type(at_item("documents", documents, documents_item), "a string", documents_item)
        else:
            raise wrong_type("documents", "an array", documents)
        model = rest_.pop("model", UNSET)
        if not isinstance(model, str) and model is not UNSET:
            raise wrong_type("model", "a string", model)
        _hosting = rest_.pop("hosting", UNSET)
        hosting: Hosting | None | Unset
        if isinstance(_hosting, str):
            hosting = Hosting(_hosting)
        elif _hosting is not None and _hosting is not UNSET:
            raise wrong_type("hosting", "a string or null", _hosting)
        else:
            hosting = _hosting
        tags = rest_.pop("tags", UNSET)
        if isinstance(tags, list):
            for tags_item in tags:
                if not isinstance(tags_item, str):
                    raise wrong_type(at_item("tags", tags, tags_item), "a string", tags_item)
        elif tags is not UNSET:
            raise wrong_type("tags", "an array", tags)
        top_n = rest_.pop("top_n", UNSET)
        if type(top_n) is not int and top_n is not None and top_n is not UNSET and not_integer(top_n):
            raise wrong_type("top_n", "an integer or null", top_n)
        decoded_ = cls(query=query, documents=documents, model=model, hosting=hosting, tags=tags, top_n=top_n)
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
