# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import at_item, fields_of, missing_field, not_integer, odd, wrong_type
from ..errors import DecodeError
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.transcribe_segment import TranscribeSegment


T = TypeVar("T", bound="TranscribeResponse")


@_attrs_define
class TranscribeResponse:
    """What is said.

    Attributes:
        transcription (str): All of it.
        segments (list[TranscribeSegment] | Unset): Piece by piece.
        language (str | Unset): What is spoken.
        num_tokens_prompt_total (int | Unset): Tokens read.
        num_tokens_generated (int | Unset): Tokens generated.
    """

    transcription: str
    segments: list[TranscribeSegment] | Unset = UNSET
    language: str | Unset = UNSET
    num_tokens_prompt_total: int | Unset = UNSET
    num_tokens_generated: int | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {"transcription": self.transcription}
        if self.segments is not UNSET:
            json_["segments"] = [item_.to_dict() for item_ in self.segments]
        if self.language is not UNSET:
            json_["language"] = self.language
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
            transcription = rest_.pop("transcription")
        except KeyError as error_:
            raise missing_field(error_) from None
        if not isinstance(transcription, str):
            raise wrong_type("transcription", "a string", transcription)
        _segments = rest_.pop("segments", UNSET)
        segments: list[TranscribeSegment] | Unset
        if isinstance(_segments, list):
            from ..models.transcribe_segment import TranscribeSegment

            segments = []
            for segments_item_data in _segments:
                segments_item: TranscribeSegment
                try:
                    segments_item = TranscribeSegment.from_dict(segments_item_data)
                except DecodeError as error_:
                    raise error_.within(at_item("segments", _segments, segments_item_data))
                segments.append(segments_item)
        elif _segments is not UNSET:
            raise wrong_type("segments", "an array", _segments)
        else:
            segments = _segments
        language = rest_.pop("language", UNSET)
        if not isinstance(language, str) and language is not UNSET:
            raise wrong_type("language", "a string", language)
        num_tokens_prompt_total = rest_.pop("num_tokens_prompt_total", UNSET)
        if (
            type(num_tokens_prompt_total) is not int
            and num_tokens_prompt_total is not UNSET
            and not_integer(num_tokens_prompt_total)
        ):
            raise wrong_type("num_tokens_prompt_total", "an integer", num_tokens_prompt_total)
        num_tokens_generated = rest_.pop("num_tokens_generated", UNSET)
        if (
            type(num_tokens_generated) is not int
            and num_tokens_generated is not UNSET
            and not_integer(num_tokens_generated)
        ):
            raise wrong_type("num_tokens_generated", "an integer", num_tokens_generated)
        decoded_ = cls(
            transcription=transcription,
            segments=segments,
            language=language,
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
