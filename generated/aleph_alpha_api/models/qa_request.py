# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import at_item, fields_of, missing_field, not_integer, odd, wrong_type
from ..errors import DecodeError
from ..models.docx_document import DocxDocument
from ..models.hosting import Hosting
from ..models.prompt_document import PromptDocument
from ..models.text_document import TextDocument
from ..types import UNSET, Unset

T = TypeVar("T", bound="QaRequest")


@_attrs_define
class QaRequest:
    """A question about documents.

    Attributes:
        query (str): The question.
        documents (list[DocxDocument | PromptDocument | TextDocument]): Where the response is looked for.
        hosting (Hosting | None | Unset): Where a request may be computed. Null or absent allows any place.
        tags (list[str] | Unset): Labels that clients attach to a request, for the operator's own use.
        max_answers (int | Unset): Most answers to give.
    """

    query: str
    documents: list[DocxDocument | PromptDocument | TextDocument]
    hosting: Hosting | None | Unset = UNSET
    tags: list[str] | Unset = UNSET
    max_answers: int | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {"query": self.query, "documents": [item_.to_dict() for item_ in self.documents]}
        if self.hosting is not UNSET:
            json_["hosting"] = str(self.hosting) if isinstance(self.hosting, Hosting) else self.hosting
        if self.tags is not UNSET:
            json_["tags"] = self.tags
        if self.max_answers is not UNSET:
            json_["max_answers"] = self.max_answers
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            query = rest_.pop("query")
            _documents = rest_.pop("documents")
        except KeyError as error_:
            raise missing_field(error_) from None
        if not isinstance(query, str):
            raise wrong_type("query", "a string", query)
        documents: list[DocxDocument | PromptDocument | TextDocument]
        if isinstance(_documents, list):
            documents = []
            for documents_item_data in _documents:
                documents_item: DocxDocument | PromptDocument | TextDocument
                if isinstance(documents_item_data, dict):
                    try:
                        if "docx" in documents_item_data:
                            documents_item = DocxDocument.from_dict(documents_item_data)
                        elif "text" in documents_item_data:
                            documents_item = TextDocument.from_dict(documents_item_data)
                        elif "prompt" in documents_item_data:
                            documents_item = PromptDocument.from_dict(documents_item_data)
                        else:
                            raise DecodeError("", "expected an object with docx or text or prompt")
                    except DecodeError as error_:
                        raise error_.within(at_item("documents", _documents, documents_item_data))
                else:
                    raise wrong_type(
                        at_item("documents", _documents, documents_item_data), "an object", documents_item_data
                    )
                documents.append(documents_item)
        else:
            raise wrong_type("documents", "an array", _documents)
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
        max_answers = rest_.pop("max_answers", UNSET)
        if type(max_answers) is not int and max_answers is not UNSET and not_integer(max_answers):
            raise wrong_type("max_answers", "an integer", max_answers)
        decoded_ = cls(query=query, documents=documents, hosting=hosting, tags=tags, max_answers=max_answers)
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
