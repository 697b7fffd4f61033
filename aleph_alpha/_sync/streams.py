# Made from aleph_alpha/_async/streams.py by scripts/unasync.py: change it there, then run `make fix`.
"""Streams: events as they arrive, the text of a response, and what it all adds up to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from aleph_alpha._call.call import Call
from aleph_alpha._call.events import EVENT_STREAM, Reader, ResponseReader
from aleph_alpha._call.meta import WithMeta
from aleph_alpha._call.reading import Deviations, collected
from aleph_alpha._http.sse import Decoder, Event, EventTooLarge
from aleph_alpha._sync.sender import Sender
from aleph_alpha.errors import ResponseError, StreamConnectionError, StreamError
from aleph_alpha.options import Deviation, Meta, Settings

if TYPE_CHECKING:
    from aleph_alpha._sync.body import Body

__all__ = ["Stream"]

E = TypeVar("E")
R = TypeVar("R")

_SHOWN = 500  # bytes of an event in a message


class Events(Generic[E]):
    """The events of one call, to be iterated over once."""

    def __init__(self, sender: Sender, settings: Settings, describe: Callable[[], Any], reader: Reader[E]) -> None:
        self._sender = sender
        self._settings = settings
        self._describe = describe
        self._reader = reader
        self._decoder = Decoder()
        self._body: Body | None = None
        self._events: list[E] = []
        self._given = 0  # of the events, to whom iterates
        self._begun = False
        self._ended = False
        self._closed = False
        self._failure: StreamError | None = None
        self._operation = ""
        self._found: Deviations = {}

    def __enter__(self) -> Self:
        self._open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is GeneratorExit and self._body is not None and self._body.seen is not None:
            # Of a generator that was closed, or is being collected: nobody's code must run here.
            self._body.seen.stream_ended(complete=self._ended, later=True)
        self.close()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> E:
        while self._given >= len(self._events):
            if not self._advance():
                raise StopIteration
        event = self._events[self._given]
        self._given += 1
        return event

    @property
    def meta(self) -> Meta | None:
        """Status, headers, attempts and seconds until the response began, deviations so far; ``None`` before that."""
        meta = None if self._body is None else self._body.meta
        return meta if meta is None or not self._found else replace(meta, deviations=(*meta.deviations, *self._found))

    @property
    def unknown_events(self) -> list[Any]:
        """Events so far of kinds that this client does not know, as they came: decoded JSON, or text that is none."""
        return list(self._reader.unknown)

    def close(self) -> None:
        """End the stream, and give its connection back."""
        body, closed, self._closed = self._body, self._closed, True
        if body is None or closed:
            return
        if body.seen is not None:
            body.seen.stream_ended(complete=self._ended)
        if self._ended:
            body.finish()
        else:
            body.close()

    def _open(self) -> Body:
        if self._closed:
            raise StreamError("the stream was closed before its end", events=list(self._events))
        if self._body is None:
            call: Call[Any] = self._describe()
            self._operation = call.operation
            self._body = self._sender.open(call, self._settings)
            if self._body.seen is not None:
                self._body.seen.stream(self, self._reader, self._events)
        return self._body

    def _advance(self) -> bool:
        """Read on until there are new events; False when there are none any more."""
        if self._failure is not None:
            raise self._failure
        if self._ended:
            self.close()
            return False
        known = len(self._events)
        try:
            body = self._open()
            while len(self._events) == known and not self._ended:
                self._take(body)
        except StreamError as error:
            self._failed(error)
            self.close()
            error.events = list(self._events)
            self._failure = error
            if len(self._events) == known:
                raise
        except BaseException as error:  # cancellation above all
            self._failed(error)
            self.close()
            raise
        return len(self._events) > known

    def _failed(self, error: BaseException) -> None:
        seen = None if self._body is None else self._body.seen
        if seen is not None:
            seen.stream_ended(complete=False, error=error)

    def _take(self, body: Body) -> None:
        """Read the next bytes, and keep the events in them."""
        part = body.read()
        try:
            events = self._decoder.feed(part) if part else self._decoder.last()
        except EventTooLarge as error:
            raise StreamError(str(error)) from error
        if part and events:
            body.event_came()
        known = len(self._events)
        before = collected.set(self._found)
        try:
            self._feed(events, whole=bool(part))
        finally:
            collected.reset(before)
        if body.seen is not None:
            if len(self._events) > known:
                body.seen.chunk(len(self._events) - known)
            if self._ended:
                body.seen.stream_ended(complete=True)
        if not part and not self._ended:
            from aleph_alpha._http.exchange import content_type_hint

            hint = content_type_hint(body.meta.headers, EVENT_STREAM)
            raise StreamConnectionError(f"the stream ended before its last event{hint}")

    def _feed(self, events: list[Event], *, whole: bool) -> None:
        """Keep the events; one that is not `whole`, as nothing followed it, only where it can be read."""
        for event in events:
            if event.type == "error":
                raise StreamError(f"the server reports an error: {_shown(event.data)}")
            if event.type != "message" and not event.data.startswith((b"{", b"[")):
                self._reader.unknown.append(event.data.decode("utf-8", "replace"))  # as a sign of life
                continue
            known = len(self._found)
            try:
                new = self._reader.feed(event.data)
                if len(self._found) > known:
                    self._tell([*self._found][known:])
            except ResponseError as error:
                if not whole:
                    return
                raise StreamError(str(error)) from error
            self._events += new
            if self._reader.done:
                if not self._begun and not self._events and event is events[0]:
                    shown = _shown(event.data)
                    raise StreamError(f"the stream has no event but its end: all that came is data: {shown}")
                self._ended = True
                return
        self._begun = self._begun or bool(events)

    def _tell(self, found: list[Deviation]) -> None:
        self._sender.deviating.tell(self._operation, found, strict=self._settings.strict)


def _shown(data: bytes) -> str:
    text = data[:_SHOWN].decode("utf-8", "replace")
    return text if len(data) <= _SHOWN else f"{text}... ({len(data)} bytes)"


class Stream(Events[E], Generic[E, R]):
    """The events of one call, to be iterated over once.

    ``with`` sends the request (and raises what a call without a stream would raise) and gives
    the connection back, however the block is left. Without it the request is sent when the first
    event is asked for, and the connection given back at the end.

    What is raised while events come is a ``StreamError``; its ``.events`` are those that had come.

    >>> from aleph_alpha import ChatRequest, Message
    >>> request = ChatRequest("toy-chat", [Message("user", "Hello!")], max_tokens=8)
    >>> with client.stream_chat(request) as stream:
    ...     for event in stream:
    ...         if event.type == "end":
    ...             print(event.index, event.finish_reason == "length")
    0 True
    """

    def __init__(
        self, sender: Sender, settings: Settings, describe: Callable[[], Any], reader: ResponseReader[E, R]
    ) -> None:
        super().__init__(sender, settings, describe, reader)
        self._response = reader

    def text(self, index: int = 0) -> Iterator[str]:
        """The text of one response from its beginning, piece by piece as it arrives, to the end of the stream.

        Events that were iterated over before are part of it; several responses can be read one after the other.

        Args:
            index: which of the `n` of the request, from 0.

        >>> from aleph_alpha import ChatRequest, Message
        >>> request = ChatRequest("toy-chat", [Message("user", "Hello!")], max_tokens=8)
        >>> with client.stream_chat(request) as stream:
        ...     text = "".join([piece for piece in stream.text()])
        ...     text == (stream.final()).message.content
        True
        """
        pieces = self._response.pieces(index)
        given = 0
        while True:
            while given < len(pieces):
                given += 1
                yield pieces[given - 1]
            if not self._advance():
                return

    def final(self) -> R:
        """Read to the end, and return what a call without a stream would have returned.

        Raises:
            StreamError: it broke off, was closed before its end, or has no response in it.
        """
        while self._advance():
            pass
        try:
            result = self._response.final()
        except ResponseError as error:  # whole, but there is nothing in it
            raise StreamError(str(error), events=list(self._events)) from error
        if isinstance(result, WithMeta):
            result.attach_meta(self.meta)
        return result
