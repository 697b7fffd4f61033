# Made from aleph_alpha/_async/body.py by scripts/unasync.py: change it there, then run `make fix`.
"""The body of a response under way, as the bytes that a stream of events is made of."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aleph_alpha._call.call import Call
from aleph_alpha.errors import APITimeoutError, StreamConnectionError, StreamError, StreamTimeoutError
from aleph_alpha.options import Meta, Settings

if TYPE_CHECKING:
    import httpx

    from aleph_alpha._call.observation import Observation

__all__ = ["Body"]

_EARLY = 0.01  # seconds by which timers may be early
_FAREWELL = 1.0  # seconds for the end of a response whose last event has come


class Body:
    """Reads what comes, under the bounds of a stream: the time to the first event and between events.

    Attributes:
        meta: how the response came about.
        on_close: called once when nothing more is read.
        seen: tells whoever wants to know what the stream does.
    """

    on_close: Callable[[], None] | None = None
    seen: Observation | None = None

    def __init__(
        self, response: httpx.Response, call: Call[Any], settings: Settings, meta: Meta, started: float
    ) -> None:
        from aleph_alpha._http.unpacking import PACKED, Unpacker

        self.meta = meta
        self._response = response
        self._call = call
        self._seconds = settings.request_timeout_seconds
        self._waited = time.monotonic() - started  # for the next event; what the reader does meanwhile is not a wait
        # Looked up at each step: moving the deadline bounds the time between events, however many
        # bytes come that are none.
        self._bounds: dict[str, Any] = response.request.extensions
        self._deadline: float | None = self._bounds.get("deadline")
        encoding = meta.headers.get("content-encoding", "identity").strip().lower()
        ours = encoding in PACKED and not response.is_stream_consumed
        self._unpacker = Unpacker(encoding) if ours else None
        parts: Any = response.stream if ours or encoding == "identity" else response.iter_bytes()
        self._parts = iter(parts)

    def read(self) -> bytes:
        """The next bytes, ``b""`` at the end.

        Raises:
            StreamConnectionError: the connection broke.
            StreamTimeoutError: no event has come in time.
        """
        from aleph_alpha._http.exchange import HTTP_ERRORS

        asked = time.monotonic()
        if self._seconds is not None:
            if self._waited >= self._seconds:
                raise self._stalled()
            limit = asked + self._seconds - self._waited
            self._bounds["deadline"] = limit if self._deadline is None else min(limit, self._deadline)
        try:
            part: bytes | None = b""
            while part == b"":  # transports may hand out empty parts
                part = self._unpacked(next(self._parts, None))
        except HTTP_ERRORS as error:
            self._waited += time.monotonic() - asked
            raise self._broken(error) from error
        self._waited += time.monotonic() - asked
        return part or b""

    def _unpacked(self, part: bytes | None) -> bytes | None:
        if self._unpacker is None:
            return part
        if part is not None:
            return b"".join(self._unpacker.feed(part))
        rest, self._unpacker = b"".join(self._unpacker.finish()), None
        return rest or None

    def event_came(self) -> None:
        """The time to the next event begins."""
        self._waited = 0.0

    def finish(self) -> None:
        """Take in the end of the response, so that its connection can be used again, and close."""
        from aleph_alpha._http.exchange import HTTP_ERRORS

        # Only the wire, which marks responses so, keeps to a deadline within a step in both clients.
        limit = time.monotonic() + (_FAREWELL if "resent" in self._response.extensions else 0.0)
        self._bounds["deadline"] = limit
        try:
            while time.monotonic() < limit:
                if next(self._parts, None) is None:
                    break
        except HTTP_ERRORS:
            pass  # whatever it is, the stream was whole
        finally:
            self.close()

    def close(self) -> None:
        """Give the connection back, or close it where the response has not ended."""
        on_close, self.on_close = self.on_close, None
        try:
            self._response.close()
        finally:
            if on_close is not None:
                on_close()

    def _stalled(self) -> StreamError:
        call = self._call
        return StreamTimeoutError(f"{call.method} {call.path}: no event came for {self._seconds:g} s")

    def _broken(self, error: Exception) -> StreamError:
        from aleph_alpha._http.exchange import explain_failure

        _, ours = explain_failure(error, self._call)
        if not isinstance(ours, APITimeoutError):
            return StreamConnectionError(str(ours))
        if self._deadline is not None and time.monotonic() >= self._deadline - _EARLY:
            call = self._call
            return StreamTimeoutError(f"{call.method} {call.path}: the stream had not ended by the call's deadline")
        if self._seconds is not None and self._waited >= self._seconds - _EARLY:
            return self._stalled()
        return StreamTimeoutError(str(ours))
