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
from ..models.semantic_embedding_compress_to_size import SemanticEmbeddingCompressToSize
from ..models.semantic_representation import SemanticRepresentation
from ..models.text_prompt_item import TextPromptItem
from ..models.token_ids_prompt_item import TokenIdsPromptItem
from ..types import UNSET, Kept, Unset

T = TypeVar("T", bound="SemanticEmbeddingRequest")


@_attrs_define
class SemanticEmbeddingRequest:
    """What to embed, and for which comparison.

    Attributes:
        prompt (list[ImagePromptItem | TextPromptItem | TokenIdsPromptItem] | str): A text, or a list of items that are
            joined to one prompt.
        representation (SemanticRepresentation): `symmetric` embeddings compare with each other; `query` ones, for short
            texts, with `document` ones.
        model (str | Unset): Name of the model. When absent the server chooses.
        hosting (Hosting | None | Unset): Where a request may be computed. Null or absent allows any place.
        tags (list[str] | Unset): Labels that clients attach to a request, for the operator's own use.
        compress_to_size (None | SemanticEmbeddingCompressToSize | Unset): Null or absent returns all dimensions.
        normalize (bool | Unset): Scales embeddings to length 1.
        contextual_control_threshold (float | None | Unset): Null applies controls to the marked tokens only. A number
            applies them as well to each token whose embedding is at least that similar (cosine) to a marked one.
        control_log_additive (bool | Unset): True adds the logarithm of a control's factor to the attention scores.
            False multiplies the scores' distance from their minimum by it.
    """

    prompt: list[ImagePromptItem | TextPromptItem | TokenIdsPromptItem] | str
    representation: SemanticRepresentation
    model: str | Unset = UNSET
    hosting: Hosting | None | Unset = UNSET
    tags: list[str] | Unset = UNSET
    compress_to_size: None | SemanticEmbeddingCompressToSize | Unset = UNSET
    normalize: bool | Unset = UNSET
    contextual_control_threshold: float | None | Unset = UNSET
    control_log_additive: bool | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {
            "prompt": ([item_.to_dict() for item_ in self.prompt] if isinstance(self.prompt, list) else self.prompt),
            "representation": str(self.representation),
        }
        if self.model is not UNSET:
            json_["model"] = self.model
        if self.hosting is not UNSET:
            json_["hosting"] = str(self.hosting) if isinstance(self.hosting, Hosting) else self.hosting
        if self.tags is not UNSET:
            json_["tags"] = self.tags
        if self.compress_to_size is not UNSET:
            json_["compress_to_size"] = (
                int(self.compress_to_size)
                if isinstance(self.compress_to_size, SemanticEmbeddingCompressToSize)
                else self.compress_to_size
            )
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
            _prompt = rest_.pop("prompt")
            _representation = rest_.pop("representation")
        except KeyError as error_:
            raise missing_field(error_) from None
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
        representation: SemanticRepresentation
        if isinstance(_representation, str):
            representation = SemanticRepresentation(_representation)
        else:
            raise wrong_type("representation", "a string", _representation)
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
        _compress_to_size = rest_.pop("compress_to_size", UNSET)
        compress_to_size: None | SemanticEmbeddingCompressToSize | Unset
        if type(_compress_to_size) is int:
            compress_to_size = SemanticEmbeddingCompressToSize(_compress_to_size)
        elif _compress_to_size is not None and _compress_to_size is not UNSET:
            raise wrong_type("compress_to_size", "an integer or null", _compress_to_size)
        else:
            compress_to_size = _compress_to_size
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
            prompt=prompt,
            representation=representation,
            model=model,
            hosting=hosting,
            tags=tags,
            compress_to_size=compress_to_size,
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
