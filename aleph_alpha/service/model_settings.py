"""What each model of a deployment can do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from aleph_alpha._call.call import Call, call
from aleph_alpha._call.checks import describe
from aleph_alpha._call.fields import known
from aleph_alpha._call.reading import decoder
from aleph_alpha._call.short_repr import ShortRepr
from aleph_alpha.errors import InvalidRequestError

if TYPE_CHECKING:
    from aleph_alpha_api import models as api

__all__ = ["Capability", "ModelCatalogue", "ModelSettings", "model_settings_call"]

Capability: TypeAlias = Literal["chat", "complete", "images", "semantic_embed", "instructable_embed", "raw_embed"]


@dataclass(frozen=True, repr=False)
class ModelSettings(ShortRepr):
    """A model and what it can do; what the API does not say is ``None``.

    Parameters:
        name: its name.
        status: ``"available"`` or ``"unavailable"``.
        description: what it is good for.
        multimodal: whether prompts may hold images.
        max_context_size: most tokens of prompt and completion together.
        semantic_embedding: whether it gives semantic embeddings.
        completion_type: ``"none"`` or ``"full"``.
        embedding_type: ``"none"``, ``"raw"``, ``"semantic"`` or ``"instructable"``.
        aligned: whether it was trained to follow instructions.
        chat: whether it can chat.
        prompt_template: a template that turns an instruction into a prompt for it.
        maximum_completion_tokens: most tokens of a completion.
        model_card: URL of its description.

    >>> ModelSettings("some-model", chat=True).can("chat")
    True
    """

    name: str
    status: str | None = None
    description: str | None = None
    multimodal: bool | None = None
    max_context_size: int | None = None
    semantic_embedding: bool | None = None
    completion_type: str | None = None
    embedding_type: str | None = None
    aligned: bool | None = None
    chat: bool | None = None
    prompt_template: str | None = None
    maximum_completion_tokens: int | None = None
    model_card: str | None = None

    @property
    def available(self) -> bool:
        """Whether it can be used now; true where the API does not say."""
        return self.status != "unavailable"

    def can(self, capability: Capability) -> bool:
        """Whether it has the capability, as far as the API says.

        Raises:
            InvalidRequestError: there is no such capability.
        """
        test = _TESTS.get(capability)
        if test is None:
            raise InvalidRequestError(f"capability must be one of {', '.join(_TESTS)}, not {describe(capability)}")
        return test(self)


_TESTS: dict[str, Callable[[ModelSettings], bool]] = {
    "chat": lambda model: bool(model.chat),
    "complete": lambda model: model.completion_type not in (None, "none"),
    "images": lambda model: bool(model.multimodal),
    "semantic_embed": lambda model: bool(model.semantic_embedding) or model.embedding_type == "semantic",
    "instructable_embed": lambda model: model.embedding_type == "instructable",
    "raw_embed": lambda model: model.embedding_type == "raw",
}


class ModelCatalogue(list[ModelSettings]):
    """The models of a deployment, with questions about what they can do.

    >>> models = ModelCatalogue([ModelSettings("writer", completion_type="full"), ModelSettings("talker", chat=True)])
    >>> models.require("writer", "chat")
    Traceback (most recent call last):
    aleph_alpha.errors.InvalidRequestError: the model writer does not have the capability chat; these have: talker
    """

    def named(self, name: str) -> ModelSettings:
        """The model of that name.

        Raises:
            InvalidRequestError: there is none.
        """
        for model in self:
            if model.name == name:
                return model
        names = ", ".join(model.name for model in self) or "none"
        raise InvalidRequestError(f"there is no model called {name}; there are: {names}")

    def that_can(self, capability: Capability) -> list[ModelSettings]:
        """The models that are available and have the capability."""
        return [model for model in self if model.available and model.can(capability)]

    def require(self, name: str, capability: Capability) -> ModelSettings:
        """The model of that name, if it is available and has the capability.

        Raises:
            InvalidRequestError: it is not, or has not; the message names models that do.
        """
        model = self.named(name)
        if model.available and model.can(capability):
            return model
        problem = f"does not have the capability {capability}" if model.available else "is not available now"
        others = ", ".join(one.name for one in self.that_can(capability)) or "none"
        raise InvalidRequestError(f"the model {name} {problem}; these have: {others}")


def _whole(value: Any) -> int | None:
    return None if value is None else int(value)


def _text(value: Any) -> str | None:
    found = known(value)
    return None if found is None else str(found)


def _settings(model: api.ModelSettings) -> ModelSettings:
    return ModelSettings(
        name=model.name,
        status=_text(model.status),
        description=known(model.description),
        multimodal=known(model.multimodal),
        max_context_size=_whole(known(model.max_context_size)),
        semantic_embedding=known(model.semantic_embedding),
        completion_type=_text(model.completion_type),
        embedding_type=_text(model.embedding_type),
        aligned=known(model.aligned),
        chat=known(model.chat),
        prompt_template=known(model.prompt_template),
        maximum_completion_tokens=_whole(known(model.maximum_completion_tokens)),
        model_card=known(model.model_card),
    )


def _catalogue(models: list[api.ModelSettings]) -> ModelCatalogue:
    return ModelCatalogue(map(_settings, models))


def model_settings_call() -> Call[ModelCatalogue]:
    """The call that asks what the models can do."""
    from aleph_alpha_api.api.models import model_settings

    parts = model_settings.build_request()
    return call("modelSettings", parts, decoder("modelSettings", model_settings.parse_response, _catalogue))
