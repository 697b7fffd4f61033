"""The ASGI application: finds the operation, checks the request against the document, and words the refusals."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import orjson
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route, Router

from aleph_alpha.testing.server import contract
from aleph_alpha.testing.server.call import Events, Handler, ServerCall
from aleph_alpha.testing.server.contract import Operation
from aleph_alpha.testing.server.problems import ApiError, invalid
from aleph_alpha.testing.server.queueing import Queue
from aleph_alpha.testing.server.routes import HANDLERS
from aleph_alpha.testing.server.routes.account import SESSION_COOKIE
from aleph_alpha.testing.server.state import ServerState

SERVER_NAME = "aleph-alpha-reference-server (toy)"


def create_app(*, token: str | None = None, seed: int = 0, queue: Queue | None = None) -> Starlette:
    """An application with a state of its own.

    Args:
        token: the only bearer token accepted, besides those created with `POST /users/me/tokens`. None accepts any.
        seed: of sampling. The same request to a server of the same seed has the same response.
        queue: makes requests wait for each other; nothing is refused.
    """
    state = ServerState(token=token, seed=seed, queue=queue)
    routes = [_route(operation, state) for operation in contract.load().operations.values()]
    app = Starlette(
        routes=[*routes, Mount("/v1", app=Router(routes, redirect_slashes=False))],
        exception_handlers={ApiError: _refuse, HTTPException: _refuse_http, Exception: _fail},
    )
    # A redirect would hide that a client joins host and path wrongly.
    app.router.redirect_slashes = False
    return app


def _route(operation: Operation, state: ServerState) -> Route:
    handler = HANDLERS.get(operation.id)
    if handler is None:
        raise LookupError(f"no handler for {operation.id}: add one to aleph_alpha/testing/server/routes")

    async def endpoint(request: Request) -> Response:
        return await _response(request, operation, state, handler)

    return Route(operation.path, endpoint, methods=[operation.method], name=operation.id)


async def _response(request: Request, operation: Operation, state: ServerState, handler: Handler) -> Response:
    started = time.perf_counter()
    if operation.needs_token:
        _authorize(request, state)
    parameters = operation.read_parameters(request.path_params, request.query_params)
    call = ServerCall(operation.id, state, parameters=parameters)
    await _read_body(request, operation, call)
    if state.queue is not None and operation.method == "POST":
        async with state.queue.turn():
            response = handler(call)
    else:
        response = handler(call)
    if isinstance(response, Events):
        return _stream(response, call, started)
    _record(call, started)
    if isinstance(response, Response):
        return response
    return Response(orjson.dumps(response), operation.success, media_type="application/json")


def _record(call: ServerCall, started: float) -> None:
    if call.usage is not None:
        call.server.record(call.operation, call.usage, time.perf_counter() - started)


def _stream(events: Events, call: ServerCall, started: float) -> StreamingResponse:
    async def lines() -> AsyncIterator[bytes]:
        async for payload in events.payloads:
            data = payload.encode() if isinstance(payload, str) else orjson.dumps(payload)
            yield b"data: " + data + b"\n\n"
        _record(call, started)

    # As recorded: by `media_type` Starlette would add a charset.
    return StreamingResponse(lines(), headers={"content-type": "text/event-stream"})


def _authorize(request: Request, state: ServerState) -> None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and state.accepts(token.strip()):
        return
    if request.cookies.get(SESSION_COOKIE) in state.sessions:
        return
    message = "The token is missing or not valid. Send it as 'Authorization: Bearer <token>'."
    raise ApiError(401, "UNAUTHORIZED", message)


async def _read_body(request: Request, operation: Operation, call: ServerCall) -> None:
    expected = operation.content_type
    if expected is None:
        return
    media = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if media != expected:
        raise invalid("", f"The content-type has to be {expected}, not {media or 'absent'}.")
    if expected == "multipart/form-data":
        await _read_form(request, operation, call)
        return
    content = await request.body()
    try:
        call.body = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise invalid("", f"The body is not JSON: {error}.") from error
    operation.check_body(call.body)


async def _read_form(request: Request, operation: Operation, call: ServerCall) -> None:
    parts: dict[str, bytes] = {}
    try:
        async with request.form() as form:
            for name, part in form.items():
                parts[name] = part.encode() if isinstance(part, str) else await part.read()
    except (HTTPException, MultiPartException) as error:
        raise invalid("", f"The form cannot be read: {error}.") from error
    for name in operation.required_parts():
        if name not in parts:
            raise invalid(f"/{name}", "The form lacks this part.")
    call.parts = parts
    try:
        call.body = orjson.loads(parts["metadata"])
    except orjson.JSONDecodeError as error:
        raise invalid("/metadata", f"The part is not JSON: {error}.") from error
    operation.check_part("metadata", call.body)


async def _refuse(request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)  # noqa: S101 - it is registered for nothing else
    headers = {} if error.rule is None else {"x-refused-by": error.rule.name}
    return JSONResponse({"error": error.message, "code": error.code}, error.status, headers)


async def _refuse_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - it is registered for nothing else
    code = {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED"}.get(error.status_code, "INVALID_REQUEST")
    message = f"{error.detail}: {request.method} {request.url.path}"
    return JSONResponse({"error": message, "code": code}, error.status_code, error.headers)


async def _fail(request: Request, error: Exception) -> Response:
    """A fault of the server's own; the traceback is logged."""
    message = f"The reference server failed: {type(error).__name__}. Its log says where."
    return JSONResponse({"error": message, "code": "INTERNAL_SERVER_ERROR"}, 500)
