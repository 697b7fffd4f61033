"""Every exception that a caller can meet, and how they relate.

::

    AlephAlphaError
    ├── InvalidRequestError (ValueError)      refused here, nothing was sent
    │   ├── ImageError                        not an image, too large, or could not be read or downloaded
    │   └── TemplateError                     a template or a value that cannot be rendered
    ├── APIStatusError                        the API answered with 4xx or 5xx
    │   ├── BadRequestError (ValueError)                400
    │   │   ├── PromptTooLongError                          ... PROMPT_TOO_LONG
    │   │   │   └── PromptDoesNotFitError (InvalidRequestError)  ... found here with check_length, nothing was sent
    │   │   ├── RejectedRequestError                        ... INVALID_REQUEST
    │   │   └── MissingCapabilityError                      ... MISSING_CAPABILITY
    │   ├── AuthenticationError (PermissionError)       401
    │   ├── QuotaError                                  402
    │   ├── PermissionDeniedError (RuntimeError)        403
    │   ├── NotFoundError (RuntimeError)                404
    │   │   └── UnknownModelError                           ... UNKNOWN_MODEL
    │   ├── RequestTimeoutError (TimeoutError)          408
    │   ├── UnprocessableEntityError (RuntimeError)     422
    │   ├── RateLimitError (RuntimeError)               429
    │   ├── BusyError                                   503
    │   │   └── QueueFullError                              ... QUEUE_FULL
    │   ├── ServerError (RuntimeError)                  any other 5xx
    │   └── OtherStatusError (RuntimeError)             everything else
    ├── APIConnectionError (ConnectionError)  no whole response arrived
    │   └── APITimeoutError (TimeoutError)    ... in the time that was given
    ├── ResponseError                         a success whose body is not what the contract says
    ├── StreamError                           an event stream that carried an error, or what is not an event
    │   └── StreamConnectionError (APIConnectionError)  ... that ended before its last event
    │       └── StreamTimeoutError (APITimeoutError)    ... or stalled
    ├── UnsupportedVersionError (RuntimeError)  the API is older than this client knows
    └── UnsupportedRuntimeError (RuntimeError)  no event loop or thread to do it with; the message says what works

The builtin types beside them, and ``args == (status, body)``, are those of the vendor's
client: code that catches ``ValueError`` or parses ``error.args[1]`` keeps working.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Self

__all__ = [
    "APIConnectionError",
    "APIStatusError",
    "APITimeoutError",
    "AlephAlphaError",
    "AuthenticationError",
    "BadRequestError",
    "BusyError",
    "ImageError",
    "InvalidRequestError",
    "MissingCapabilityError",
    "NotFoundError",
    "OtherStatusError",
    "PermissionDeniedError",
    "PromptDoesNotFitError",
    "PromptTooLongError",
    "QueueFullError",
    "QuotaError",
    "RateLimitError",
    "RejectedRequestError",
    "RequestTimeoutError",
    "ResponseError",
    "ServerError",
    "StreamConnectionError",
    "StreamError",
    "StreamTimeoutError",
    "TemplateError",
    "UnknownModelError",
    "UnprocessableEntityError",
    "UnsupportedVersionError",
    "status_error",
]

_SHOWN = 500  # characters of a body that ``str(error)`` repeats


class AlephAlphaError(Exception):
    """Base of everything this package raises on purpose.

    Attributes:
        attempts: how often the call was sent before this was raised; 0 when nothing was sent.
        partial: results that were already there when the call failed, by index, where a call
            makes several requests (see ``batch_semantic_embed``); else ``None``.
        remaining: indices without a result, in the same case; else ``None``.
        run: the conversation so far, a ``ToolRun``, where ``chat_with_tools`` failed; else ``None``.
    """

    attempts: int = 0
    partial: Mapping[int, Any] | None = None
    remaining: list[int] | None = None
    run: Any = None

    def __reduce__(self) -> tuple[Any, ...]:
        # OSError and friends rebuild from ``args`` alone and would lose the attributes.
        return (_rebuild, (type(self), self.args, dict(self.__dict__)))


def _rebuild(cls: type[AlephAlphaError], args: tuple[Any, ...], state: dict[str, Any]) -> AlephAlphaError:
    error = cls.__new__(cls)
    error.args = args
    error.__dict__.update(state)
    return error


class InvalidRequestError(AlephAlphaError, ValueError):
    """A request that cannot be sent as it is. The message names the field and says what it must be."""


class ImageError(InvalidRequestError):
    """An image that could not be read, is not an image, or is larger than allowed."""


class TemplateError(InvalidRequestError):
    """A prompt template, or a value for it, that cannot be rendered."""


class APIStatusError(AlephAlphaError):
    """The API answered with a status of 400 or above.

    Attributes:
        status: the HTTP status.
        body: the body as text, JSON or not; of one longer than a megabyte, the beginning.
        code: the ``code`` of the API's error body (for example ``"QUEUE_FULL"``), if there is one.
        message: the ``error`` of that body, if there is one.
        headers: the response's headers, names in lower case.
        retry_after: seconds that the server asked to wait, if it did.

    >>> error = BadRequestError(400, '{"error": "/n: 0 is too few", "code": "INVALID_REQUEST"}')
    >>> error.code, error.args[0], isinstance(error, ValueError)
    ('INVALID_REQUEST', 400, True)
    """

    def __init__(
        self,
        *args: Any,
        headers: Mapping[str, str] | None = None,
        attempts: int = 1,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(*args)
        self.status: int | None = args[0] if args and isinstance(args[0], int) else None
        self.body: str = args[1] if len(args) > 1 and isinstance(args[1], str) else ""
        self.headers: dict[str, str] = dict(headers or {})
        self.attempts = attempts
        self.retry_after = retry_after
        self.code, self.message = _error_body(self.body)

    def __str__(self) -> str:
        if self.status is None:
            return ", ".join(map(str, self.args))
        shown = self.message if self.message is not None else self.body
        if len(shown) > _SHOWN:
            shown = f"{shown[:_SHOWN]}... ({len(shown)} characters)"
        parts = [f"status {self.status}"]
        if self.code:
            parts.append(self.code)
        text = f"{' '.join(parts)}: {shown}" if shown else " ".join(parts)
        return f"{text} (after {self.attempts} attempts)" if self.attempts > 1 else text

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"


def _error_body(body: str) -> tuple[str | None, str | None]:
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        return None, None
    if not isinstance(parsed, dict):
        return None, None
    code, message = parsed.get("code"), parsed.get("error")
    return (code if isinstance(code, str) else None, message if isinstance(message, str) else None)


class BadRequestError(APIStatusError, ValueError):
    """400: the request is wrong; the codes that are known have classes of their own."""


class PromptTooLongError(BadRequestError):
    """400 ``PROMPT_TOO_LONG``: the prompt, with what is to follow it, does not fit into the model's context.

    Attributes:
        tokens: how many there are, where the message tells; else ``None``.
        limit: how many the model takes, where the message tells; else ``None``.

    >>> message = "The prompt has 2100 tokens, but the model's context holds 2048."
    >>> error = status_error(400, '{"error": "%s", "code": "PROMPT_TOO_LONG"}' % message)
    >>> type(error).__name__, error.tokens, error.limit
    ('PromptTooLongError', 2100, 2048)
    """

    tokens: int | None
    limit: int | None

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.tokens, self.limit = _tokens_and_limit(self.message or "")


class PromptDoesNotFitError(PromptTooLongError, InvalidRequestError):
    """A prompt that a client with ``check_length=True`` has not sent: it has more tokens than the model takes.

    ``.status`` is ``None`` and ``.attempts`` 0, as nothing was sent; ``.tokens`` and ``.limit`` are always there.
    """

    def __init__(self, message: str, *, tokens: int, limit: int) -> None:
        super().__init__(message, attempts=0)
        self.tokens, self.limit = tokens, limit


class RejectedRequestError(BadRequestError):
    """400 ``INVALID_REQUEST``: a field of the request is wrong; ``.message`` says which, and why."""


class MissingCapabilityError(BadRequestError):
    """400 ``MISSING_CAPABILITY``: the model cannot do this; ``Client.model_settings`` tells which can."""


_NUMBER = re.compile(r"(?<![\w.,-])\d{1,3}(?:[,_]\d{3})+(?![\w-]|[.,]\d)|(?<![\w.,-])\d+(?![\w-]|[.,]\d)")
_LIMITING = re.compile(r"(?:max|limit|context|at most|up to|exceed|longer than|more than)[^\d.;]*$", re.IGNORECASE)


def _tokens_and_limit(message: str) -> tuple[int | None, int | None]:
    """Of a message that says that the first is greater than the second; ``None`` for what it does not tell."""
    found = [
        (int(re.sub("[,_]", "", one[0])), bool(_LIMITING.search(message, 0, one.start())))
        for one in _NUMBER.finditer(message)
    ]
    different = {number for number, _ in found}
    if len(different) == 2:
        return max(different), min(different)
    limits = {number for number, limiting in found if limiting}
    others = different - limits
    return others.pop() if len(others) == 1 else None, limits.pop() if len(limits) == 1 else None


class AuthenticationError(APIStatusError, PermissionError):
    """401: the token is missing, wrong or expired. A token callable is asked for another one first, once."""


class QuotaError(APIStatusError):
    """402: the quota is used up. It is not tried again; ask whoever runs the deployment for more."""


class PermissionDeniedError(APIStatusError, RuntimeError):
    """403: the token may not do this; ``Client.check_privileges`` tells what it may."""


class NotFoundError(APIStatusError, RuntimeError):
    """404: unknown model, or an endpoint that this deployment does not have."""


class UnknownModelError(NotFoundError):
    """404 ``UNKNOWN_MODEL``: the deployment has no model of that name; ``Client.models`` lists those that it has."""


class RequestTimeoutError(APIStatusError, TimeoutError):
    """408: the server gave up on the request, at every attempt."""


class UnprocessableEntityError(APIStatusError, RuntimeError):
    """422: well-formed, but not processable; ``.message`` says what stands in the way."""


class RateLimitError(APIStatusError, RuntimeError):
    """429: too many requests, or too many at once, at every attempt.

    ``.retry_after`` is the seconds to wait, where the server said so; a lower ``limit`` of the client
    keeps its calls apart.
    """


class BusyError(APIStatusError):
    """503: no capacity just now, or the server is restarting. Raised after all retries failed.

    ``.retry_after`` is the seconds to wait, where the server said so.
    """


class QueueFullError(BusyError):
    """503 ``QUEUE_FULL``: the model has too many requests waiting. Raised after all retries failed."""


class ServerError(APIStatusError, RuntimeError):
    """A 5xx status other than 503; 500, 502 and 504 at every attempt. ``.body`` is for a bug report."""


class OtherStatusError(APIStatusError, RuntimeError):
    """A status of 400 or above without a class of its own."""


_BY_STATUS: dict[int, type[APIStatusError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    402: QuotaError,
    403: PermissionDeniedError,
    404: NotFoundError,
    408: RequestTimeoutError,
    422: UnprocessableEntityError,
    429: RateLimitError,
    503: BusyError,
}
# Only with the status that they go with: the class of a status tells what kind of builtin exception it is.
_BY_CODE: dict[tuple[int, str | None], type[APIStatusError]] = {
    (400, "INVALID_REQUEST"): RejectedRequestError,
    (400, "MISSING_CAPABILITY"): MissingCapabilityError,
    (400, "PROMPT_TOO_LONG"): PromptTooLongError,
    (404, "UNKNOWN_MODEL"): UnknownModelError,
    (503, "QUEUE_FULL"): QueueFullError,
}


def status_error(
    status: int,
    body: str,
    *,
    headers: Mapping[str, str] | None = None,
    attempts: int = 1,
    retry_after: float | None = None,
) -> APIStatusError:
    """The exception for a response with this status and body.

    >>> type(status_error(529, "overloaded")).__name__
    'ServerError'
    """
    fallback = ServerError if 500 <= status < 600 else OtherStatusError
    code, _ = _error_body(body)
    cls = _BY_CODE.get((status, code)) or _BY_STATUS.get(status, fallback)
    return cls(status, body, headers=headers, attempts=attempts, retry_after=retry_after)


class APIConnectionError(AlephAlphaError, ConnectionError):
    """No whole response arrived: the connection could not be made, or broke.

    The original exception of the HTTP library is ``__cause__``.
    """

    def __init__(self, message: str, *, attempts: int = 1) -> None:
        super().__init__(message)
        self.attempts = attempts


class APITimeoutError(APIConnectionError, TimeoutError):
    """The response did not arrive in time. The request may have been carried out all the same."""


class ResponseError(AlephAlphaError):
    """The API answered with success, but the body is broken, incomplete or of the wrong type.

    Attributes:
        path: where in the body, as in ``completions[0].finish_reason``; ``""`` for the body as a whole.
        body: the body as far as it is kept (the first part of it), for a bug report.
    """

    def __init__(self, message: str, *, path: str = "", body: bytes = b"", attempts: int = 1) -> None:
        super().__init__(message)
        self.path = path
        self.body = body[:10_000]
        self.attempts = attempts

    def at(self, operation: str) -> Self:
        """The same error, with the operation that was called named in its message."""
        self.args = (f"{operation}: {self.args[0]}",)
        return self


class StreamError(AlephAlphaError):
    """An event stream that went wrong after it had begun; it is never tried again.

    Raised itself, it stands for an error that the server reports within the stream, and for an
    event that is not what the contract says.

    Attributes:
        events: the events that had arrived.
        code: the ``code`` of an error that came inside the stream, if that is what happened.
    """

    def __init__(self, message: str, *, events: list[Any] | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.events: list[Any] = events or []
        self.code = code
        self.attempts = 1


class StreamConnectionError(StreamError, APIConnectionError):
    """The stream ended before its last event: the connection broke, or the server stopped."""


class StreamTimeoutError(StreamConnectionError, APITimeoutError):
    """No event came in the time that was given."""


class UnsupportedVersionError(AlephAlphaError, RuntimeError):
    """The API's version is older than this client works with, or is not a version."""


class UnsupportedRuntimeError(AlephAlphaError, RuntimeError):
    """There is no event loop that does this, or the interpreter is about to exit; the message says what works."""
