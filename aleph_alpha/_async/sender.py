"""Sends calls: attempts, waits between them, deadlines, the token. Knows no task and no socket."""

from __future__ import annotations

import logging
import random
import sys
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, cast

from aleph_alpha._call.call import Call
from aleph_alpha._call.deviations import Deviating
from aleph_alpha._call.meta import WithMeta
from aleph_alpha._call.reading import parsed
from aleph_alpha._http.authorities import check_authorities
from aleph_alpha._http.socks import check_socks
from aleph_alpha._retry.gate import Gate, Kind
from aleph_alpha._retry.pacing import Turn
from aleph_alpha._retry.schedule import RETRY_STATUS_CODES, Failure, Others, Outcome, RetryPolicy, parse_retry_after
from aleph_alpha._runtime.aio import Wake, place, resolve, sleep
from aleph_alpha._runtime.entries import Entries
from aleph_alpha._runtime.forks import new_lock
from aleph_alpha._secret import Secret
from aleph_alpha.errors import (
    AlephAlphaError,
    APIStatusError,
    APITimeoutError,
    OtherStatusError,
    ResponseError,
    status_error,
)
from aleph_alpha.options import Deviation, Meta, Settings, checked_token

if TYPE_CHECKING:
    import httpx
    import httpx2

    from aleph_alpha._async.body import AsyncBody
    from aleph_alpha._call.observation import Observation
    from aleph_alpha._http.connections import AsyncConnections
    from aleph_alpha._http.exchange import Endpoint
    from aleph_alpha._http.wire.protocol import WireResponse

__all__ = ["AsyncSender"]

T = TypeVar("T")

_log = logging.getLogger("aleph_alpha")
_LOGGED_BODY = 2_000  # characters of a body in the log, where bodies are asked for
_modules = sys.modules


