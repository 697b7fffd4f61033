"""Translation of texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aleph_alpha._call.call import NO_DEFAULTS, Call, Defaults, call, nice
from aleph_alpha._call.checks import check_model, check_request
from aleph_alpha._call.fields import known, promised
from aleph_alpha._call.meta import WithMeta
from aleph_alpha._call.reading import decoder, from_json
from aleph_alpha._call.request import RequestFields
from aleph_alpha._call.short_repr import ShortRepr

if TYPE_CHECKING:
    from aleph_alpha_api import models as api

__all__ = ["TranslationRequest", "TranslationResponse", "TranslationSegment", "translate_call"]


@dataclass
class TranslationRequest:
    """Asks for a translation.

    Parameters:
        model: name of a model that can translate.
        source: the text.
        target_language: the language wanted, as an ISO 639 code such as ``"de"``.

    >>> TranslationRequest("pharia-1-mt-translation", "Hello", "de").to_json()["target_language"]
    'de'
    """

    model: str
    source: str
    target_language: str

    def to_json(self) -> dict[str, Any]:
        """The request as the API takes it."""
        return _to_model(self, NO_DEFAULTS).to_dict()


_FIELDS = RequestFields(TranslationRequest)


def _to_model(request: TranslationRequest, defaults: Defaults) -> api.TranslationRequest:
    from aleph_alpha_api import models as api

    return _FIELDS.model(api.TranslationRequest, request, defaults)


@dataclass
class TranslationSegment:
    """A piece of a translation.

    Parameters:
        source: the piece of the text.
        translation: its translation.
        score: how good it is estimated to be, 0 to 1.
    """

    source: str
    translation: str
    score: float | None


@dataclass(repr=False)
class TranslationResponse(WithMeta, ShortRepr):
    """A translation.

    Parameters:
        translation: all of it.
        score: how good it is estimated to be, 0 to 1.
        segments: piece by piece; ``None`` from models that do not say.
        num_tokens_prompt_total: tokens read; 0 from models that do not say.
        num_tokens_generated: tokens generated; 0 from models that do not say.

    >>> response = TranslationResponse.from_json({"translation": "Hallo", "score": 0.7, "segments": None,
    ...     "num_tokens_prompt_total": 2, "num_tokens_generated": 0})
    >>> response.translation
    'Hallo'
    """

    translation: str
    score: float
    segments: list[TranslationSegment] | None
    num_tokens_prompt_total: int
    num_tokens_generated: int

    @classmethod
    def from_json(cls, json: Mapping[str, Any]) -> TranslationResponse:
        """The response of its JSON.

        Raises:
            ResponseError: what was asked for is missing or cannot be read; `path` says where.
        """
        from aleph_alpha_api.models import TranslationResponse as Model

        return from_json("TranslationResponse", Model.from_dict, json, _response)


def _response(model: api.TranslationResponse) -> TranslationResponse:
    segments = known(model.segments)
    return TranslationResponse(
        translation=model.translation,
        score=promised(model.score),
        segments=None if segments is None else [_segment(one) for one in segments],
        num_tokens_prompt_total=promised(model.num_tokens_prompt_total),
        num_tokens_generated=promised(model.num_tokens_generated),
    )


def _segment(model: api.TranslationSegment) -> TranslationSegment:
    return TranslationSegment(known(model.source) or "", known(model.translation) or "", known(model.score))


def translate_call(request: TranslationRequest, defaults: Defaults) -> Call[TranslationResponse]:
    """The call that translates a text.

    Raises:
        InvalidRequestError: a field that cannot be sent, by its name.
    """
    from aleph_alpha_api.api.tasks import translate

    check_request(request, TranslationRequest, "translate")
    check_model(request.model, "translate")
    parts = translate.build_request(body=_to_model(request, defaults), nice=nice(defaults))
    return call("translate", parts, decoder("translate", translate.parse_response, _response))
