"""How a command ends: exit codes, and what is said of an error, as lines for people or as one JSON object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from aleph_alpha.errors import (
    AlephAlphaError,
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    AuthenticationError,
    BadRequestError,
    BusyError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    QuotaError,
    RateLimitError,
    RequestTimeoutError,
    ResponseError,
    ServerError,
    StreamError,
    UnprocessableEntityError,
    UnsupportedVersionError,
)

__all__ = ["AUTHENTICATION", "BUSY", "CA_HINT", "EXIT_CODES", "FAILURE", "INTERRUPTED", "OK", "PARTLY", "USAGE"]
__all__ += ["NoTokenError", "PartlyFailed", "UsageError", "code_of", "decoded", "error_json", "hint_for", "lines_of"]
__all__ += ["message_of", "one_line"]

OK: Final = 0
FAILURE: Final = 1
USAGE: Final = 2
PARTLY: Final = 3
AUTHENTICATION: Final = 4
BUSY: Final = 75
INTERRUPTED: Final = 130

EXIT_CODES: Final[Mapping[int, str]] = {
    OK: "all is done",
    FAILURE: "failure",
    USAGE: "the command was called in a way that cannot work; nothing was sent",
    PARTLY: "partly failed",
    AUTHENTICATION: "no token, or the API refused it",
    BUSY: "the server is busy: try again later",
    INTERRUPTED: "interrupted (Ctrl-C)",
}

_SHOWN = 600  # characters of a message, or of one of its lines
_LINES = 50


class UsageError(Exception):
    """The command was called in a way that cannot work.

    Attributes:
        hint: what to do instead, where there is more to say.
    """

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class NoTokenError(UsageError):
    """There is no API token anywhere."""


class PartlyFailed(Exception):
    """Some of what was asked for was done, and is on standard output or on the disk.

    Attributes:
        failed: what went wrong, one object each.
        code: the exit code.
        hint: where to look.
    """

    def __init__(
        self, message: str, failed: Sequence[Mapping[str, Any]] = (), *, code: int = PARTLY, hint: str | None = None
    ) -> None:
        super().__init__(message)
        self.failed = failed
        self.code = code
        self.hint = hint


def code_of(error: BaseException) -> int:
    """The exit code that tells of an error.

    >>> code_of(UsageError("no prompt")), code_of(KeyboardInterrupt()), code_of(BusyError(503, ""))
    (2, 130, 75)
    """
    match error:
        case KeyboardInterrupt():
            return INTERRUPTED
        case PartlyFailed():
            return error.code
        case NoTokenError() | AuthenticationError() | PermissionDeniedError():
            return AUTHENTICATION
        case UsageError() | InvalidRequestError():
            return USAGE
        case BusyError() | RateLimitError():
            return BUSY
        case StreamError(code="QUEUE_FULL"):
            return BUSY
    cause = getattr(error, "cause", None)  # of a job that was stopped
    return code_of(cause) if isinstance(cause, BaseException) else FAILURE


def one_line(text: str, most: int = _SHOWN) -> str:
    r"""A text without line breaks and other control characters, cut where it is long.

    >>> one_line("a\nb\x1b[31m"), one_line("abcdef", 3)
    ('a\\nb\\x1b[31m', 'abc...')
    """
    shown = text if len(text) <= most else f"{text[:most]}..."
    if shown.isprintable():
        return shown
    return "".join(
        one if one.isprintable() else one.encode("unicode_escape", "backslashreplace").decode("ascii")
        for one in decoded(shown)
    )


def decoded(text: str) -> str:
    """The text with characters for the bytes as which arguments come where the locale knows ASCII only."""
    with suppress(UnicodeEncodeError):
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")
    return text


def message_of(error: BaseException) -> str:
    """What went wrong, in one line."""
    return one_line(_text_of(error))


def lines_of(error: BaseException) -> list[str]:
    r"""What went wrong, in the lines that its message has; in one where a server may have written the message.

    >>> lines_of(UsageError("these differ:\n  model")), lines_of(BusyError(503, "a\nb"))
    (['these differ:', '  model'], ['status 503: a\\nb'])
    """
    if not type(error).__module__.startswith("aleph_alpha.") or (
        isinstance(error, AlephAlphaError) and not isinstance(error, InvalidRequestError)
    ):
        return [message_of(error)]
    lines = _text_of(error).strip("\n").split("\n")
    left = len(lines) - _LINES
    return [*map(one_line, lines[:_LINES]), *([f"... and {left} more lines"] if left > 0 else [])]


def _text_of(error: BaseException) -> str:
    if isinstance(error, KeyboardInterrupt):
        return "interrupted"
    text = str(error)
    if isinstance(error, OSError) and not isinstance(error, AlephAlphaError) and error.strerror:
        text = error.strerror if error.filename is None else f"{error.filename}: {error.strerror}"
    if not text or not _is_expected(error):
        text = f"{type(error).__name__}: {text}" if text else type(error).__name__
    return text.replace("verify_ssl=...", "the setting ca_file")  # an argument of the client has no place in a shell


def _is_expected(error: BaseException) -> bool:
    """Whether its message says all without its type: it is one of ours, or of the system."""
    known = (AlephAlphaError, UsageError, PartlyFailed, OSError, ImportError)
    return isinstance(error, known) or type(error).__module__.startswith("aleph_alpha.")


_BY_API_CODE = {
    "UNKNOWN_MODEL": "`aleph-alpha models` lists the models",
    "MISSING_CAPABILITY": "`aleph-alpha models` shows what each model can do",
    "PROMPT_TOO_LONG": "`aleph-alpha model NAME` shows how long a prompt may be, `aleph-alpha tokenize` counts tokens",
}
_BY_KIND: Sequence[tuple[type[BaseException], str]] = (
    (AuthenticationError, "`aleph-alpha config show` tells where the token is from, `aleph-alpha check` tries it"),
    (PermissionDeniedError, "`aleph-alpha whoami` shows what the token may do"),
    (QuotaError, "ask whoever runs the deployment for more"),
    (NotFoundError, "`aleph-alpha check` tells what this deployment has"),
    (StreamError, "what had come is there; a stream is not tried again: run the command once more"),
    (APITimeoutError, "--deadline SECONDS gives it more time; `aleph-alpha check` looks at the connection"),
    (APIConnectionError, "`aleph-alpha check` looks at the connection, `aleph-alpha config show` at the settings"),
    (UnprocessableEntityError, "`aleph-alpha schema` lists what a request may hold"),
    (BadRequestError, "`aleph-alpha schema` lists what a request may hold"),
    (ResponseError, "`aleph-alpha check` compares the deployment with what this client knows"),
    (ServerError, "it is not because of the request: try again; if it stays so, tell whoever runs the deployment"),
    (RequestTimeoutError, "try again; a shorter request takes less time"),
    (APIStatusError, "`aleph-alpha check` tells whether it is a deployment of this API, and what it has"),
    (UnsupportedVersionError, "ask whoever runs the deployment for a newer version"),
)


CA_HINT: Final = "for a certificate of your own authority: AA_CA_FILE=FILE, or `aleph-alpha config set ca_file FILE`"


def _is_untrusted(error: BaseException) -> bool:
    """Whether it comes of a certificate that no authority vouches for."""
    seen: set[int] = set()
    behind: BaseException | None = error
    while behind is not None and id(behind) not in seen:
        if type(behind).__name__ == "SSLCertVerificationError":  # of ssl, which takes a while to load
            return True
        seen.add(id(behind))
        behind = behind.__cause__ or behind.__context__
    return False


def hint_for(error: BaseException) -> str | None:
    """What to do about it, in one line; ``None`` where the message says it."""
    hint = getattr(error, "hint", None)
    if isinstance(hint, str):
        return hint
    code = getattr(error, "code", None)
    if isinstance(code, str) and code in _BY_API_CODE:
        return _BY_API_CODE[code]
    if isinstance(error, BusyError | RateLimitError):
        wait = "" if error.retry_after is None else f" in {error.retry_after:g} s"
        return f"try again{wait}; --retries N tries more often"
    if isinstance(error, APIConnectionError) and _is_untrusted(error):
        return CA_HINT
    for kind, text in _BY_KIND:
        if isinstance(error, kind):
            return text
    if isinstance(error, Exception) and not _is_expected(error):
        return "this was not expected: --debug shows the traceback"
    cause = getattr(error, "cause", None)
    return hint_for(cause) if isinstance(cause, BaseException) else None


def error_json(error: BaseException) -> dict[str, Any]:
    """What a program wants to know of an error; the names are stable.

    >>> error_json(UsageError("no prompt"))
    {'type': 'UsageError', 'message': 'no prompt', 'exit_code': 2}
    """
    told: dict[str, Any] = {
        "type": type(error).__name__,
        "message": "\n".join(lines_of(error)),
        "exit_code": code_of(error),
    }
    for name in ("status", "code", "attempts", "retry_after", "path"):
        value = getattr(error, name, None)
        if value and isinstance(value, str | int | float) and not (name == "code" and isinstance(value, int)):
            told[name] = value
    if hint := hint_for(error):
        told["hint"] = hint
    failed: Sequence[Mapping[str, Any]] | None = getattr(error, "failed", None)  # lines, of whatever ended the job
    if failed:
        told["failed"] = list(failed)
    return told