class AsyncSender:
    """What the copies of one client share: the connections, the token and the pace.

    Connections are made when they are first needed, and again after :meth:`close`.
    """

    def __init__(self, settings: Settings, http_client: httpx.AsyncClient | httpx2.AsyncClient | None = None) -> None:
        if http_client is None:
            check_socks(settings.host, settings.proxy)
            check_authorities(settings.verify_ssl)
        self._settings = settings  # of the client as it was built: copies change nothing about connections
        self._http_client = http_client
        self._connections: AsyncConnections | None = None
        self._endpoint: Endpoint | None = None
        self._gate = Gate()
        self._entries = Entries()
        self.deviating = Deviating()
        self._token: Secret | None = settings.token if isinstance(settings.token, Secret) else None
        self._lock = new_lock()

    def __getstate__(self) -> dict[str, Any]:
        if self._http_client is not None:
            raise TypeError("a client with an http_client of its own is neither pickled nor deep-copied: share it")
        return {"_settings": self._settings}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state["_settings"])  # type: ignore[misc]

    def enter(self) -> None:
        """The connections are needed until :meth:`leave` was called as often."""
        self._entries.enter(place())

    async def leave(self) -> None:
        """Close the connections, unless somebody else has entered and not left."""
        if self._entries.leave(place()):
            await self.close()

    async def close(self) -> None:
        """Close the connections. The next call opens new ones."""
        with self._lock:
            connections, self._connections = self._connections, None
        if connections is not None:
            await connections.aclose()

    async def send(self, call: Call[T], settings: Settings) -> T:
        """The result of the call, after as many attempts as it takes and the settings allow.

        Raises:
            AlephAlphaError: the last attempt's failure; `.attempts` says how many there were.
        """
        key: str | None = None
        if settings.cache is not None:
            from aleph_alpha._async.caching import recall

            started = time.monotonic()
            key, kept = await recall(call, settings)
            known = None if kept is None else self._kept_result(call, settings, kept, started)
            if known is not None:
                return known
        seen = None
        if settings.on_event is not None or "opentelemetry" in _modules:
            from aleph_alpha._call.observation import observe

            seen = observe(call, settings, stream=False)
        exchange = _Exchange(call, settings, self._gate, time.monotonic(), seen=seen)
        try:
            try:
                response = await self._attempts(exchange)
            finally:
                exchange.leave()
            result: T = self._result(exchange, response)
        except BaseException as error:
            if seen is not None:
                seen.failed(error)
            raise
        if seen is not None:
            seen.complete(result)
        if key is not None and _kept(response.content, call, self._token) == response.content:
            from aleph_alpha._async.caching import keep

            await keep(key, response.content, settings)
        return result

    def _result(self, exchange: _Exchange, response: WireResponse) -> Any:
        """What the body says."""
        call, settings = exchange.call, exchange.settings
        try:
            result, of_body = parsed(call, response.content)
            found = [*(Deviation(*each) for each in response.deviations), *of_body]
            if found:
                self.deviating.tell(call.operation, found, strict=settings.strict, body=response.content)
        except ResponseError as error:
            from aleph_alpha._http.exchange import content_type_hint, header_map

            error.attempts = exchange.attempts
            error.body = _kept(error.body, call, self._token)
            error.args = (f"{error.args[0]}{content_type_hint(header_map(response.headers), call.accept)}",)
            raise
        if isinstance(result, WithMeta):
            result.attach_meta(exchange.meta(response, found))
        return result

    def _kept_result(self, call: Call[T], settings: Settings, body: bytes, started: float) -> T | None:
        """The result of a body that was kept; nothing where it cannot be read any more."""
        try:
            result, found = parsed(call, body)
            if found:
                self.deviating.tell(call.operation, found, strict=settings.strict, body=body)
        except ResponseError:
            return None
        if isinstance(result, WithMeta):
            result.attach_meta(Meta(200, {}, 0, time.monotonic() - started, tuple(found), cached=True))
        return result

    async def open(self, call: Call[Any], settings: Settings) -> AsyncBody:
        """The body of the call's response while it is still coming; whoever gets it closes it.

        There are as many attempts as for :meth:`send` until the response begins, none after that.
        """
        from aleph_alpha._async.body import AsyncBody

        seen = None
        if settings.on_event is not None or "opentelemetry" in _modules:
            from aleph_alpha._call.observation import observe

            seen = observe(call, settings, stream=True)
        exchange = _Exchange(call, settings, self._gate, time.monotonic(), streams=True, seen=seen)
        try:
            response = await self._attempts(exchange)
            found = [Deviation(*each) for each in response.deviations]
            self.deviating.tell(call.operation, found, strict=settings.strict)
            meta = exchange.meta(response, found)
            body = AsyncBody(exchange.response, call, settings, meta, exchange.attempt_started)
        except BaseException as error:
            exchange.leave()
            if seen is not None:
                seen.failed(error)
            raise
        body.seen = seen
        body.on_close = exchange.leave  # until then the server is busy with it
        return body

    async def _attempts(self, exchange: _Exchange) -> WireResponse:
        """A success, its body read or, for a stream, still to come; or the exception that the caller is to see."""
        from aleph_alpha._http.exchange import HTTP_ERRORS, explain_failure

        renewed = False
        ours: AlephAlphaError | None = None
        token = await self._current_token()
        self._open()  # what takes long the first time, before others are told to wait for this call
        try:
            while True:
                if not self._gate.free:
                    waiting = time.monotonic()
                    in_time = await exchange.turn()
                    if exchange.seen is not None:
                        exchange.seen.waited(waiting, "turn")
                    if not in_time:
                        exchange.give_up(ours or exchange.never_sent())
                exchange.begin()
                try:
                    response = await self._attempt(exchange, token)
                except HTTP_ERRORS as error:
                    failure, ours = explain_failure(error, exchange.call, exchange.attempt_timeout)
                    outcome = Outcome(failure)
                else:
                    if 200 <= response.status < 300:
                        exchange.log(str(response.status), response)
                        if exchange.seen is not None:
                            exchange.seen.attempt_ended(response.status, None)
                        exchange.answered()
                        return response
                    if response.status == 401 and not renewed and callable(self._settings.token):
                        renewed = True
                        if exchange.seen is not None:
                            exchange.seen.attempt_ended(401, _status_error(response, exchange.call, token))
                        exchange.leave()
                        token = await self._renewed_token(token)
                        continue
                    refusal = ours = _status_error(response, exchange.call, token)
                    outcome = Outcome(Failure.STATUS, response.status, refusal.retry_after, refusal.code)
                    del refusal
                exchange.log(type(ours).__name__, None)
                if exchange.seen is not None:
                    exchange.seen.attempt_ended(outcome.status, ours)
                wait = exchange.wait(outcome)
                if wait is None:
                    exchange.give_up(ours)
                waiting = time.monotonic()
                await sleep(wait)
                if exchange.seen is not None:
                    exchange.seen.waited(waiting, "retry")
        finally:
            ours = None  # by this frame it would hold itself, and the request, until a collection

    async def _attempt(self, exchange: _Exchange, token: Secret) -> WireResponse:
        from aleph_alpha._http.exchange import limits

        connections, endpoint = self._open()
        more = None if exchange.seen is None else exchange.seen.attempt(exchange.attempts, token)
        head = endpoint.head(exchange.call, token, exchange.settings)
        if more:
            head = head.with_headers(more)
        steps, deadline = limits(exchange.settings, time.monotonic(), exchange.deadline)
        if exchange.streams:
            request = head.request(exchange.call.body, {"timeout": steps, "deadline": deadline})
            return await self._begin(exchange, connections, request)
        return await connections.exchange(head, exchange.call.body, steps, deadline)

    async def _begin(self, exchange: _Exchange, connections: AsyncConnections, request: httpx.Request) -> WireResponse:
        """The head of a response whose body is left to be streamed; of a failure the body as well."""
        from aleph_alpha._http.wire.protocol import WireResponse

        response = exchange.response = await connections.send(request)
        if not 200 <= response.status_code < 300:
            return await connections.receive(response)
        request.extensions["deadline"] = exchange.deadline  # the attempt's own bound is one between events now
        return WireResponse(response.status_code, response.headers.raw, b"", False, False)

    def _open(self) -> tuple[AsyncConnections, Endpoint]:
        connections, endpoint = self._connections, self._endpoint
        if connections is None or endpoint is None:
            from aleph_alpha._http.connections import AsyncConnections, ConnectionSettings
            from aleph_alpha._http.exchange import Endpoint

            with self._lock:
                if self._endpoint is None:
                    self._endpoint = Endpoint(self._settings.host)
                if self._connections is None:
                    self._connections = AsyncConnections(
                        ConnectionSettings(
                            verify=self._settings.verify_ssl,
                            cert=self._settings.cert,
                            proxy=self._settings.proxy,
                            max_connections=self._settings.limit,
                        ),
                        self._http_client,
                    )
                connections, endpoint = self._connections, self._endpoint
        return connections, endpoint

    async def _current_token(self) -> Secret:
        return self._token if self._token is not None else await self._ask_for_token()

    async def _renewed_token(self, refused: Secret) -> Secret:
        """Another token than the one that was refused, unless it is the only one there is."""
        if self._token is not None and self._token != refused:
            return self._token  # another call has already asked
        return await self._ask_for_token()

    async def _ask_for_token(self) -> Secret:
        source = self._settings.token
        if not callable(source):  # Settings has made a Secret of a plain string
            return cast(Secret, source)
        token = Secret.of(await resolve(source()))
        if not isinstance(token, Secret):
            raise TypeError(f"the token callable must return a string, not {type(token).__name__}")
        self._token = checked_token(token)
        return self._token


