"""The account behind a token: its tokens, its recent requests, what it may do."""

from __future__ import annotations

import secrets
from typing import Any

import orjson
from starlette.responses import Response

from aleph_alpha.testing.server.call import Handler, ServerCall, ServerResponse
from aleph_alpha.testing.server.problems import ApiError, Rule

_USER: dict[str, Any] = {
    "id": 1,
    "email": "toy@localhost",
    "role": "Client",
    "credits_remaining": 0.0,
    "invoice_allowed": True,
    "out_of_credits_threshold": 0,
    "terms_of_service_version": "toy",
}
SESSION_COOKIE = "toy_session"


def _login(call: ServerCall) -> ServerResponse:
    session = secrets.token_urlsafe(24)
    call.server.sessions.add(session)
    response = Response(orjson.dumps({**_USER, "email": call.body["email"]}), media_type="application/json")
    response.set_cookie(SESSION_COOKIE, session, httponly=True, samesite="strict")
    return response


def _me(call: ServerCall) -> ServerResponse:
    return _USER


def _tokens(call: ServerCall) -> ServerResponse:
    return [token.metadata() for token in call.server.tokens.values()]


def _new_token(call: ServerCall) -> ServerResponse:
    token = call.server.new_token(call.body["description"])
    return {"metadata": token.metadata(), "token": token.secret}


def _delete_token(call: ServerCall) -> ServerResponse:
    token_id = call.parameters["token_id"]
    if not call.server.delete_token(token_id):
        raise ApiError(404, "NOT_FOUND", f"There is no token with the id {token_id}.", Rule.DELETED)
    return Response(status_code=204)


def _requests(call: ServerCall) -> ServerResponse:
    return list(call.server.requests)


def _privileges(call: ServerCall) -> ServerResponse:
    return [{"permission": "AccessAllModels"}]


HANDLERS: dict[str, Handler] = {
    "login": _login,
    "me": _me,
    "listTokens": _tokens,
    "newToken": _new_token,
    "deleteToken": _delete_token,
    "recentRequests": _requests,
    "postCheckPrivileges": _privileges,
}
