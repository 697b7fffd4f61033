# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import fields_of, not_integer, not_number, odd, wrong_type
from ..types import UNSET, Unset

T = TypeVar("T", bound="RecentRequest")


@_attrs_define
class RecentRequest:
    """A request and what it cost.

    Attributes:
        create_timestamp (str | Unset): When it came in.
        model_name (str | Unset): Name of the model.
        request_type (str | Unset): Which task it was.
        token_count_prompt (int | Unset): Tokens of the prompt.
        image_count_prompt (int | Unset): Images in the prompt.
        token_count_completion (int | Unset): Tokens generated.
        duration_millis (int | Unset): How long it took in milliseconds.
        credits_ (float | Unset): What it cost.
    """

    create_timestamp: str | Unset = UNSET
    model_name: str | Unset = UNSET
    request_type: str | Unset = UNSET
    token_count_prompt: int | Unset = UNSET
    image_count_prompt: int | Unset = UNSET
    token_count_completion: int | Unset = UNSET
    duration_millis: int | Unset = UNSET
    credits_: float | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {}
        if self.create_timestamp is not UNSET:
            json_["create_timestamp"] = self.create_timestamp
        if self.model_name is not UNSET:
            json_["model_name"] = self.model_name
        if self.request_type is not UNSET:
            json_["request_type"] = self.request_type
        if self.token_count_prompt is not UNSET:
            json_["token_count_prompt"] = self.token_count_prompt
        if self.image_count_prompt is not UNSET:
            json_["image_count_prompt"] = self.image_count_prompt
        if self.token_count_completion is not UNSET:
            json_["token_count_completion"] = self.token_count_completion
        if self.duration_millis is not UNSET:
            json_["duration_millis"] = self.duration_millis
        if self.credits_ is not UNSET:
            json_["credits"] = self.credits_
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        create_timestamp = rest_.pop("create_timestamp", UNSET)
        if not isinstance(create_timestamp, str) and create_timestamp is not UNSET:
            raise wrong_type("create_timestamp", "a string", create_timestamp)
        model_name = rest_.pop("model_name", UNSET)
        if not isinstance(model_name, str) and model_name is not UNSET:
            raise wrong_type("model_name", "a string", model_name)
        request_type = rest_.pop("request_type", UNSET)
        if not isinstance(request_type, str) and request_type is not UNSET:
            raise wrong_type("request_type", "a string", request_type)
        token_count_prompt = rest_.pop("token_count_prompt", UNSET)
        if type(token_count_prompt) is not int and token_count_prompt is not UNSET and not_integer(token_count_prompt):
            raise wrong_type("token_count_prompt", "an integer", token_count_prompt)
        image_count_prompt = rest_.pop("image_count_prompt", UNSET)
        if type(image_count_prompt) is not int and image_count_prompt is not UNSET and not_integer(image_count_prompt):
            raise wrong_type("image_count_prompt", "an integer", image_count_prompt)
        token_count_completion = rest_.pop("token_count_completion", UNSET)
        if (
            type(token_count_completion) is not int
            and token_count_completion is not UNSET
            and not_integer(token_count_completion)
        ):
            raise wrong_type("token_count_completion", "an integer", token_count_completion)
        duration_millis = rest_.pop("duration_millis", UNSET)
        if type(duration_millis) is not int and duration_millis is not UNSET and not_integer(duration_millis):
            raise wrong_type("duration_millis", "an integer", duration_millis)
        credits_ = rest_.pop("credits", UNSET)
        if type(credits_) is not float and type(credits_) is not int and credits_ is not UNSET and not_number(credits_):
            raise wrong_type("credits", "a number", credits_)
        decoded_ = cls(
            create_timestamp=create_timestamp,
            model_name=model_name,
            request_type=request_type,
            token_count_prompt=token_count_prompt,
            image_count_prompt=image_count_prompt,
            token_count_completion=token_count_completion,
            duration_millis=duration_millis,
            credits_=credits_,
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