class _Exchange:
    """One call on its way: how often it was sent, and until when it may take."""

    response: httpx.Response  # of a stream that has begun
    _turn: Turn | None = None  # its place among the others, where there is trouble
    _why: str | None = None  # there is no further attempt

    def __init__(
        self,
        call: Call[Any],
        settings: Settings,
        gate: Gate,
        started: float,
        *,
        streams: bool = False,
        seen: Observation | None = None,
    ) -> None:
        self.call = call
        self.seen = seen
        self.settings = settings
        self.streams = streams
        self.attempts = 0
        self.attempt_started = started
        seconds = settings.deadline_seconds
        self.deadline = None if seconds is None else started + seconds
        self._retries = 0
        self._busy = 0.0  # seconds that failed attempts have taken
        self._started = started
        self._gate = gate
        gate.begin(id(self))
        self._due = started  # when the wait between two attempts is over
        self._policy = RetryPolicy(settings.total_retries, settings.retry_ambiguous, settings.retry_after_cap)

    @property
    def _kind(self) -> Kind:
        return self.call.operation, self.call.model

    async def turn(self) -> bool:
        """Wait for the turn of this call among the others; False when its deadline came first."""
        if not self.settings.total_retries:
            return True
        now = max(time.monotonic(), self._due)
        turn = self._place()
        again = self._gate.enter(self._kind, turn, now)
        if again is None:
            return True
        wake = turn.wake = Wake()
        while turn.waiting:
            limit = again if self.deadline is None else min(again, self.deadline)
            woken = await wake.wait(max(limit - now, 0.0))
            now = time.monotonic() if woken else max(time.monotonic(), limit)
            if self.deadline is not None and now >= self.deadline:
                self._why = "not tried again: its deadline came while it waited for its turn among the others"
                return False
            again = self._gate.look(self._kind, turn, now)
            if again is None:
                break
        return True

    def _place(self) -> Turn:
        if self._turn is None:
            self._turn = Turn(self._started, 0.0)
        self._turn.patience = self._policy.whole + self._busy
        return self._turn

    def begin(self) -> None:
        """One more attempt."""
        self.attempts += 1
        self.attempt_started = time.monotonic()

    @property
    def attempt_timeout(self) -> float | None:
        """The request timeout, where the attempt ends at that and not at the call's deadline."""
        seconds = self.settings.request_timeout_seconds
        if seconds is None or (self.deadline is not None and self.deadline <= self.attempt_started + seconds):
            return None
        return seconds

    def answered(self) -> None:
        """The attempt was a success."""
        self._gate.answered()
        if not self._gate.calm and self.settings.total_retries:
            self._gate.succeeded(self._kind, self.attempt_started, time.monotonic())

    def leave(self) -> None:
        """The call is over, or the stream that it has begun."""
        turn, self._turn = self._turn, None
        self._gate.over(id(self))
        if turn is not None:
            self._gate.leave(self._kind, turn, time.monotonic())

    def wait(self, outcome: Outcome) -> float | None:
        """Seconds until the next attempt, or `None` when this was the last."""
        now = time.monotonic()
        remaining = None if self.deadline is None else self.deadline - now
        delay = self._policy.delay(outcome, self._retries, jitter=random.random(), remaining=remaining)  # noqa: S311
        if delay is None:
            self._why = self._policy.why_not(outcome, self._retries)
        elif self._turn is not None and self._turn.last:
            delay = None
            self._why = "not tried again: while all calls like it failed, its schedule has come to its end"
        others, sent = self._policy.others(outcome), self.attempt_started
        self._busy += now - sent
        if others is not Others.GO_ON:
            turn = self._place()
            end = self._gate.failed(self._kind, turn, sent, now, others=others, retry_after=outcome.retry_after)
            if delay is not None:  # it may have waited for others before
                delay = max(min(delay, end - now), outcome.retry_after or 0.0)
        elif outcome.status is not None and outcome.status < 500 and outcome.status not in RETRY_STATUS_CODES:
            self.answered()  # the server works: it is the request that is wrong
        if delay is not None:
            self._retries += 1
            self._due = now + delay
        return delay

    def never_sent(self) -> AlephAlphaError:
        """What the caller gets when the deadline came before the first attempt."""
        call = self.call
        return APITimeoutError(f"{call.method} {call.path}: its deadline came before its turn among the others")

    def give_up(self, error: AlephAlphaError) -> NoReturn:
        """Raise the error with what this call adds to it."""
        error.attempts = self.attempts
        if self._why is not None:
            error.add_note(self._why)
        if isinstance(error, APITimeoutError) and self.attempts > 1:
            error.args = (f"{error.args[0]} (attempt {self.attempts})",)
        try:
            raise error
        finally:
            del error

    def meta(self, response: WireResponse, found: Iterable[Deviation] = ()) -> Meta:
        """How the response came about."""
        from aleph_alpha._http.exchange import header_map

        seconds = time.monotonic() - self._started
        return Meta(response.status, header_map(response.headers), self.attempts, seconds, tuple(found))

    def log(self, outcome: str, response: WireResponse | None) -> None:
        """A debug line about the attempt: no token, and no body unless asked for."""
        if not _log.isEnabledFor(logging.DEBUG):
            return
        seconds = time.monotonic() - self.attempt_started
        call = self.call
        _log.debug("%s %s -> %s in %.3f s, attempt %d", call.method, call.path, outcome, seconds, self.attempts)
        if self.settings.log_bodies:
            _log.debug("sent: %s", bytes(call.body or b"")[:_LOGGED_BODY].decode("utf-8", "replace"))
            if response is not None and not call.confidential:
                _log.debug("received: %s", response.content[:_LOGGED_BODY].decode("utf-8", "replace"))


def _status_error(response: WireResponse, call: Call[Any], token: Secret) -> APIStatusError:
    from aleph_alpha._http.exchange import header_map

    headers = header_map(response.headers)
    if response.status < 400:
        text = "a response that is neither a success nor an error"
        if "location" in headers:
            where = headers["location"]
            text = f"the server redirects to {where}; redirects are not followed, pass the right address as host"
        return OtherStatusError(response.status, text, headers=headers)
    body = _kept(response.content, call, token).decode("utf-8", "replace")
    return status_error(response.status, body, headers=headers, retry_after=parse_retry_after(headers))


def _kept(body: bytes, call: Call[Any], token: Secret | None) -> bytes:
    """What an error keeps of a body: a gateway may send back what it was sent, and nobody is to keep a new token."""
    if call.confidential and b'"token"' in body:
        return b""
    return body if token is None else token.out_of(body)
