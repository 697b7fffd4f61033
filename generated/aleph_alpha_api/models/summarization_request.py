# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import at_item, fields_of, missing_field, odd, wrong_type
from ..errors import DecodeError
from ..models.docx_document import DocxDocument
from ..models.hosting import Hosting
from ..models.prompt_document import PromptDocument
from ..models.text_document import TextDocument
from ..types import UNSET, Unset

T = TypeVar("T", bound="SummarizationRequest")


@_attrs_define
class SummarizationRequest:
    """What to summarize.

    Attributes:
        document (DocxDocument | PromptDocument | TextDocument): A Word file, a text or a prompt; the name of the field
            tells which.
        hosting (Hosting | None | Unset): Where a request may be computed. Null or absent allows any place.
        tags (list[str] | Unset): Labels that clients attach to a request, for the operator's own use.
        disable_optimizations (bool | Unset): Keeps the server from changing document and summary for the better.
    """

    document: DocxDocument | PromptDocument | TextDocument
    hosting: Hosting | None | Unset = UNSET
    tags: list[str] | Unset = UNSET
    disable_optimizations: bool | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {"document": self.document.to_dict()}
        if self.hosting is not UNSET:
            json_["hosting"] = str(self.hosting) if isinstance(self.hosting, Hosting) else self.hosting
        if self.tags is not UNSET:
            json_["tags"] = self.tags
        if self.disable_optimizations is not UNSET:
            json_["disable_optimizations"] = self.disable_optimizations
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            _document = rest_.pop("document")
        except KeyError as error_:
            raise missing_field(error_) from None
        document: DocxDocument | PromptDocument | TextDocument
        if isinstance(_document, dict):
            try:
                if "docx" in _document:
                    document = DocxDocument.from_dict(_document)
                elif "text" in _document:
                    document = TextDocument.from_dict(_document)
                elif "prompt" in _document:
                    document = PromptDocument.from_dict(_document)
                else:
                    raise DecodeError("", "expected an object with docx or text or prompt")
            except DecodeError as error_:
                raise error_.within("document")
        else:
            raise wrong_type("document", "an object", _document)
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
        disable_optimizations = rest_.pop("disable_optimizations", UNSET)
        if not isinstance(disable_optimizations, bool) and disable_optimizations is not UNSET:
            raise wrong_type("disable_optimizations", "a boolean", disable_optimizations)
        decoded_ = cls(document=document, hosting=hosting, tags=tags, disable_optimizations=disable_optimizations)
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
