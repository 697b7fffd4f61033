"""Detokenization: the text of tokens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aleph_alpha._call.call import NO_DEFAULTS, Call, Defaults, call
from aleph_alpha._call.checks import check_model, check_request
from aleph_alpha._call.meta import WithMeta
from aleph_alpha._call.reading import decoder, from_json
from aleph_alpha._call.request import RequestFields
from aleph_alpha._call.short_repr import ShortRepr

if TYPE_CHECKING:
    from aleph_alpha_api import models as api

__all__ = ["DetokenizationRequest", "DetokenizationResponse", "detokenize_call"]


@dataclass(frozen=True)
class DetokenizationRequest:
    """Asks for the text of token ids.

    Parameters:
        token_ids: ids of the model's vocabulary.

    >>> DetokenizationRequest(token_ids=[1730, 387, 300, 4377, 17]).to_json()
    {'token_ids': [1730, 387, 300, 4377, 17]}
    """

    token_ids: Sequence[int]

    def to_json(self) -> Mapping[str, Any]:
        """The request as the API takes it, without the model."""
        body = _to_model(self, "", NO_DEFAULTS).to_dict()
        del body["model"]
        return body


_FIELDS = RequestFields(DetokenizationRequest)


def _to_model(request: DetokenizationRequest, model: str, defaults: Defaults) -> api.DetokenizationRequest:
    from aleph_alpha_api import models as api

    return _FIELDS.model(api.DetokenizationRequest, request, defaults, model=model)


@dataclass(frozen=True, repr=False)
class DetokenizationResponse(WithMeta, ShortRepr):
    """The text of token ids.

    Parameters:
        result: the text.

    >>> DetokenizationResponse.from_json({"result": "tiss"})
    DetokenizationResponse(result='tiss')
    """

    result: str

    @staticmethod
    def from_json(json: Mapping[str, Any]) -> DetokenizationResponse:
        """The response of its JSON.

        Raises:
            ResponseError: what was asked for is missing or cannot be read; `path` says where.
        """
        from aleph_alpha_api.models import DetokenizationResponse as Model

        return from_json("DetokenizationResponse", Model.from_dict, json, _response)


def _response(model: api.DetokenizationResponse) -> DetokenizationResponse:
    return DetokenizationResponse(model.result)


def detokenize_call(request: DetokenizationRequest, model: str, defaults: Defaults) -> Call[DetokenizationResponse]:
    """The call that joins tokens to a text; it knows no ``nice``.

    Raises:
        InvalidRequestError: a field that cannot be sent, by its name.
    """
    from aleph_alpha_api.api.tasks import detokenize

    check_request(request, DetokenizationRequest, "detokenize")
    check_model(model, "detokenize")
    parts = detokenize.build_request(body=_to_model(request, model, defaults))
    return call("detokenize", parts, decoder("detokenize", detokenize.parse_response, _response))
