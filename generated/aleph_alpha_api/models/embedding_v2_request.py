# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import at_item, fields_of, missing_field, not_integer, odd, wrong_type
from ..errors import DecodeError
from ..models.embedding_encoding_format import EmbeddingEncodingFormat
from ..models.hosting import Hosting
from ..types import UNSET, Unset

T = TypeVar("T", bound="EmbeddingV2Request")


@_attrs_define
class EmbeddingV2Request:
    """What to embed.

    Attributes:
        model (str): Name of the model.
        input_ (list[int] | list[list[int]] | list[str] | str): A text, several texts, the token ids of a text, or those
            of several texts.
        hosting (Hosting | None | Unset): Where a request may be computed. Null or absent allows any place.
        tags (list[str] | Unset): Labels that clients attach to a request, for the operator's own use.
        encoding_format (EmbeddingEncodingFormat | Unset): Numbers, or little-endian float32 in base64, which is smaller
            and faster to read.
        dimensions (int | Unset): Number of dimensions. Not with every model.
        user (str | Unset): Deprecated. Refused.
    """

    model: str
    input_: list[int] | list[list[int]] | list[str] | str
    hosting: Hosting | None | Unset = UNSET
    tags: list[str] | Unset = UNSET
    encoding_format: EmbeddingEncodingFormat | Unset = UNSET
    dimensions: int | Unset = UNSET
    user: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {"model": self.model, "input": self.input_}
        if self.hosting is not UNSET:
            json_["hosting"] = str(self.hosting) if isinstance(self.hosting, Hosting) else self.hosting
        if self.tags is not UNSET:
            json_["tags"] = self.tags
        if self.encoding_format is not UNSET:
            json_["encoding_format"] = str(self.encoding_format)
        if self.dimensions is not UNSET:
            json_["dimensions"] = self.dimensions
        if self.user is not UNSET:
            json_["user"] = self.user
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            model = rest_.pop("model")
            input_ = rest_.pop("input")
        except KeyError as error_:
            raise missing_field(error_) from None
        if not isinstance(model, str):
            raise wrong_type("model", "a string", model)
        if isinstance(input_, list):
            try:
                for input__item in input_:
                    if not isinstance(input__item, str):
                        raise wrong_type(at_item("input", input_, input__item), "a string", input__item)
            except DecodeError:
                try:
                    for input__item in input_:
                        if type(input__item) is not int and not_integer(input__item):
                            raise wrong_type(at_item("input", input_, input__item), "an integer", input__item)
                except DecodeError:
                    try:
                        for input__item in input_:
                            if isinstance(input__item, list):
                                for input__item_item in input__item:
                                    if type(input__item_item) is not int and not_integer(input__item_item):
                                        raise wrong_type(
                                            at_item(
                                                at_item("input", input_, input__item), input__item, input__item_item
                                            ),
                                            "an integer",
                                            input__item_item,
                                        )
                            else:
                                raise wrong_type(at_item("input", input_, input__item), "an array", input__item)
                    except DecodeError:
                        raise DecodeError("input", "expected an array of strings or of integers or of arrays") from None
        elif not isinstance(input_, str):
            raise wrong_type("input", "a string or an array", input_)
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
        _encoding_format = rest_.pop("encoding_format", UNSET)
        encoding_format: EmbeddingEncodingFormat | Unset
        if isinstance(_encoding_format, str):
            encoding_format = EmbeddingEncodingFormat(_encoding_format)
        elif _encoding_format is not UNSET:
            raise wrong_type("encoding_format", "a string", _encoding_format)
        else:
            encoding_format = _encoding_format
        dimensions = rest_.pop("dimensions", UNSET)
        if type(dimensions) is not int and dimensions is not UNSET and not_integer(dimensions):
            raise wrong_type("dimensions", "an integer", dimensions)
        user = rest_.pop("user", UNSET)
        if not isinstance(user, str) and user is not UNSET:
            raise wrong_type("user", "a string", user)
        decoded_ = cls(
            model=model,
            input_=input_,
            hosting=hosting,
            tags=tags,
            encoding_format=encoding_format,
            dimensions=dimensions,
            user=user,
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
