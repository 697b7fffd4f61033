# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import at_item, fields_of, missing_field, odd, wrong_type
from ..errors import DecodeError
from ..models.embedding_v2_list_object import EmbeddingV2ListObject
from ..models.embedding_v2_response_data import EmbeddingV2ResponseData
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.embedding_v2_usage import EmbeddingV2Usage


T = TypeVar("T", bound="EmbeddingV2Response")


@_attrs_define
class EmbeddingV2Response:
    """The embeddings and what they cost.

    Attributes:
        data (list[EmbeddingV2ResponseData]): One for each input.
        object_ (EmbeddingV2ListObject | Unset): The kind of the response.
        model (str | Unset): Name of the model.
        usage (EmbeddingV2Usage | Unset): Token counts.
    """

    data: list[EmbeddingV2ResponseData]
    object_: EmbeddingV2ListObject | Unset = UNSET
    model: str | Unset = UNSET
    usage: EmbeddingV2Usage | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {"data": [item_.to_dict() for item_ in self.data]}
        if self.object_ is not UNSET:
            json_["object"] = str(self.object_)
        if self.model is not UNSET:
            json_["model"] = self.model
        if self.usage is not UNSET:
            json_["usage"] = self.usage.to_dict()
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            _data = rest_.pop("data")
        except KeyError as error_:
            raise missing_field(error_) from None
        data: list[EmbeddingV2ResponseData]
        if isinstance(_data, list):
            data = []
            for data_item_data in _data:
                data_item: EmbeddingV2ResponseData
                try:
                    data_item = EmbeddingV2ResponseData.from_dict(data_item_data)
                except DecodeError as error_:
                    raise error_.within(at_item("data", _data, data_item_data))
                data.append(data_item)
        else:
            raise wrong_type("data", "an array", _data)
        _object_ = rest_.pop("object", UNSET)
        object_: EmbeddingV2ListObject | Unset
        if isinstance(_object_, str):
            object_ = EmbeddingV2ListObject(_object_)
        elif _object_ is not UNSET:
            raise wrong_type("object", "a string", _object_)
        else:
            object_ = _object_
        model = rest_.pop("model", UNSET)
        if not isinstance(model, str) and model is not UNSET:
            raise wrong_type("model", "a string", model)
        _usage = rest_.pop("usage", UNSET)
        usage: EmbeddingV2Usage | Unset
        if isinstance(_usage, dict):
            from ..models.embedding_v2_usage import EmbeddingV2Usage

            try:
                usage = EmbeddingV2Usage.from_dict(_usage)
            except DecodeError as error_:
                raise error_.within("usage")
        elif _usage is not UNSET:
            raise wrong_type("usage", "an object", _usage)
        else:
            usage = _usage
        decoded_ = cls(data=data, object_=object_, model=model, usage=usage)
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
