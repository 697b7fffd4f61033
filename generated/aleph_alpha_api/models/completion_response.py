# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import at_item, fields_of, kept, missing_field, not_integer, odd, wrong_tag, wrong_type
from ..errors import DecodeError
from ..models.completion_result import CompletionResult
from ..types import UNSET, Kept, Unset

if TYPE_CHECKING:
    from ..models.image_prompt_item import ImagePromptItem
    from ..models.text_prompt_item import TextPromptItem
    from ..models.token_ids_prompt_item import TokenIdsPromptItem


T = TypeVar("T", bound="CompletionResponse")


@_attrs_define
class CompletionResponse:
    """The completions and what they cost.

    Attributes:
        completions (list[CompletionResult]): One result for each of `n`.
        model_version (str | Unset): Version of the model that answered.
        optimized_prompt (list[ImagePromptItem | TextPromptItem | TokenIdsPromptItem] | None | Unset):
        num_tokens_prompt_total (int | Unset): Tokens of the prompt, counted once for each of `n` or `best_of`.
        num_tokens_generated (int | Unset): Tokens generated for all of `n` or `best_of`.
    """

    completions: list[CompletionResult]
    model_version: str | Unset = UNSET
    optimized_prompt: list[ImagePromptItem | TextPromptItem | TokenIdsPromptItem] | None | Unset = UNSET
    num_tokens_prompt_total: int | Unset = UNSET
    num_tokens_generated: int | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {"completions": [item_.to_dict() for item_ in self.completions]}
        if self.model_version is not UNSET:
            json_["model_version"] = self.model_version
        if self.optimized_prompt is not UNSET:
            json_["optimized_prompt"] = (
                [item_.to_dict() for item_ in self.optimized_prompt]
                if isinstance(self.optimized_prompt, list)
                else self.optimized_prompt
            )
        if self.num_tokens_prompt_total is not UNSET:
            json_["num_tokens_prompt_total"] = self.num_tokens_prompt_total
        if self.num_tokens_generated is not UNSET:
            json_["num_tokens_generated"] = self.num_tokens_generated
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            _completions = rest_.pop("completions")
            model_version = rest_.pop("model_version")
            num_tokens_prompt_total = rest_.pop("num_tokens_prompt_total")
            num_tokens_generated = rest_.pop("num_tokens_generated")
        except KeyError as error_:
            raise missing_field(error_) from None
        completions: list[CompletionResult]
        if isinstance(_completions, list):
            completions = []
            for completions_item_data in _completions:
                completions_item: CompletionResult
                try:
                    completions_item = CompletionResult.from_dict(completions_item_data)
                except DecodeError as error_:
                    raise error_.within(at_item("completions", _completions, completions_item_data))
                completions.append(completions_item)
        else:
            raise wrong_type("completions", "an array", _completions)
        if not isinstance(model_version, str) and model_version is not UNSET:
            raise wrong_type("model_version", "a string", model_version)
        _optimized_prompt = rest_.pop("optimized_prompt", UNSET)
        optimized_prompt: list[ImagePromptItem | TextPromptItem | TokenIdsPromptItem] | None | Unset
        if isinstance(_optimized_prompt, list):
            from ..models.image_prompt_item import ImagePromptItem
            from ..models.text_prompt_item import TextPromptItem
            from ..models.token_ids_prompt_item import TokenIdsPromptItem

            optimized_prompt = []
            for optimized_prompt_item_data in _optimized_prompt:
                optimized_prompt_item: ImagePromptItem | TextPromptItem | TokenIdsPromptItem
                if isinstance(optimized_prompt_item_data, dict):
                    tag_ = optimized_prompt_item_data.get("type")
                    try:
                        if type(optimized_prompt_item_data) is Kept:
                            optimized_prompt_item = kept(optimized_prompt_item_data)
                        elif tag_ == "text":
                            optimized_prompt_item = TextPromptItem.from_dict(optimized_prompt_item_data)
                        elif tag_ == "image":
                            optimized_prompt_item = ImagePromptItem.from_dict(optimized_prompt_item_data)
                        elif tag_ == "token_ids":
                            optimized_prompt_item = TokenIdsPromptItem.from_dict(optimized_prompt_item_data)
                        else:
                            raise wrong_tag("type", ("text", "image", "token_ids"), tag_)
                    except DecodeError as error_:
                        raise error_.within(at_item("optimized_prompt", _optimized_prompt, optimized_prompt_item_data))
                else:
                    raise wrong_type(
                        at_item("optimized_prompt", _optimized_prompt, optimized_prompt_item_data),
                        "an object",
                        optimized_prompt_item_data,
                    )
                optimized_prompt.append(optimized_prompt_item)
        elif _optimized_prompt is not None and _optimized_prompt is not UNSET:
            raise wrong_type("optimized_prompt", "an array or null", _optimized_prompt)
        else:
            optimized_prompt = _optimized_prompt
        if (
            type(num_tokens_prompt_total) is not int
            and num_tokens_prompt_total is not UNSET
            and not_integer(num_tokens_prompt_total)
        ):
            raise wrong_type("num_tokens_prompt_total", "an integer", num_tokens_prompt_total)
        if (
            type(num_tokens_generated) is not int
            and num_tokens_generated is not UNSET
            and not_integer(num_tokens_generated)
        ):
            raise wrong_type("num_tokens_generated", "an integer", num_tokens_generated)
        decoded_ = cls(
            completions=completions,
            model_version=model_version,
            optimized_prompt=optimized_prompt,
            num_tokens_prompt_total=num_tokens_prompt_total,
            num_tokens_generated=num_tokens_generated,
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
