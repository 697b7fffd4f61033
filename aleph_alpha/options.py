"""Client settings, and metadata of each response."""

from __future__ import annotations

import inspect
import math
import os
import re
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from typing import TYPE_CHECKING, Annotated, Any, Final, Protocol, Self, TypeAlias, TypeVar
from urllib.parse import urlsplit

from aleph_alpha._secret import Secret, TokenSource
from aleph_alpha.errors import InvalidRequestError

if TYPE_CHECKING:
    import httpx
    import httpx2

    from aleph_alpha._observe.events import EventHandler
    from aleph_alpha._observe.telemetry import Telemetry

__all__ = [
    "DEFAULT_DEADLINE",
    "DEFAULT_HOST",
    "DEFAULT_REQUEST_TIMEOUT",
    "Default",
    "Deviation",
    "Meta",
    "ResponseCache",
    "Settings",
]

DEFAULT_HOST = "https://api.aleph-alpha.com"  # the documented one
DEFAULT_REQUEST_TIMEOUT = 305  # seconds; the server closes a request after 300
DEFAULT_DEADLINE = 660.0  # seconds for a call with all its retries: two whole attempts and a pause
CONNECT_TIMEOUT = 15.0  # seconds to get a connection, TLS included
SILENCE_TIMEOUT = 305.0  # seconds without a byte, where nothing tighter is set

# 11.5.1 of the vendor's client has `limit` where the documented order has `hosting`.
_LIMIT_HINT = "hosting must be a string or None, not {}; to limit the connections, pass limit=... by keyword"


class Default:
    """Stands for "not given" where ``None`` has a meaning of its own.

    >>> Default()
    <default>
    """

    def __repr__(self) -> str:
        return "<default>"

    def __reduce__(self) -> str:
        return "DEFAULT"


DEFAULT: Final = Default()

T = TypeVar("T")
Fixed: TypeAlias = Annotated[T, "fixed"]  # an option of the connections, which copies of a client share


@dataclass(frozen=True, slots=True)
class Deviation:
    """A place where a response is not what the contract says, and was read nevertheless.

    Attributes:
        path: where, as in ``choices[0].message.role``.
        expected: what the contract has there, as in ``"a string"``; ``"no such member"`` for a new one.
        found: what came: a JSON type, ``"nothing"`` for a missing member, ``"another word"`` for one that the contract
            does not have. Never the value itself.

    >>> print(Deviation("usage.total_tokens", "an integer", "null"))
    usage.total_tokens: expected an integer, got null
    """

    path: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.path}: expected {self.expected}, got {self.found}"


@dataclass(frozen=True, slots=True)
class Meta:
    """How a response came about. It is beside the response's data: not compared, not in ``to_json``.

    Attributes:
        status: HTTP status of the last attempt.
        headers: its response headers, names in lower case.
        attempts: how often the call was sent, 1 without a retry. For a batch, of all its requests.
        seconds: from the call to its result, waits between the attempts included.
        deviations: where the response was not what the contract says, yet what was asked for could be read;
            at most 1,000. With ``strict=True`` of the client there are none: the first one is an error.
        cached: whether the response was in the client's `cache`, so that nothing was sent: `attempts` is 0 then, and
            there are no `headers`. For a batch, whether all of it was.
    """

    status: int
    headers: Mapping[str, str]
    attempts: int
    seconds: float
    deviations: tuple[Deviation, ...] = ()
    cached: bool = False


class ResponseCache(Protocol):
    """Where responses can be kept. Keys are 64 hexadecimal digits, values bodies as the API sent them.

    The methods are called in threads other than the caller's, several at once; for ``AsyncClient`` they may be async.
    What they raise is logged, and the request sent as without a cache.
    """

    def get(self, key: str, /) -> Any:
        """The bytes of the key, or ``None``."""

    def set(self, key: str, value: bytes, /) -> Any:
        """Keep bytes."""


