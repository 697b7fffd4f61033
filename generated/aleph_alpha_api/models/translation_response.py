# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import at_item, fields_of, missing_field, not_integer, not_number, odd, wrong_type
from ..errors import DecodeError
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.translation_segment import TranslationSegment


T = TypeVar("T", bound="TranslationResponse")


@_attrs_define
class TranslationResponse:
    """The translation.

    Attributes:
        translation (str): All of it.
        score (float | Unset): How good it is estimated to be, 0 to 1.
        segments (list[TranslationSegment] | None | Unset): Piece by piece. Null for models that do not say.
        num_tokens_prompt_total (int | Unset): Tokens read. May be 0.
        num_tokens_generated (int | Unset): Tokens generated. May be 0.
    """

    translation: str
    score: float | Unset = UNSET
    segments: list[TranslationSegment] | None | Unset = UNSET
    num_tokens_prompt_total: int | Unset = UNSET
    num_tokens_generated: int | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {"translation": self.translation}
        if self.score is not UNSET:
            json_["score"] = self.score
        if self.segments is not UNSET:
            json_["segments"] = (
                [item_.to_dict() for item_ in self.segments] if isinstance(self.segments, list) else self.segments
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
            translation = rest_.pop("translation")
            score = rest_.pop("score")
            num_tokens_prompt_total = rest_.pop("num_tokens_prompt_total")
            num_tokens_generated = rest_.pop("num_tokens_generated")
        except KeyError as error_:
            raise missing_field(error_) from None
        if not isinstance(translation, str):
            raise wrong_type("translation", "a string", translation)
        if type(score) is not float and type(score) is not int and score is not UNSET and not_number(score):
            raise wrong_type("score", "a number", score)
        _segments = rest_.pop("segments", UNSET)
        segments: list[TranslationSegment] | None | Unset
        if isinstance(_segments, list):
            from ..models.translation_segment import TranslationSegment

            segments = []
            for segments_item_data in _segments:
                segments_item: TranslationSegment
                try:
                    segments_item = TranslationSegment.from_dict(segments_item_data)
                except DecodeError as error_:
                    raise error_.within(at_item("segments", _segments, segments_item_data))
                segments.append(segments_item)
        elif _segments is not None and _segments is not UNSET:
            raise wrong_type("segments", "an array or null", _segments)
        else:
            segments = _segments
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
            translation=translation,
            score=score,
            segments=segments,
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
