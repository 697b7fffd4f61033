# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import fields_of, missing_field, not_number, odd, wrong_type
from ..models.model_completion_type import ModelCompletionType
from ..models.model_embedding_type import ModelEmbeddingType
from ..models.model_status import ModelStatus
from ..types import UNSET, Unset

T = TypeVar("T", bound="ModelSettings")


@_attrs_define
class ModelSettings:
    """A model and what it can do.

    Attributes:
        name (str): Its name.
        status (ModelStatus | Unset): Whether a model can be used now.
        description (str | Unset): What it is good for.
        multimodal (bool | Unset): Whether prompts may hold images.
        max_context_size (float | Unset): Most tokens of prompt and completion together.
        semantic_embedding (bool | Unset): Whether it gives semantic embeddings.
        completion_type (ModelCompletionType | Unset): Whether a model gives completions.
        embedding_type (ModelEmbeddingType | Unset): Which embeddings a model gives.
        aligned (bool | Unset): Whether it was trained to follow instructions.
        chat (bool | Unset): Whether it can chat.
        prompt_template (str | Unset): A template that turns an instruction into a prompt for it.
        maximum_completion_tokens (float | None | Unset): Most tokens of a completion.
        model_card (None | str | Unset): Where it is described.
    """

    name: str
    status: ModelStatus | Unset = UNSET
    description: str | Unset = UNSET
    multimodal: bool | Unset = UNSET
    max_context_size: float | Unset = UNSET
    semantic_embedding: bool | Unset = UNSET
    completion_type: ModelCompletionType | Unset = UNSET
    embedding_type: ModelEmbeddingType | Unset = UNSET
    aligned: bool | Unset = UNSET
    chat: bool | Unset = UNSET
    prompt_template: str | Unset = UNSET
    maximum_completion_tokens: float | None | Unset = UNSET
    model_card: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {"name": self.name}
        if self.status is not UNSET:
            json_["status"] = str(self.status)
        if self.description is not UNSET:
            json_["description"] = self.description
        if self.multimodal is not UNSET:
            json_["multimodal"] = self.multimodal
        if self.max_context_size is not UNSET:
            json_["max_context_size"] = self.max_context_size
        if self.semantic_embedding is not UNSET:
            json_["semantic_embedding"] = self.semantic_embedding
        if self.completion_type is not UNSET:
            json_["completion_type"] = str(self.completion_type)
        if self.embedding_type is not UNSET:
            json_["embedding_type"] = str(self.embedding_type)
        if self.aligned is not UNSET:
            json_["aligned"] = self.aligned
        if self.chat is not UNSET:
            json_["chat"] = self.chat
        if self.prompt_template is not UNSET:
            json_["prompt_template"] = self.prompt_template
        if self.maximum_completion_tokens is not UNSET:
            json_["maximum_completion_tokens"] = self.maximum_completion_tokens
        if self.model_card is not UNSET:
            json_["model_card"] = self.model_card
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            name = rest_.pop("name")
        except KeyError as error_:
            raise missing_field(error_) from None
        if not isinstance(name, str):
            raise wrong_type("name", "a string", name)
        _status = rest_.pop("status", UNSET)
        status: ModelStatus | Unset
        if isinstance(_status, str):
            status = ModelStatus(_status)
        elif _status is not UNSET:
            raise wrong_type("status", "a string", _status)
        else:
            status = _status
        description = rest_.pop("description", UNSET)
        if not isinstance(description, str) and description is not UNSET:
            raise wrong_type("description", "a string", description)
        multimodal = rest_.pop("multimodal", UNSET)
        if not isinstance(multimodal, bool) and multimodal is not UNSET:
            raise wrong_type("multimodal", "a boolean", multimodal)
        max_context_size = rest_.pop("max_context_size", UNSET)
        if (
            type(max_context_size) is not float
            and type(max_context_size) is not int
            and max_context_size is not UNSET
            and not_number(max_context_size)
        ):
            raise wrong_type("max_context_size", "a number", max_context_size)
        semantic_embedding = rest_.pop("semantic_embedding", UNSET)
        if not isinstance(semantic_embedding, bool) and semantic_embedding is not UNSET:
            raise wrong_type("semantic_embedding", "a boolean", semantic_embedding)
        _completion_type = rest_.pop("completion_type", UNSET)
        completion_type: ModelCompletionType | Unset
        if isinstance(_completion_type, str):
            completion_type = ModelCompletionType(_completion_type)
        elif _completion_type is not UNSET:
            raise wrong_type("completion_type", "a string", _completion_type)
        else:
            completion_type = _completion_type
        _embedding_type = rest_.pop("embedding_type", UNSET)
        embedding_type: ModelEmbeddingType | Unset
        if isinstance(_embedding_type, str):
            embedding_type = ModelEmbeddingType(_embedding_type)
        elif _embedding_type is not UNSET:
            raise wrong_type("embedding_type", "a string", _embedding_type)
        else:
            embedding_type = _embedding_type
        aligned = rest_.pop("aligned", UNSET)
        if not isinstance(aligned, bool) and aligned is not UNSET:
            raise wrong_type("aligned", "a boolean", aligned)
        chat = rest_.pop("chat", UNSET)
        if not isinstance(chat, bool) and chat is not UNSET:
            raise wrong_type("chat", "a boolean", chat)
        prompt_template = rest_.pop("prompt_template", UNSET)
        if not isinstance(prompt_template, str) and prompt_template is not UNSET:
            raise wrong_type("prompt_template", "a string", prompt_template)
        maximum_completion_tokens = rest_.pop("maximum_completion_tokens", UNSET)
        if (
            type(maximum_completion_tokens) is not float
            and type(maximum_completion_tokens) is not int
            and maximum_completion_tokens is not None
            and maximum_completion_tokens is not UNSET
            and not_number(maximum_completion_tokens)
        ):
            raise wrong_type("maximum_completion_tokens", "a number or null", maximum_completion_tokens)
        model_card = rest_.pop("model_card", UNSET)
        if not isinstance(model_card, str) and model_card is not None and model_card is not UNSET:
            raise wrong_type("model_card", "a string or null", model_card)
        decoded_ = cls(
            name=name,
            status=status,
            description=description,
            multimodal=multimodal,
            max_context_size=max_context_size,
            semantic_embedding=semantic_embedding,
            completion_type=completion_type,
            embedding_type=embedding_type,
            aligned=aligned,
            chat=chat,
            prompt_template=prompt_template,
            maximum_completion_tokens=maximum_completion_tokens,
            model_card=model_card,
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
