"""The account behind a token: itself, its API tokens, what it did and what it may do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from aleph_alpha._call.call import Call, call
from aleph_alpha._call.checks import describe, integer
from aleph_alpha._call.fields import known, promised
from aleph_alpha._call.meta import WithMeta
from aleph_alpha._call.reading import decoder
from aleph_alpha._secret import Secret
from aleph_alpha.errors import InvalidRequestError, ResponseError

if TYPE_CHECKING:
    from aleph_alpha_api import models as api

__all__ = [
    "ApiToken",
    "NewApiToken",
    "RecentRequest",
    "UserDetail",
    "create_token_call",
    "delete_token_call",
    "list_tokens_call",
    "me_call",
    "privileges_call",
    "recent_requests_call",
]


@dataclass(frozen=True)
class ApiToken:
    """An API token, without its secret.

    Parameters:
        token_id: names it, as for deleting it.
        description: what it is for.
    """

    token_id: int
    description: str


@dataclass(frozen=True)
class NewApiToken(WithMeta):
    """An API token that was just created.

    Parameters:
        metadata: its id and description.
        token: the token itself, shown this one time: ``token.reveal()`` gives the text. Neither
            repr nor str nor the log shows it.

    >>> NewApiToken(ApiToken(7, "for tests"), Secret("marker"))
    NewApiToken(metadata=ApiToken(token_id=7, description='for tests'), token=Secret('**********'))
    """

    metadata: ApiToken
    token: Secret


@dataclass(frozen=True)
class UserDetail(WithMeta):
    """An account.

    Parameters:
        id: names it.
        email: its address.
        role: what kind of account it is.
        credits_remaining: credits left.
        invoice_allowed: whether it may go on without credits and pay later.
        out_of_credits_threshold: credits at which it counts as having none.
        terms_of_service_version: the terms that were accepted.
    """

    id: int
    email: str
    role: str
    credits_remaining: float
    invoice_allowed: bool
    out_of_credits_threshold: int
    terms_of_service_version: str


@dataclass(frozen=True)
class RecentRequest:
    """A request of the account; what the API does not say is ``None``.

    Parameters:
        create_timestamp: when it came in, as the API writes it.
        model_name: name of the model.
        request_type: which task it was.
        token_count_prompt: tokens of the prompt.
        image_count_prompt: images in the prompt.
        token_count_completion: tokens generated.
        duration_millis: how long it took, in milliseconds.
        credits: what it cost.

    >>> RecentRequest("2024-05-01T12:30:00Z").created_at.isoformat()
    '2024-05-01T12:30:00+00:00'
    """

    create_timestamp: str | None = None
    model_name: str | None = None
    request_type: str | None = None
    token_count_prompt: int | None = None
    image_count_prompt: int | None = None
    token_count_completion: int | None = None
    duration_millis: int | None = None
    credits: float | None = None

    @property
    def created_at(self) -> datetime | None:
        """`create_timestamp` with its time zone, UTC if it has none; ``None`` where it is not an ISO date."""
        if self.create_timestamp is None:
            return None
        from dateutil.parser import isoparse

        try:
            moment = isoparse(self.create_timestamp.strip())
        except (ValueError, OverflowError):
            return None
        return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _token(model: api.ApiToken) -> ApiToken:
    return ApiToken(model.token_id, promised(model.description))


def list_tokens_call() -> Call[list[ApiToken]]:
    """The call that lists the account's tokens."""
    from aleph_alpha_api.api.tokens import list_tokens

    def convert(models: list[api.ApiToken]) -> list[ApiToken]:
        return [_token(model) for model in models]

    return call("listTokens", list_tokens.build_request(), decoder("listTokens", list_tokens.parse_response, convert))


def create_token_call(description: str) -> Call[NewApiToken]:
    """The call that creates a token.

    Raises:
        InvalidRequestError: the description is not a string.
    """
    from aleph_alpha_api import models as api
    from aleph_alpha_api.api.tokens import new_token

    if not isinstance(description, str):
        raise InvalidRequestError(f"create_token: description must be a string, not {describe(description)}")

    def convert(model: api.NewTokenResponse) -> NewApiToken:
        metadata: Any = promised(model.metadata)
        return NewApiToken(metadata and _token(metadata), Secret(model.token))

    parse = decoder("newToken", new_token.parse_response, convert)

    def parse_secretly(body: bytes) -> NewApiToken:
        try:
            return parse(body)
        except ResponseError as error:
            error.body = b""  # the secret may be in it
            raise

    parts = new_token.build_request(body=api.NewTokenRequest(description=description))
    return replace(call("newToken", parts, parse_secretly), confidential=True)


def delete_token_call(token_id: int) -> Call[None]:
    """The call that deletes a token.

    Raises:
        InvalidRequestError: the id is not an integer.
    """
    from aleph_alpha_api.api.tokens import delete_token

    if integer(token_id) is not None:
        raise InvalidRequestError(f"delete_token: token_id must be an int, not {describe(token_id)}")
    return call("deleteToken", delete_token.build_request(token_id), lambda body: None)


def me_call() -> Call[UserDetail]:
    """The call that asks for the account."""
    from aleph_alpha_api.api.users import me

    return call("me", me.build_request(), decoder("me", me.parse_response, _user))


def _user(model: api.UserDetail) -> UserDetail:
    return UserDetail(
        id=int(model.id),
        email=promised(model.email),
        role=promised(model.role),
        credits_remaining=promised(model.credits_remaining),
        invoice_allowed=promised(model.invoice_allowed),
        out_of_credits_threshold=promised(model.out_of_credits_threshold),
        terms_of_service_version=promised(model.terms_of_service_version),
    )


def recent_requests_call() -> Call[list[RecentRequest]]:
    """The call that lists recent requests of the account."""
    from aleph_alpha_api.api.users import recent_requests

    def convert(models: list[api.RecentRequest]) -> list[RecentRequest]:
        return [_recent(model) for model in models]

    parts = recent_requests.build_request()
    return call("recentRequests", parts, decoder("recentRequests", recent_requests.parse_response, convert))


def _recent(model: api.RecentRequest) -> RecentRequest:
    return RecentRequest(
        create_timestamp=known(model.create_timestamp),
        model_name=known(model.model_name),
        request_type=known(model.request_type),
        token_count_prompt=known(model.token_count_prompt),
        image_count_prompt=known(model.image_count_prompt),
        token_count_completion=known(model.token_count_completion),
        duration_millis=known(model.duration_millis),
        credits=known(model.credits_),
    )


def privileges_call() -> Call[list[str]]:
    """The call that asks what the token may do."""
    from aleph_alpha_api.api.permissions import post_check_privileges

    def convert(models: list[api.Permission]) -> list[str]:
        return [name for model in models if (name := known(model.permission)) is not None]

    parts = post_check_privileges.build_request()
    parse = decoder("postCheckPrivileges", post_check_privileges.parse_response, convert)
    return call("postCheckPrivileges", parts, parse)
