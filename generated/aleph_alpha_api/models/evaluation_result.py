# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import fields_of, missing_field, not_integer, not_number, odd, wrong_type
from ..types import UNSET, Unset

T = TypeVar("T", bound="EvaluationResult")


@_attrs_define
class EvaluationResult:
    """Scores of the expected completion.

    Attributes:
        log_probability (float): Natural logarithm of its probability.
        log_perplexity (float | None | Unset): The same with the sign turned.
        log_perplexity_per_token (float | None | Unset): Divided by the number of tokens.
        log_perplexity_per_character (float | None | Unset): Divided by the number of characters.
        correct_greedy (bool | None | Unset): Whether the model would have given it on its own.
        token_count (int | None | Unset): Its tokens.
        character_count (int | None | Unset): Its characters.
        completion (None | str | Unset): What the model would have given on its own.
    """

    log_probability: float
    log_perplexity: float | None | Unset = UNSET
    log_perplexity_per_token: float | None | Unset = UNSET
    log_perplexity_per_character: float | None | Unset = UNSET
    correct_greedy: bool | None | Unset = UNSET
    token_count: int | None | Unset = UNSET
    character_count: int | None | Unset = UNSET
    completion: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {"log_probability": self.log_probability}
        if self.log_perplexity is not UNSET:
            json_["log_perplexity"] = self.log_perplexity
        if self.log_perplexity_per_token is not UNSET:
            json_["log_perplexity_per_token"] = self.log_perplexity_per_token
        if self.log_perplexity_per_character is not UNSET:
            json_["log_perplexity_per_character"] = self.log_perplexity_per_character
        if self.correct_greedy is not UNSET:
            json_["correct_greedy"] = self.correct_greedy
        if self.token_count is not UNSET:
            json_["token_count"] = self.token_count
        if self.character_count is not UNSET:
            json_["character_count"] = self.character_count
        if self.completion is not UNSET:
            json_["completion"] = self.completion
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            log_probability = rest_.pop("log_probability")
        except KeyError as error_:
            raise missing_field(error_) from None
        if type(log_probability) is not float and type(log_probability) is not int and not_number(log_probability):
            raise wrong_type("log_probability", "a number", log_probability)
        log_perplexity = rest_.pop("log_perplexity", UNSET)
        if (
            type(log_perplexity) is not float
            and type(log_perplexity) is not int
            and log_perplexity is not None
            and log_perplexity is not UNSET
            and not_number(log_perplexity)
        ):
            raise wrong_type("log_perplexity", "a number or null", log_perplexity)
        log_perplexity_per_token = rest_.pop("log_perplexity_per_token", UNSET)
        if (
            type(log_perplexity_per_token) is not float
            and type(log_perplexity_per_token) is not int
            and log_perplexity_per_token is not None
            and log_perplexity_per_token is not UNSET
            and not_number(log_perplexity_per_token)
        ):
            raise wrong_type("log_perplexity_per_token", "a number or null", log_perplexity_per_token)
        log_perplexity_per_character = rest_.pop("log_perplexity_per_character", UNSET)
        if (
            type(log_perplexity_per_character) is not float
            and type(log_perplexity_per_character) is not int
            and log_perplexity_per_character is not None
            and log_perplexity_per_character is not UNSET
            and not_number(log_perplexity_per_character)
        ):
            raise wrong_type("log_perplexity_per_character", "a number or null", log_perplexity_per_character)
        correct_greedy = rest_.pop("correct_greedy", UNSET)
        if not isinstance(correct_greedy, bool) and correct_greedy is not None and correct_greedy is not UNSET:
            raise wrong_type("correct_greedy", "a boolean or null", correct_greedy)
        token_count = rest_.pop("token_count", UNSET)
        if (
            type(token_count) is not int
            and token_count is not None
            and token_count is not UNSET
            and not_integer(token_count)
        ):
            raise wrong_type("token_count", "an integer or null", token_count)
        character_count = rest_.pop("character_count", UNSET)
        if (
            type(character_count) is not int
            and character_count is not None
            and character_count is not UNSET
            and not_integer(character_count)
        ):
            raise wrong_type("character_count", "an integer or null", character_count)
        completion = rest_.pop("completion", UNSET)
        if not isinstance(completion, str) and completion is not None and completion is not UNSET:
            raise wrong_type("completion", "a string or null", completion)
        decoded_ = cls(
            log_probability=log_probability,
            log_perplexity=log_perplexity,
            log_perplexity_per_token=log_perplexity_per_token,
            log_perplexity_per_character=log_perplexity_per_character,
            correct_greedy=correct_greedy,
            token_count=token_count,
            character_count=character_count,
            completion=completion,
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
