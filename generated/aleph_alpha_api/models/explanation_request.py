# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import at_item, fields_of, kept, missing_field, not_number, odd, wrong_tag, wrong_type
from ..errors import DecodeError
from ..models.control_token_overlap import ControlTokenOverlap
from ..models.explanation_postprocessing import ExplanationPostprocessing
from ..models.hosting import Hosting
from ..models.image_prompt_item import ImagePromptItem
from ..models.target_granularity import TargetGranularity
from ..models.text_prompt_item import TextPromptItem
from ..models.token_ids_prompt_item import TokenIdsPromptItem
from ..types import UNSET, Kept, Unset

if TYPE_CHECKING:
    from ..models.prompt_granularity import PromptGranularity


T = TypeVar("T", bound="ExplanationRequest")


@_attrs_define
class ExplanationRequest:
    """Which completion to explain, and how finely.

    Attributes:
        model (str): Name of the model.
        prompt (list[ImagePromptItem | TextPromptItem | TokenIdsPromptItem] | str): A text, or a list of items that are
            joined to one prompt.
        target (None | str): The completion to explain.
        hosting (Hosting | None | Unset): Where a request may be computed. Null or absent allows any place.
        tags (list[str] | Unset): Labels that clients attach to a request, for the operator's own use.
        control_factor (float | Unset): How far attention is turned down to see what a part matters, 0 to 1.
        contextual_control_threshold (float | None | Unset): Null applies controls to the marked tokens only. A number
            applies them as well to each token whose embedding is at least that similar (cosine) to a marked one.
        control_log_additive (bool | Unset): True adds the logarithm of a control's factor to the attention scores.
            False multiplies the scores' distance from their minimum by it.
        postprocessing (ExplanationPostprocessing | Unset): What is done to each score.
        normalize (bool | Unset): Brings the scores to the range from 0 to 1, after `postprocessing`. Documented as the
            lowest becoming 0 and the highest 1; recorded as max(0, tanh(score)).
        prompt_granularity (PromptGranularity | Unset): Into which parts the prompt is cut. When absent, such that about
            30 parts result.
        target_granularity (TargetGranularity | Unset): One explanation for the whole target, or one for each of its
            tokens.
        control_token_overlap (ControlTokenOverlap | Unset): For a token that a control covers in part: `partial`
            weakens the factor to the covered share, `complete` applies it in full.
    """

    model: str
    prompt: list[ImagePromptItem | TextPromptItem | TokenIdsPromptItem] | str
    target: None | str
    hosting: Hosting | None | Unset = UNSET
    tags: list[str] | Unset = UNSET
    control_factor: float | Unset = UNSET
    contextual_control_threshold: float | None | Unset = UNSET
    control_log_additive: bool | Unset = UNSET
    postprocessing: ExplanationPostprocessing | Unset = UNSET
    normalize: bool | Unset = UNSET
    prompt_granularity: PromptGranularity | Unset = UNSET
    target_granularity: TargetGranularity | Unset = UNSET
    control_token_overlap: ControlTokenOverlap | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {
            "model": self.model,
            "prompt": ([item_.to_dict() for item_ in self.prompt] if isinstance(self.prompt, list) else self.prompt),
            "target": self.target,
        }
        if self.hosting is not UNSET:
            json_["hosting"] = str(self.hosting) if isinstance(self.hosting, Hosting) else self.hosting
        if self.tags is not UNSET:
            json_["tags"] = self.tags
        if self.control_factor is not UNSET:
            json_["control_factor"] = self.control_factor
        if self.contextual_control_threshold is not UNSET:
            json_["contextual_control_threshold"] = self.contextual_control_threshold
        if self.control_log_additive is not UNSET:
            json_["control_log_additive"] = self.control_log_additive
        if self.postprocessing is not UNSET:
            json_["postprocessing"] = str(self.postprocessing)
        if self.normalize is not UNSET:
            json_["normalize"] = self.normalize
        if self.prompt_granularity is not UNSET:
            json_["prompt_granularity"] = self.prompt_granularity.to_dict()
        if self.target_granularity is not UNSET:
            json_["target_granularity"] = str(self.target_granularity)
        if self.control_token_overlap is not UNSET:
            json_["control_token_overlap"] = str(self.control_token_overlap)
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            model = rest_.pop("model")
            _prompt = rest_.pop("prompt")
            target = rest_.pop("target")
        except KeyError as error_:
            raise missing_field(error_) from None
        if not isinstance(model, str):
            raise wrong_type("model", "a string", model)
        prompt: list[ImagePromptItem | TextPromptItem | TokenIdsPromptItem] | str
        if isinstance(_prompt, list):
            prompt = []
            for prompt_item_data in _prompt:
                prompt_item: ImagePromptItem | TextPromptItem | TokenIdsPromptItem
                if isinstance(prompt_item_data, dict):
                    tag_ = prompt_item_data.get("type")
                    try:
                        if type(prompt_item_data) is Kept:
                            prompt_item = kept(prompt_item_data)
                        elif tag_ == "text":
                            prompt_item = TextPromptItem.from_dict(prompt_item_data)
                        elif tag_ == "image":
                            prompt_item = ImagePromptItem.from_dict(prompt_item_data)
                        elif tag_ == "token_ids":
                            prompt_item = TokenIdsPromptItem.from_dict(prompt_item_data)
                        else:
                            raise wrong_tag("type", ("text", "image", "token_ids"), tag_)
                    except DecodeError as error_:
                        raise error_.within(at_item("prompt", _prompt, prompt_item_data))
                else:
                    raise wrong_type(at_item("prompt", _prompt, prompt_item_data), "an object", prompt_item_data)
                prompt.append(prompt_item)
        elif not isinstance(_prompt, str):
            raise wrong_type("prompt", "a string or an array", _prompt)
        else:
            prompt = _prompt
        if not isinstance(target, str) and target is not None:
            raise wrong_type("target", "a string or null", target)
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
        control_factor = rest_.pop("control_factor", UNSET)
        if (
            type(control_factor) is not float
            and type(control_factor) is not int
            and control_factor is not UNSET
            and not_number(control_factor)
        ):
            raise wrong_type("control_factor", "a number", control_factor)
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
        _postprocessing = rest_.pop("postprocessing", UNSET)
        postprocessing: ExplanationPostprocessing | Unset
        if isinstance(_postprocessing, str):
            postprocessing = ExplanationPostprocessing(_postprocessing)
        elif _postprocessing is not UNSET:
            raise wrong_type("postprocessing", "a string", _postprocessing)
        else:
            postprocessing = _postprocessing
        normalize = rest_.pop("normalize", UNSET)
        if not isinstance(normalize, bool) and normalize is not UNSET:
            raise wrong_type("normalize", "a boolean", normalize)
        _prompt_granularity = rest_.pop("prompt_granularity", UNSET)
        prompt_granularity: PromptGranularity | Unset
        if isinstance(_prompt_granularity, dict):
            from ..models.prompt_granularity import PromptGranularity

            try:
                prompt_granularity = PromptGranularity.from_dict(_prompt_granularity)
            except DecodeError as error_:
                raise error_.within("prompt_granularity")
        elif _prompt_granularity is not UNSET:
            raise wrong_type("prompt_granularity", "an object", _prompt_granularity)
        else:
            prompt_granularity = _prompt_granularity
        _target_granularity = rest_.pop("target_granularity", UNSET)
        target_granularity: TargetGranularity | Unset
        if isinstance(_target_granularity, str):
            target_granularity = TargetGranularity(_target_granularity)
        elif _target_granularity is not UNSET:
            raise wrong_type("target_granularity", "a string", _target_granularity)
        else:
            target_granularity = _target_granularity
        _control_token_overlap = rest_.pop("control_token_overlap", UNSET)
        control_token_overlap: ControlTokenOverlap | Unset
        if isinstance(_control_token_overlap, str):
            control_token_overlap = ControlTokenOverlap(_control_token_overlap)
        elif _control_token_overlap is not UNSET:
            raise wrong_type("control_token_overlap", "a string", _control_token_overlap)
        else:
            control_token_overlap = _control_token_overlap
        decoded_ = cls(
            model=model,
            prompt=prompt,
            target=target,
            hosting=hosting,
            tags=tags,
            control_factor=control_factor,
            contextual_control_threshold=contextual_control_threshold,
            control_log_additive=control_log_additive,
            postprocessing=postprocessing,
            normalize=normalize,
            prompt_granularity=prompt_granularity,
            target_granularity=target_granularity,
            control_token_overlap=control_token_overlap,
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
