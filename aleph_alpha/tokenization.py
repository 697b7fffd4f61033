"""Tokenization: the tokens of a text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aleph_alpha._call.call import NO_DEFAULTS, Call, Defaults, call
from aleph_alpha._call.checks import check_model, check_request
from aleph_alpha._call.fields import known
from aleph_alpha._call.meta import WithMeta
from aleph_alpha._call.reading import decoder, from_json
from aleph_alpha._call.request import RequestFields
from aleph_alpha._call.short_repr import ShortRepr
from aleph_alpha.errors import ResponseError

if TYPE_CHECKING:
    from aleph_alpha_api import models as api

__all__ = ["TokenizationRequest", "TokenizationResponse", "tokenize_call"]


@dataclass(frozen=True)
class TokenizationRequest:
    """Asks for the tokens that a model cuts a text into.

    For many texts, get the tokenizer once (``Client.tokenizer``) and use it here.

    Parameters:
        prompt: the text.
        tokens: return the tokens as text.
        token_ids: return the ids of the tokens.

    >>> TokenizationRequest("This is an example.", tokens=True, token_ids=True).to_json()
    {'prompt': 'This is an example.', 'tokens': True, 'token_ids': True}
    """

    prompt: str
    tokens: bool
    token_ids: bool

    def to_json(self) -> Mapping[str, Any]:
        """The request as the API takes it, without the model."""
        body = _to_model(self, "", NO_DEFAULTS).to_dict()
        del body["model"]
        return body


_FIELDS = RequestFields(TokenizationRequest)


def _to_model(request: TokenizationRequest, model: str, defaults: Defaults) -> api.TokenizationRequest:
    from aleph_alpha_api import models as api

    return _FIELDS.model(api.TokenizationRequest, request, defaults, model=model)


@dataclass(frozen=True, repr=False)
class TokenizationResponse(WithMeta, ShortRepr):
    """The tokens of a text.

    Parameters:
        tokens: as text, in the spelling of the tokenizer (a leading blank can be ``"Ġ"``);
            ``None`` where they were not asked for.
        token_ids: as ids; ``None`` where they were not asked for.

    >>> TokenizationResponse.from_json({"token_ids": [49222]})
    TokenizationResponse(tokens=None, token_ids=[49222])
    """

    tokens: Sequence[str] | None = None
    token_ids: Sequence[int] | None = None

    @staticmethod
    def from_json(json: Mapping[str, Any]) -> TokenizationResponse:
        """The response of its JSON.

        Raises:
            ResponseError: what was asked for is missing or cannot be read; `path` says where.
        """
        from aleph_alpha_api.models import TokenizationResponse as Model

        return from_json("TokenizationResponse", Model.from_dict, json, _response)


def _response(model: api.TokenizationResponse) -> TokenizationResponse:
    return TokenizationResponse(tokens=known(model.tokens), token_ids=known(model.token_ids))


def tokenize_call(request: TokenizationRequest, model: str, defaults: Defaults) -> Call[TokenizationResponse]:
    """The call that cuts a text into tokens; it knows no ``nice``.

    Raises:
        InvalidRequestError: a field that cannot be sent, by its name.
    """
    from aleph_alpha_api.api.tasks import tokenize

    check_request(request, TokenizationRequest, "tokenize")
    check_model(model, "tokenize")
    parts = tokenize.build_request(body=_to_model(request, model, defaults))

    def convert(model: api.TokenizationResponse) -> TokenizationResponse:
        response = _response(model)
        for name in ("tokens", "token_ids"):
            if getattr(request, name) and getattr(response, name) is None:
                raise ResponseError(f"{name}: expected an array, as they were asked for, got nothing", path=name)
        return response

    return call("tokenize", parts, decoder("tokenize", tokenize.parse_response, convert))