@dataclass(frozen=True)
class Settings:
    """The options of a client, each written here and nowhere else; :meth:`changed` gives a copy with other values.

    ``make fix`` (scripts/client_options.py) writes them into the constructor, its docstring and ``with_options``
    of both clients, and into docs/options.md. ``with_options`` takes those that are not `Fixed`.
    """

    token: Fixed[TokenSource]
    """API token, or a callable that returns one (it may be async); a callable is asked at the first call, and once
    more when the API responds with 401."""

    host: Fixed[str] = DEFAULT_HOST
    """Base URL of the deployment, with or without a trailing slash. Endpoints are appended to it as it is: ``/v1`` is
    neither added nor taken away."""

    hosting: str | None = None
    """Data centres that may process the requests: ``"aleph-alpha"`` for the vendor's own only, ``None`` for any."""

    request_timeout_seconds: float | None = DEFAULT_REQUEST_TIMEOUT
    """Bound of one whole attempt in seconds, from getting a connection to the end of the body. ``None`` lifts it, and
    the default `deadline` with it; 15 s to connect and 305 s without a byte stay as limits. The server itself ends a
    request after 300 s."""

    total_retries: int = 8
    """Attempts after the first one. Tried again are the statuses 408, 429, 500, 502, 503 and 504 and connections that
    could not be made, after 0.25 s, 0.5 s, 1 s, ... (63.75 s in all with 8), each shortened at random by up to a
    quarter, never sooner than ``Retry-After`` says."""

    nice: bool = False
    """Give way to other users: the API puts these requests behind theirs."""

    verify_ssl: Fixed[bool | str | os.PathLike[str] | ssl.SSLContext] = True
    """``True``: the authorities of certifi, or those that ``SSL_CERT_FILE`` and the like name in their place.
    ``False``: nothing is checked. A file with CA certificates, or a folder of them under the names that ``openssl
    rehash`` gives: these alone are trusted, in place of certifi's. An ``ssl.SSLContext`` is used as it is."""

    tags: Sequence[str] | None = None
    """Sent with every task (the vendor's documentation calls it internal)."""

    _: KW_ONLY

    limit: Fixed[int] = 100
    """What `connection_limit` makes of the two names that the constructors have for it."""

    deadline: float | Default | None = DEFAULT
    """Bound of one call with all its retries in seconds; by default 660, or twice `request_timeout_seconds` where that
    is longer. ``None`` lifts it."""

    retry_ambiguous: bool = False
    """Also try again when a response broke off or did not come in time, so that the request may have been carried out
    (and paid for) already."""

    retry_after_cap: float = 60.0
    """The longest ``Retry-After`` in seconds that is waited for; when the server asks for more, the error is raised
    with ``.retry_after``."""

    # Not shown: in a value, in the third place and in the URL there may be a password.
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Sent with every request."""

    cert: Fixed[str | tuple[str, str] | tuple[str, str, str] | None] = field(default=None, repr=False)
    """Client certificate: a PEM file, ``(certificate, key)`` or ``(certificate, key, password)``."""

    proxy: Fixed[str | None] = field(default=None, repr=False)
    """URL of a proxy; by default those of the environment (``HTTPS_PROXY``, ``NO_PROXY``, ...)."""

    log_bodies: bool = False
    """Also log bodies (cut), where the ``aleph_alpha`` logger is at DEBUG."""

    on_event: EventHandler | None = field(default=None, repr=False)
    """A function that is called with each event of each call: ``CallBegan``, ``AttemptBegan``, ``AttemptEnded``,
    ``WaitEnded``, ``ChunkCame``, ``CallEnded``, in whichever thread or task it happens. It must be quick, and not
    async; what it raises is logged."""

    telemetry: bool | Telemetry = True
    """Tell OpenTelemetry of each call, in a program that uses it: spans, metrics, ``traceparent``. ``False`` turns it
    off, a ``Telemetry`` says more."""

    strict: bool = False
    """Raise ``ResponseError`` for every response that is not what the contract says. Otherwise only one without what
    was asked for is an error; the rest is told by ``response.meta.deviations``."""

    check_length: bool = False
    """Count the tokens of prompts that are to be completed, evaluated, explained or embedded, and raise
    ``PromptDoesNotFitError`` in place of sending one that is longer than the model's context. The first call to a model
    gets its tokenizer and context size; where the deployment has not both, nothing is checked."""

    cache: str | os.PathLike[str] | ResponseCache | None = None
    """Keep responses that are the same each time, and take them from there: of embeddings, evaluations, explanations,
    rerankings and tokens, and of completions and chats that are not sampled (see the guide "Recipes"). A folder, or an
    object with ``get(key)`` and ``set(key, value)`` for bytes. ``response.meta.cached`` tells which were there."""

    def __post_init__(self) -> None:
        if isinstance(self.token, str | Secret):
            token = Secret.of(self.token)
            # The empty one is for deployments that ask for none.
            object.__setattr__(self, "token", checked_token(token) if token.reveal() else token)
        elif not callable(self.token):
            raise TypeError(f"token must be a string or a callable that returns one, not {_name(self.token)}")
        _check_host(self.host)
        if self.hosting is not None and not isinstance(self.hosting, str):
            raise TypeError(_LIMIT_HINT.format(_name(self.hosting)))
        if self.tags is not None:
            if isinstance(self.tags, str):
                raise TypeError("tags must be a sequence of strings, not one string")
            object.__setattr__(self, "tags", tuple(self.tags))
        _check_handler(self.on_event)
        if not isinstance(self.telemetry, bool):
            from aleph_alpha._observe.telemetry import Telemetry

            if not isinstance(self.telemetry, Telemetry):
                raise TypeError(f"telemetry must be True, False or a Telemetry, not {_name(self.telemetry)}")
        _check_seconds("request_timeout_seconds", self.request_timeout_seconds)
        if not isinstance(self.deadline, Default):
            _check_seconds("deadline", self.deadline)
        _check_count("total_retries", self.total_retries, least=0)
        _check_count("limit", self.limit, least=1)
        _check_cache(self.cache)
        object.__setattr__(self, "headers", _check_headers(self.headers))

    def changed(self, **changes: Any) -> Self:
        """A copy with the values given; anything that is ``DEFAULT`` stays as it is."""
        return replace(self, **{name: value for name, value in changes.items() if not isinstance(value, Default)})

    @property
    def deadline_seconds(self) -> float | None:
        """Seconds that a call may take with its retries; ``None`` without a bound.

        >>> Settings("token").deadline_seconds
        660.0
        >>> Settings("token", request_timeout_seconds=600).deadline_seconds
        1200.0
        >>> Settings("token", request_timeout_seconds=None).deadline_seconds is None
        True
        """
        if not isinstance(self.deadline, Default):
            return self.deadline
        if self.request_timeout_seconds is None:
            return None
        return max(DEFAULT_DEADLINE, 2.0 * self.request_timeout_seconds)


class ConstructorOptions:
    """The options that only the constructors have, or have in another form than `Settings`. Never instantiated."""

    limit: int | None = None
    """Connections at most, 100 unless given; further calls wait their turn."""

    pool_size: int | None = None
    """Another name of `limit`."""

    http_client: httpx.AsyncClient | httpx2.AsyncClient | None = None
    """An ``httpx.AsyncClient`` or ``httpx2.AsyncClient`` to send with instead; its own settings count for connections,
    and it is not closed."""


def connection_limit(limit: int | None, pool_size: int | None) -> int:
    """The one connection limit behind its two names.

    >>> connection_limit(None, 10), connection_limit(5, None), connection_limit(None, None)
    (10, 5, 100)
    """
    if limit is not None and pool_size is not None and limit != pool_size:
        raise ValueError(f"limit={limit} and pool_size={pool_size} are two names of one setting: pass one of them")
    given = limit if limit is not None else pool_size
    return 100 if given is None else given


def from_environment(token: TokenSource | None, host: str | None) -> tuple[TokenSource, str]:
    """Token and host as given, else from ``AA_TOKEN`` and ``AA_HOST``, else the documented host."""
    if token is None:
        if not os.environ.get("AA_TOKEN", "").strip():
            raise InvalidRequestError("no API token: set the environment variable AA_TOKEN, or pass token=...")
        token = Secret(os.environ["AA_TOKEN"])
    return token, host or os.environ.get("AA_HOST", "").strip() or DEFAULT_HOST


def checked_token(token: Secret) -> Secret:
    """The token without white space around it.

    Raises:
        InvalidRequestError: it cannot be one; neither the message nor a frame of the traceback repeats it.
    """
    stripped = Secret(token.reveal().strip())
    if not stripped.reveal():
        raise InvalidRequestError("token is empty")
    if stripped.reveal().lower().startswith("bearer "):
        raise InvalidRequestError("token must be the API token alone, without 'Bearer'")
    if not stripped.reveal().isascii() or not stripped.reveal().isprintable():
        raise InvalidRequestError("token has characters that cannot be in an HTTP header")
    return stripped


def _check_host(host: str) -> None:
    if not isinstance(host, str):
        raise TypeError(f"host must be a string, not {_name(host)}")
    try:
        parts = urlsplit(host)
        port_ok = parts.port is None or parts.port >= 0
    except ValueError:
        port_ok = False
        parts = urlsplit("")
    # The host itself is left out of the message: it may hold a password.
    if not port_ok or parts.scheme not in ("http", "https") or not parts.hostname:
        raise InvalidRequestError("host must be a URL such as https://inference.example.com, with http:// or https://")
    if ":" in parts.hostname and "%" in parts.hostname:
        raise InvalidRequestError("host holds an IPv6 address with a zone (%...), which is not supported")
    if not re.fullmatch(r"[^\s%/\\<>^`{|}]+", parts.hostname) or not _is_host_name(parts.hostname):
        raise InvalidRequestError("host holds a host name that cannot be one")
    if parts.username is not None or parts.password is not None:
        raise InvalidRequestError("host must not hold a user name or password")
    if parts.query or parts.fragment:
        raise InvalidRequestError("host must not have a query (?...) or fragment (#...)")


def _is_host_name(name: str) -> bool:
    try:
        return ":" in name or bool(name.rstrip(".").encode("idna"))
    except UnicodeError:
        return False


def _check_handler(handler: object) -> None:
    if handler is None:
        return
    if not callable(handler):
        raise TypeError(f"on_event must be a function or None, not {_name(handler)}")
    if inspect.iscoroutinefunction(handler) or inspect.iscoroutinefunction(getattr(handler, "__call__", None)):  # noqa: B004
        raise TypeError("on_event must be a plain function, not an async one: it is called in the middle of a call")


def _check_seconds(name: str, value: float | None) -> None:
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"{name} must be a number of seconds or None, not {_name(value)}")
    if not math.isfinite(value) or value <= 0:
        raise InvalidRequestError(f"{name} must be a positive number of seconds, not {value}; None lifts the bound")


def _check_count(name: str, value: int, *, least: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be an int, not {_name(value)}")
    if value < least:
        raise InvalidRequestError(f"{name} must be {least} or greater, got {value}")


def _check_cache(cache: object) -> None:
    if cache is None or (isinstance(cache, str | os.PathLike) and str(cache)):
        return
    if not all(callable(getattr(cache, name, None)) for name in ("get", "set")):
        raise TypeError(f"cache must be a folder, or an object with get and set, got {_name(cache)}")


def _check_headers(headers: Mapping[str, str]) -> dict[str, str]:
    checked: dict[str, str] = {}
    for name, value in headers.items():
        if not isinstance(name, str) or not isinstance(value, str):
            raise TypeError("headers must map strings to strings")
        if not name.isascii() or not name.replace("-", "").replace("_", "").isalnum():
            raise InvalidRequestError(f"headers: {name!r} is not a header name")
        if any(ord(char) < 32 or ord(char) > 126 for char in value):
            raise InvalidRequestError(f"headers: the value of {name!r} has characters that cannot be in a header")
        if name.lower() in _OWN_HEADERS:
            raise InvalidRequestError(f"headers: {name!r} is set by the client itself")
        checked[name.lower()] = value
    return checked


_OWN_HEADERS: Sequence[str] = (
    "authorization",
    "content-length",
    "content-type",
    "host",
    "transfer-encoding",
    "connection",
)


def _name(value: object) -> str:
    return type(value).__name__
