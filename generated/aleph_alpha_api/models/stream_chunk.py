# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import at_item, fields_of, missing_field, not_integer, odd, wrong_const, wrong_type
from ..errors import DecodeError
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.token_log_probs import TokenLogProbs


T = TypeVar("T", bound="StreamChunk")


@_attrs_define
class StreamChunk:
    """The next piece of one completion.

    Attributes:
        type_ (Literal['stream_chunk']):  Default: 'stream_chunk'.
        index (int): Which of `n` it belongs to, counted from 0.
        completion (str): The text to append.
        log_probs (list[TokenLogProbs] | None | Unset): One map for each token of the piece. Only there when `log_probs`
            was asked for.
        raw_completion (None | str | Unset): The text as the model gave it.
        completion_tokens (list[str] | None | Unset): The tokens of the piece as text.
    """

    index: int
    completion: str
    type_: Literal["stream_chunk"] = "stream_chunk"
    log_probs: list[TokenLogProbs] | None | Unset = UNSET
    raw_completion: None | str | Unset = UNSET
    completion_tokens: list[str] | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {"type": self.type_, "index": self.index, "completion": self.completion}
        if self.log_probs is not UNSET:
            json_["log_probs"] = (
                [item_.to_dict() for item_ in self.log_probs] if isinstance(self.log_probs, list) else self.log_probs
            )
        if self.raw_completion is not UNSET:
            json_["raw_completion"] = self.raw_completion
        if self.completion_tokens is not UNSET:
            json_["completion_tokens"] = self.completion_tokens
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            type_ = rest_.pop("type")
            index = rest_.pop("index")
            completion = rest_.pop("completion")
        except KeyError as error_:
            raise missing_field(error_) from None
        if type_ != "stream_chunk":
            raise wrong_const("type", "stream_chunk", type_)
        if type(index) is not int and not_integer(index):
            raise wrong_type("index", "an integer", index)
        if not isinstance(completion, str):
            raise wrong_type("completion", "a string", completion)
        _log_probs = rest_.pop("log_probs", UNSET)
        log_probs: list[TokenLogProbs] | None | Unset
        if isinstance(_log_probs, list):
            from ..models.token_log_probs import TokenLogProbs

            log_probs = []
            for log_probs_item_data in _log_probs:
                log_probs_item: TokenLogProbs
                try:
                    log_probs_item = TokenLogProbs.from_dict(log_probs_item_data)
                except DecodeError as error_:
                    raise error_.within(at_item("log_probs", _log_probs, log_probs_item_data))
                log_probs.append(log_probs_item)
        elif _log_probs is not None and _log_probs is not UNSET:
            raise wrong_type("log_probs", "an array or null", _log_probs)
        else:
            log_probs = _log_probs
        raw_completion = rest_.pop("raw_completion", UNSET)
        if not isinstance(raw_completion, str) and raw_completion is not None and raw_completion is not UNSET:
            raise wrong_type("raw_completion", "a string or null", raw_completion)
        completion_tokens = rest_.pop("completion_tokens", UNSET)
        if isinstance(completion_tokens, list):
            for completion_tokens_item in completion_tokens:
                if not isinstance(completion_tokens_item, str):
                    raise wrong_type(
                        at_item("completion_tokens", completion_tokens, completion_tokens_item),
                        "a string",
                        completion_tokens_item,
                    )
        elif completion_tokens is not None and completion_tokens is not UNSET:
            raise wrong_type("completion_tokens", "an array or null", completion_tokens)
        decoded_ = cls(
            type_=type_,
            index=index,
            completion=completion,
            log_probs=log_probs,
            raw_completion=raw_completion,
            completion_tokens=completion_tokens,
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
