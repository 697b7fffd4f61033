"""One call as it is told to those who want to know: `on_event` of the client, and OpenTelemetry where it is in use.

The telemetry of this package imports OpenTelemetry, and it uses what every handler of events may use. So
nothing here imports it: it is looked up by name, and only in a program that has OpenTelemetry loaded.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from aleph_alpha._call.call import Call
from aleph_alpha._observe.abandoned import catch_up, forget, tell_later, watch
from aleph_alpha._observe.events import (
    AttemptBegan,
    AttemptEnded,
    CallBegan,
    CallEnded,
    CallEvent,
    ChunkCame,
    EventHandler,
    ObservedCall,
    WaitEnded,
)
from aleph_alpha._observe.outcome import CUT_SHORT, outcome_of
from aleph_alpha._observe.telemetry import Telemetry
from aleph_alpha._secret import Secret
from aleph_alpha.options import Settings

if TYPE_CHECKING:
    from aleph_alpha._call.events import Reader

__all__ = ["Observation", "observe"]

End = Literal["complete", "failed", "closed", "abandoned"]

_log = logging.getLogger("aleph_alpha")
_SHORTEST_TURN = 0.001  # seconds; a call whose turn came at once has not waited


def observe(call: Call[Any], settings: Settings, *, stream: bool) -> Observation | None:
    """The observation of a call that begins now; None where nobody wants to know."""
    handlers = [] if settings.on_event is None else [settings.on_event]
    if settings.telemetry is not False and "opentelemetry" in sys.modules:
        telemetry = _handler_for()(settings.telemetry)
        if telemetry is not None:
            handlers.append(telemetry)
    if not handlers:
        return None
    catch_up()
    return Observation(call, settings, handlers, stream=stream)


@lru_cache(maxsize=1)
def _handler_for() -> Callable[[bool | Telemetry], EventHandler | None]:
    try:
        handler_for: Callable[[bool | Telemetry], EventHandler | None]
        handler_for = import_module("aleph_alpha.telemetry.handler").handler_for
    except ImportError:  # a part of OpenTelemetry without its API, or one that is too old
        return lambda _: None
    return handler_for


class Observation:
    """Tells the handlers what happens to a call. It ends once, whoever ends it first."""

    def __init__(self, call: Call[Any], settings: Settings, handlers: list[EventHandler], *, stream: bool) -> None:
        address, port = _server(settings.host)
        self._redact = _Redact()
        self.call = ObservedCall(
            call.operation,
            call.model,
            call.method,
            call.path,
            address,
            port,
            stream,
            None if call.confidential or not isinstance(call.json, Mapping) else call.json,
            {},
            {},
            self._redact,
        )
        self._confidential = call.confidential
        self._handlers = handlers
        self._started = self._attempt_started = self._last_chunk = time.monotonic()
        self._attempts = 0
        self._attempt_open = False
        self._status: int | None = None
        self._chunks = 0
        self._first_chunk: float | None = None
        self._reader: Reader[Any] | None = None
        self._events: list[Any] = []
        self._watched: int | None = None
        self._unended = [None]  # one `pop` succeeds, in whichever thread
        self._process = os.getpid()
        self._tell(CallBegan(self.call))

    def attempt(self, attempt: int, token: Secret) -> Mapping[str, str]:
        """The request is about to be sent; the result is headers that are to go with it."""
        self._redact.secret = token
        self._attempts, self._attempt_open = attempt, True
        self._attempt_started = time.monotonic()
        self.call.headers.clear()
        self._tell(AttemptBegan(self.call, attempt))
        return self.call.headers

    def attempt_ended(self, status: int | None, error: BaseException | None) -> None:
        """There is a response, or there will be none."""
        self._attempt_open, self._status = False, status
        seconds = time.monotonic() - self._attempt_started
        self._tell(AttemptEnded(self.call, self._attempts, seconds, status, error))

    def waited(self, since: float, reason: Literal["retry", "turn"]) -> None:
        """The call has waited since an instant of ``time.monotonic()``."""
        seconds = time.monotonic() - since
        if reason == "retry" or seconds >= _SHORTEST_TURN:
            self._tell(WaitEnded(self.call, self._attempts + 1, seconds, reason))

    def stream(self, owner: object, reader: Reader[Any], events: list[Any]) -> None:
        """A stream has begun. It is over when its owner is no more, if not before."""
        self._reader, self._events = reader, events
        self._watched = watch(owner, self._abandoned)

    def chunk(self, events: int) -> None:
        """A part of the stream has come."""
        now = time.monotonic()
        since, self._last_chunk = now - self._last_chunk, now
        if self._first_chunk is None:
            self._first_chunk = now - self._started
        self._chunks += 1
        self._tell(ChunkCame(self.call, self._chunks - 1, events, now - self._started, since))

    def complete(self, response: Any) -> None:
        """The caller gets this."""
        self._end("complete", None, response)

    def failed(self, error: BaseException) -> None:
        """The caller gets this error, or was cancelled."""
        self._end("failed", error, None, later=isinstance(error, GeneratorExit))

    def stream_ended(self, *, complete: bool, error: BaseException | None = None, later: bool = False) -> None:
        """The stream has come to its last event, has failed, or was closed; `later`: maybe by a garbage collection."""
        end: End = "failed" if error is not None else "complete" if complete else "closed"
        self._end(end, error, None, later=later or isinstance(error, GeneratorExit))

    def _abandoned(self) -> None:
        self._end("abandoned", None, None)

    def _end(self, end: End, error: BaseException | None, response: Any, *, later: bool = False) -> None:
        try:
            self._unended.pop()
        except IndexError:
            return
        if later:
            tell_later(partial(self._tell_end, end, error, response))
        if self._watched is not None:
            forget(self._watched)
        if not later:
            self._tell_end(end, error, response)

    def _tell_end(self, end: End, error: BaseException | None, response: Any) -> None:
        if os.getpid() != self._process:
            return  # it is the parent's to tell
        if self._attempt_open:
            self.attempt_ended(None, error)
        if self._reader is not None:
            response = self._reader.so_far(self._events)
        outcome = outcome_of(response)
        if self._reader is not None and response is None:
            outcome.finish_reasons = (CUT_SHORT,)
        seconds = time.monotonic() - self._started
        shown = None if self._confidential else response
        self._tell(
            CallEnded(
                self.call,
                seconds,
                self._attempts,
                self._status,
                error,
                end,
                self._chunks,
                self._first_chunk,
                shown,
                outcome,
            )
        )

    def _tell(self, event: CallEvent) -> None:
        for handler in self._handlers:
            try:
                handler(event)
            except Exception:
                # A call is not lost because somebody cannot count it.
                _log.warning("a handler of events failed at %s", type(event).__name__, exc_info=True)


class _Redact:
    """Takes the token out of texts. Beside the observation, which would refer to itself by it."""

    __slots__ = ("secret",)

    def __init__(self) -> None:
        self.secret: Secret | None = None

    def __call__(self, text: str) -> str:
        if self.secret is None:
            return text
        return self.secret.out_of(text.encode("utf-8", "surrogatepass")).decode("utf-8", "surrogatepass")


@lru_cache(maxsize=64)
def _server(host: str) -> tuple[str, int]:
    parts = urlsplit(host)
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
