# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import at_item, fields_of, missing_field, not_integer, odd, wrong_type
from ..models.hosting import Hosting
from ..types import UNSET, Unset

T = TypeVar("T", bound="DetokenizationRequest")


@_attrs_define
class DetokenizationRequest:
    """Tokens to join.

    Attributes:
        model (str): Name of the model.
        token_ids (list[int]): Their ids.
        hosting (Hosting | None | Unset): Where a request may be computed. Null or absent allows any place.
        tags (list[str] | Unset): Labels that clients attach to a request, for the operator's own use.
    """

    model: str
    token_ids: list[int]
    hosting: Hosting | None | Unset = UNSET
    tags: list[str] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {"model": self.model, "token_ids": self.token_ids}
        if self.hosting is not UNSET:
            json_["hosting"] = str(self.hosting) if isinstance(self.hosting, Hosting) else self.hosting
        if self.tags is not UNSET:
            json_["tags"] = self.tags
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            model = rest_.pop("model")
            token_ids = rest_.pop("token_ids")
        except KeyError as error_:
            raise missing_field(error_) from None
        if not isinstance(model, str):
            raise wrong_type("model", "a string", model)
        if isinstance(token_ids, list):
            for token_ids_item in token_ids:
                if type(token_ids_item) is not int and not_integer(token_ids_item):
                    raise wrong_type(at_item("token_ids", token_ids, token_ids_item), "an integer", token_ids_item)
        else:
            raise wrong_type("token_ids", "an array", token_ids)
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
        decoded_ = cls(model=model, token_ids=token_ids, hosting=hosting, tags=tags)
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
