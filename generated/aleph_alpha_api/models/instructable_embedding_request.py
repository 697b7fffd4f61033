# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import at_item, fields_of, kept, missing_field, not_number, odd, wrong_tag, wrong_type
from ..errors import DecodeError
from ..models.hosting import Hosting
from ..models.image_prompt_item import ImagePromptItem
from ..models.text_prompt_item import TextPromptItem
from ..models.token_ids_prompt_item import TokenIdsPromptItem
from ..types import UNSET, Kept, Unset

T = TypeVar("T", bound="InstructableEmbeddingRequest")


@_attrs_define
class InstructableEmbeddingRequest:
    """What to embed, and what to look at in it.

    Attributes:
        input_ (list[ImagePromptItem | TextPromptItem | TokenIdsPromptItem] | str): A text, or a list of items that are
            joined to one prompt.
        instruction (str): What the embedding is to be about.
        model (str | Unset): Name of the model. When absent the server chooses.
        hosting (Hosting | None | Unset): Where a request may be computed. Null or absent allows any place.
        tags (list[str] | Unset): Labels that clients attach to a request, for the operator's own use.
        normalize (bool | Unset): Scales embeddings to length 1.
        contextual_control_threshold (float | None | Unset): Null applies controls to the marked tokens only. A number
            applies them as well to each token whose embedding is at least that similar (cosine) to a marked one.
        control_log_additive (bool | Unset): True adds the logarithm of a control's factor to the attention scores.
            False multiplies the scores' distance from their minimum by it.
    """

    input_: list[ImagePromptItem | TextPromptItem | TokenIdsPromptItem] | str
    instruction: str
    model: str | Unset = UNSET
    hosting: Hosting | None | Unset = UNSET
    tags: list[str] | Unset = UNSET
    normalize: bool | Unset = UNSET
    contextual_control_threshold: float | None | Unset = UNSET
    control_log_additive: bool | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {
            "input": ([item_.to_dict() for item_ in self.input_] if isinstance(self.input_, list) else self.input_),
            "instruction": self.instruction,
        }
        if self.model is not UNSET:
            json_["model"] = self.model
        if self.hosting is not UNSET:
            json_["hosting"] = str(self.hosting) if isinstance(self.hosting, Hosting) else self.hosting
        if self.tags is not UNSET:
            json_["tags"] = self.tags
        if self.normalize is not UNSET:
            json_["normalize"] = self.normalize
        if self.contextual_control_threshold is not UNSET:
            json_["contextual_control_threshold"] = self.contextual_control_threshold
        if self.control_log_additive is not UNSET:
            json_["control_log_additive"] = self.control_log_additive
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            _input_ = rest_.pop("input")
            instruction = rest_.pop("instruction")
        except KeyError as error_:
            raise missing_field(error_) from None
        input_: list[ImagePromptItem | TextPromptItem | TokenIdsPromptItem] | str
        if isinstance(_input_, list):
            input_ = []
            for input__item_data in _input_:
                input__item: ImagePromptItem | TextPromptItem | TokenIdsPromptItem
                if isinstance(input__item_data, dict):
                    tag_ = input__item_data.get("type")
                    try:
                        if type(input__item_data) is Kept:
                            input__item = kept(input__item_data)
                        elif tag_ == "text":
                            input__item = TextPromptItem.from_dict(input__item_data)
                        elif tag_ == "image":
                            input__item = ImagePromptItem.from_dict(input__item_data)
                        elif tag_ == "token_ids":
                            input__item = TokenIdsPromptItem.from_dict(input__item_data)
                        else:
                            raise wrong_tag("type", ("text", "image", "token_ids"), tag_)
                    except DecodeError as error_:
                        raise error_.within(at_item("input", _input_, input__item_data))
                else:
                    raise wrong_type(at_item("input", _input_, input__item_data), "an object", input__item_data)
                input_.append(input__item)
        elif not isinstance(_input_, str):
            raise wrong_type("input", "a string or an array", _input_)
        else:
            input_ = _input_
        if not isinstance(instruction, str):
            raise wrong_type("instruction", "a string", instruction)
        model = rest_.pop("model", UNSET)
        if not isinstance(model, str) and model is not UNSET:
            raise wrong_type("model", "a string", model)
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
        normalize = rest_.pop("normalize", UNSET)
        if not isinstance(normalize, bool) and normalize is not UNSET:
            raise wrong_type("normalize", "a boolean", normalize)
        contextual_control_threshold = rest_.pop("contextual_control_threshold", UNSET)
        if (
            type(contextual_control_threshold) is not float
            and type(contextual_control_threshold) is not int
            and contextual_control_threshold is not None
            and contextual_control_threshold is not UNSET
            and not_number(contextual_control_threshold)
        ):
            raise wrong_type("contextual_control_threshold", "a number or null", contextual_control_threshold)
        control_log_additive = rest_.pop("control_log_additive", UNSET)
        if not isinstance(control_log_additive, bool) and control_log_additive is not UNSET:
            raise wrong_type("control_log_additive", "a boolean", control_log_additive)
        decoded_ = cls(
            input_=input_,
            instruction=instruction,
            model=model,
            hosting=hosting,
            tags=tags,
            normalize=normalize,
            contextual_control_threshold=contextual_control_threshold,
            control_log_additive=control_log_additive,
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
