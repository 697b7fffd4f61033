"""The models of the reference server and what each of them can do. All speak with the one language model.

Their names begin with `toy-`, so that nobody takes them for models of the vendor.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from aleph_alpha.testing.server.problems import ApiError, Rule

MODEL_VERSION = "toy-1"
CONTEXT_SIZE = 2048
COMPLETION_LIMIT = 256
LAYERS = 12
LARGEST_COUNT = 100
"""Most answers to one request."""
PROMPT_TEMPLATE = "User: {{ instruction }}\nAssistant:"


class Capability(StrEnum):
    """What a model can be asked for; the value ends the sentence "This model does not support"."""

    COMPLETE = "completions"
    CHAT = "chat conversations"
    IMAGES = "images"
    SEMANTIC_EMBEDDING = "semantic embeddings"
    RAW_EMBEDDING = "embeddings of its layers"
    INSTRUCTABLE_EMBEDDING = "instructable embeddings"
    OPENAI_EMBEDDING = "the embeddings endpoint"
    RERANK = "reranking"
    TRANSLATE = "translation"
    TRANSCRIBE = "transcription"
    TOKENIZE = "tokenization"


@dataclass(frozen=True, slots=True)
class ToyModel:
    """A model's name, what it says of itself, and its capabilities."""

    name: str
    description: str
    capabilities: frozenset[Capability]
    aligned: bool = False

    def can(self, capability: Capability) -> bool:
        """Whether it has the capability."""
        return capability in self.capabilities

    def require(self, capability: Capability) -> None:
        """Refuses with MISSING_CAPABILITY what it cannot do."""
        if not self.can(capability):
            others = ", ".join(model.name for model in MODELS if model.can(capability))
            message = (
                "Sadly the model you chose does not provide that capability: "
                f"This model does not support {capability.value}. You could try to choose another model: {others}."
            )
            raise ApiError(400, "MISSING_CAPABILITY", message, Rule.MISSING_CAPABILITY)

    @property
    def _completion_limit(self) -> int | None:
        if self.can(Capability.COMPLETE):
            return COMPLETION_LIMIT
        return None

    def info(self) -> dict[str, Any]:
        """Its entry in /models_available."""
        kinds = ("symmetric", "asymmetric_document", "asymmetric_query")
        short = ("symmetric_128", "asymmetric_128_document", "asymmetric_128_query")
        semantic = [*short, *kinds] if self.can(Capability.SEMANTIC_EMBEDDING) else []
        return {
            "name": self.name,
            "description": self.description,
            "max_context_size": CONTEXT_SIZE,
            "hostings": [],
            "image_support": self.can(Capability.IMAGES),
            "qa_support": False,
            "summarization_support": False,
            "embedding_types": ["pooling_only"] if self.can(Capability.INSTRUCTABLE_EMBEDDING) else semantic,
            "maximum_completion_tokens": self._completion_limit,
            "aligned": self.aligned,
        }

    def settings(self) -> dict[str, Any]:
        """Its entry in /model-settings."""
        entry: dict[str, Any] = {
            "name": self.name,
            "status": "available",
            "description": self.description,
            "multimodal": self.can(Capability.IMAGES),
            "max_context_size": CONTEXT_SIZE,
            "semantic_embedding": self.can(Capability.SEMANTIC_EMBEDDING),
            "completion_type": "full" if self.can(Capability.COMPLETE) else "none",
            "embedding_type": self._embedding_type(),
            "aligned": self.aligned,
            "chat": self.can(Capability.CHAT),
            "maximum_completion_tokens": self._completion_limit,
            "model_card": None,
        }
        if self.aligned:
            entry["prompt_template"] = PROMPT_TEMPLATE
        return entry

    def _embedding_type(self) -> str:
        if self.can(Capability.INSTRUCTABLE_EMBEDDING):
            return "instructable"
        if self.can(Capability.SEMANTIC_EMBEDDING):
            return "semantic"
        if self.can(Capability.OPENAI_EMBEDDING) or self.can(Capability.RAW_EMBEDDING):
            return "raw"
        return "none"


_TEXT = {
    Capability.COMPLETE,
    Capability.SEMANTIC_EMBEDDING,
    Capability.RAW_EMBEDDING,
    Capability.TOKENIZE,
}
_NOT_REAL = "A toy of the local reference server, not a real model."

MODELS: tuple[ToyModel, ...] = (
    ToyModel(
        "toy-base",
        f"{_NOT_REAL} Completes, evaluates, explains and embeds text with n-grams of a few pages. Cannot chat.",
        frozenset(_TEXT),
    ),
    ToyModel(
        "toy-multimodal",
        f"{_NOT_REAL} Like toy-base, and reads an image as the names of the colours of its 12 x 12 tiles. Can chat.",
        frozenset(_TEXT | {Capability.IMAGES, Capability.CHAT}),
        aligned=True,
    ),
    ToyModel(
        "toy-chat",
        f"{_NOT_REAL} Completes and chats, calls tools, and answers JSON that follows a schema.",
        frozenset({Capability.COMPLETE, Capability.CHAT, Capability.TOKENIZE}),
        aligned=True,
    ),
    ToyModel(
        "toy-embedding",
        f"{_NOT_REAL} Embeds text into 1024 dimensions for /embeddings.",
        frozenset({Capability.OPENAI_EMBEDDING, Capability.TOKENIZE}),
    ),
    ToyModel(
        "toy-instruct-embedding",
        f"{_NOT_REAL} Embeds text following an instruction.",
        frozenset({Capability.INSTRUCTABLE_EMBEDDING, Capability.TOKENIZE}),
    ),
    ToyModel(
        "toy-reranker",
        f"{_NOT_REAL} Sorts documents by the words they share with a query.",
        frozenset({Capability.RERANK}),
    ),
    ToyModel(
        "toy-translation",
        f"{_NOT_REAL} Translates word by word with a list of a few words in en, de, fr, es and it.",
        frozenset({Capability.TRANSLATE}),
    ),
    ToyModel(
        "toy-transcription",
        f"{_NOT_REAL} Writes down length and format of an audio file instead of what is said in it.",
        frozenset({Capability.TRANSCRIBE}),
    ),
)
_BY_NAME = {model.name: model for model in MODELS}


def find(name: str) -> ToyModel:
    """The model of that name, or UNKNOWN_MODEL."""
    model = _BY_NAME.get(name)
    if model is None:
        message = f"The model {name[:100]!r} is not known to this server. It has: {', '.join(_BY_NAME)}."
        raise ApiError(404, "UNKNOWN_MODEL", message, Rule.UNKNOWN_MODEL)
    return model


def first_with(capability: Capability) -> ToyModel:
    """The model that is used where a request names none."""
    return next(model for model in MODELS if model.can(capability))
