"""AsyncClient: how it is built, copied with other options, and closed. Its tasks are in the groups of methods."""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from aleph_alpha._async.attributes import Attributes
from aleph_alpha._async.chat_methods import ChatMethods
from aleph_alpha._async.completion_methods import CompletionMethods
from aleph_alpha._async.embedding_methods import EmbeddingMethods
from aleph_alpha._async.scoring_methods import ScoringMethods
from aleph_alpha._async.sender import AsyncSender
from aleph_alpha._async.service_methods import ServiceMethods
from aleph_alpha._async.task_methods import TaskMethods
from aleph_alpha._secret import Secret, TokenSource
from aleph_alpha.options import (
    DEFAULT,
    DEFAULT_HOST,
    DEFAULT_REQUEST_TIMEOUT,
    Default,
    ResponseCache,
    Settings,
    connection_limit,
    from_environment,
)

if TYPE_CHECKING:
    import httpx
    import httpx2
    from tokenizers import Tokenizer

    from aleph_alpha._observe.events import EventHandler
    from aleph_alpha._observe.telemetry import Telemetry

__all__ = ["AsyncClient"]


class AsyncClient(
    Attributes, CompletionMethods, ChatMethods, EmbeddingMethods, ScoringMethods, TaskMethods, ServiceMethods
):
    """The inference API, for asyncio.

    A client may be built anywhere, also outside an event loop; it keeps its connections between
    calls and can be used from several tasks and threads, and from one event loop after another.
    ``async with`` closes the connections at the end; the client can be entered again after that, and
    by several at once: the last to leave closes them.

    Args:
        token: API token, or a callable that returns one (it may be async); a callable is asked at the
            first call, and once more when the API responds with 401.
        host: base URL of the deployment, with or without a trailing slash. Endpoints are appended to it
            as it is: ``/v1`` is neither added nor taken away.
        hosting: data centres that may process the requests: ``"aleph-alpha"`` for the vendor's own
            only, ``None`` for any.
        request_timeout_seconds: bound of one whole attempt in seconds, from getting a connection to the
            end of the body. ``None`` lifts it, and the default `deadline` with it; 15 s to connect and
            305 s without a byte stay as limits. The server itself ends a request after 300 s.
        total_retries: attempts after the first one. Tried again are the statuses 408, 429, 500, 502,
            503 and 504 and connections that could not be made, after 0.25 s, 0.5 s, 1 s, ... (63.75 s
            in all with 8), each shortened at random by up to a quarter, never sooner than
            ``Retry-After`` says.
        nice: give way to other users: the API puts these requests behind theirs.
        verify_ssl: ``True``: the authorities of certifi, or those that ``SSL_CERT_FILE`` and the like
            name in their place. ``False``: nothing is checked. A file with CA certificates, or a folder
            of them under the names that ``openssl rehash`` gives: these alone are trusted, in place of
            certifi's. An ``ssl.SSLContext`` is used as it is.
        tags: sent with every task (the vendor's documentation calls it internal).
        limit: connections at most, 100 unless given; further calls wait their turn.
        deadline: bound of one call with all its retries in seconds; by default 660, or twice
            `request_timeout_seconds` where that is longer. ``None`` lifts it.
        retry_ambiguous: also try again when a response broke off or did not come in time, so that the
            request may have been carried out (and paid for) already.
        retry_after_cap: the longest ``Retry-After`` in seconds that is waited for; when the server asks
            for more, the error is raised with ``.retry_after``.
        headers: sent with every request.
        cert: client certificate: a PEM file, ``(certificate, key)`` or ``(certificate, key,
            password)``.
        proxy: URL of a proxy; by default those of the environment (``HTTPS_PROXY``, ``NO_PROXY``, ...).
        log_bodies: also log bodies (cut), where the ``aleph_alpha`` logger is at DEBUG.
        on_event: A function that is called with each event of each call: ``CallBegan``,
            ``AttemptBegan``, ``AttemptEnded``, ``WaitEnded``, ``ChunkCame``, ``CallEnded``, in
            whichever thread or task it happens. It must be quick, and not async; what it raises is
            logged.
        telemetry: tell OpenTelemetry of each call, in a program that uses it: spans, metrics,
            ``traceparent``. ``False`` turns it off, a ``Telemetry`` says more.
        strict: raise ``ResponseError`` for every response that is not what the contract says. Otherwise
            only one without what was asked for is an error; the rest is told by
            ``response.meta.deviations``.
        check_length: count the tokens of prompts that are to be completed, evaluated, explained or
            embedded, and raise ``PromptDoesNotFitError`` in place of sending one that is longer than
            the model's context. The first call to a model gets its tokenizer and context size; where
            the deployment has not both, nothing is checked.
        cache: keep responses that are the same each time, and take them from there: of embeddings,
            evaluations, explanations, rerankings and tokens, and of completions and chats that are not
            sampled (see the guide "Recipes"). A folder, or an object with ``get(key)`` and ``set(key,
            value)`` for bytes. ``response.meta.cached`` tells which were there.
        pool_size: another name of `limit`.
        http_client: an ``httpx.AsyncClient`` or ``httpx2.AsyncClient`` to send with instead; its own
            settings count for connections, and it is not closed.

    Raises:
        TypeError, InvalidRequestError: an argument that cannot work; the message names it.

    >>> from aleph_alpha import AsyncClient, CompletionRequest, Prompt
    >>> async with AsyncClient(token, host) as client:
    ...     request = CompletionRequest(Prompt.from_text("An apple a day"), maximum_tokens=8)
    ...     response = await client.complete(request, model="toy-base")
    >>> response.completions[0].finish_reason
    'maximum_tokens'
    """

    def __init__(
        self,
        token: TokenSource,
        host: str = DEFAULT_HOST,
        hosting: str | None = None,
        request_timeout_seconds: float | None = DEFAULT_REQUEST_TIMEOUT,
        total_retries: int = 8,
        nice: bool = False,
        verify_ssl: bool | str | os.PathLike[str] | ssl.SSLContext = True,
        tags: Sequence[str] | None = None,
        *,
        limit: int | None = None,
        deadline: float | Default | None = DEFAULT,
        retry_ambiguous: bool = False,
        retry_after_cap: float = 60.0,
        headers: Mapping[str, str] | None = None,
        cert: str | tuple[str, str] | tuple[str, str, str] | None = None,
        proxy: str | None = None,
        log_bodies: bool = False,
        on_event: EventHandler | None = None,
        telemetry: bool | Telemetry = True,
        strict: bool = False,
        check_length: bool = False,
        cache: str | os.PathLike[str] | ResponseCache | None = None,
        pool_size: int | None = None,
        http_client: httpx.AsyncClient | httpx2.AsyncClient | None = None,
    ) -> None:
        token = Secret.of(token)  # whatever is raised from here on does not show it among the local variables
        self._settings = Settings(
            token=token,
            host=host,
            hosting=hosting,
            request_timeout_seconds=request_timeout_seconds,
            total_retries=total_retries,
            nice=nice,
            verify_ssl=verify_ssl,
            tags=tags,
            limit=connection_limit(limit, pool_size),
            deadline=deadline,
            retry_ambiguous=retry_ambiguous,
            retry_after_cap=retry_after_cap,
            headers=headers or {},
            cert=cert,
            proxy=proxy,
            log_bodies=log_bodies,
            on_event=on_event,
            telemetry=telemetry,
            strict=strict,
            check_length=check_length,
            cache=cache,
        )
        self._sender = AsyncSender(self._settings, http_client)
        self._tokenizers: dict[str, Tokenizer] = {}
        self._context_sizes: dict[str, int] = {}

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "_tokenizers": {}}  # several MB each, and cheap to load again

    @classmethod
    def from_env(cls, token: TokenSource | None = None, host: str | None = None, **options: Any) -> Self:
        """A client for the token and host of the environment: ``AA_TOKEN`` and ``AA_HOST``.

        What is passed goes before the environment; `options` are those of the constructor. The profiles,
        the keyring and the other variables of the command line (``AA_MODEL``, ``AA_PROXY``, ...) are not read.

        Raises:
            InvalidRequestError: there is no token.
        """
        token, host = from_environment(token, host)
        return cls(token, host, **options)

    def with_options(
        self,
        *,
        hosting: str | Default | None = DEFAULT,
        request_timeout_seconds: float | Default | None = DEFAULT,
        total_retries: int | Default = DEFAULT,
        nice: bool | Default = DEFAULT,
        tags: Sequence[str] | Default | None = DEFAULT,
        deadline: float | Default | None = DEFAULT,
        retry_ambiguous: bool | Default = DEFAULT,
        retry_after_cap: float | Default = DEFAULT,
        headers: Mapping[str, str] | Default = DEFAULT,
        log_bodies: bool | Default = DEFAULT,
        on_event: EventHandler | Default | None = DEFAULT,
        telemetry: bool | Telemetry | Default = DEFAULT,
        strict: bool | Default = DEFAULT,
        check_length: bool | Default = DEFAULT,
        cache: str | os.PathLike[str] | ResponseCache | Default | None = DEFAULT,
    ) -> Self:
        """A client with other options that shares this one's connections and token.

        >>> patient = client.with_options(request_timeout_seconds=600, nice=True)
        >>> response = await patient.complete(request, model="toy-base")
        """
        copy = object.__new__(type(self))
        copy.__dict__.update(self.__dict__)
        copy._settings = self._settings.changed(
            hosting=hosting,
            request_timeout_seconds=request_timeout_seconds,
            total_retries=total_retries,
            nice=nice,
            tags=tags,
            deadline=deadline,
            retry_ambiguous=retry_ambiguous,
            retry_after_cap=retry_after_cap,
            headers=headers,
            log_bodies=log_bodies,
            on_event=on_event,
            telemetry=telemetry,
            strict=strict,
            check_length=check_length,
            cache=cache,
        )
        return copy

    async def __aenter__(self) -> Self:
        self._sender.enter()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._sender.leave()

    def __repr__(self) -> str:
        settings: Settings | None = vars(self).get("_settings")  # none yet where an argument is refused
        return f"{type(self).__name__}(host={settings.host!r})" if settings else object.__repr__(self)

    async def close(self) -> None:
        """Close the connections; those of copies by :meth:`with_options` are the same ones.

        Calls under way fail with ``APIConnectionError`` and are not tried again, streams with
        ``StreamConnectionError``; those in other event loops, where there are any, come to their end
        first. The next call opens new connections. An `http_client` that was passed is left as it is.
        """
        await self._sender.close()
