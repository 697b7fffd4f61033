"""Server-sent events: bytes in, events out, as the WHATWG standard reads them. No network, no JSON.

https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Decoder", "Event", "EventTooLarge"]

MAX_EVENT_BYTES = 64 * 1024 * 1024  # a server cannot fill the memory with one event

_BOM = b"\xef\xbb\xbf"


class Event(NamedTuple):
    """One event of a stream.

    Attributes:
        data: its data lines, joined with line feeds; bytes, because who reads JSON wants them.
        type: what its ``event:`` line says, ``"message"`` without one.
        id: the last ``id:`` of the stream so far.
    """

    data: bytes
    type: str = "message"
    id: str = ""


class EventTooLarge(ValueError):
    """An event that has not come to its end after ``MAX_EVENT_BYTES``."""


class Decoder:
    """Cuts a stream into events, however its bytes are cut into chunks.

    Lines end in CR, LF or CRLF. What is not a field of an event is skipped, as the standard wants it;
    refused is only an event larger than ``MAX_EVENT_BYTES``.

    >>> decoder = Decoder()
    >>> decoder.feed(b": a comment\\ndata: {\\"a\\"")
    []
    >>> decoder.feed(b": 1}\\n\\ndata:[DONE]\\n\\nda")
    [Event(data=b'{"a": 1}', type='message', id=''), Event(data=b'[DONE]', type='message', id='')]
    >>> decoder.finish()
    b'da'

    Attributes:
        retry: milliseconds to wait before reconnecting, if the stream has said so.
    """

    __slots__ = ("_after_cr", "_begun", "_data", "_held", "_id", "_line", "_type", "retry")

    def __init__(self) -> None:
        self.retry: int | None = None
        self._line: list[bytes] = []  # pieces of a line whose end has not come
        self._held = 0  # bytes since the last event
        self._after_cr = False  # the last line ended in CR, so that an LF now belongs to it
        self._begun = False
        self._data: list[bytes] = []
        self._type = ""
        self._id = ""

    def feed(self, chunk: bytes) -> list[Event]:
        """The events that these bytes complete; raises ``EventTooLarge``."""
        events = self._feed(chunk)
        if events:
            self._held = 0
        else:
            self._held += len(chunk)
            if self._held > MAX_EVENT_BYTES:
                raise EventTooLarge(f"an event is larger than {MAX_EVENT_BYTES:,} bytes")
        return events

    def _feed(self, chunk: bytes) -> list[Event]:
        if self._after_cr and chunk:
            self._after_cr = False
            if chunk[0] == 10:
                chunk = chunk[1:]
        end = max(chunk.rfind(b"\n"), chunk.rfind(b"\r")) + 1
        if not end:
            if chunk:
                self._line.append(chunk)
            return []
        whole, rest = (chunk, b"") if end == len(chunk) else (chunk[:end], chunk[end:])
        if self._line:
            self._line.append(whole)
            whole = b"".join(self._line)
            self._line.clear()
        if rest:
            self._line.append(rest)
        else:
            self._after_cr = whole.endswith(b"\r")
        if not self._begun:
            self._begun = True
            whole = whole.removeprefix(_BOM)
        return self._lines(whole.splitlines())  # of bytes: at CR, LF and CRLF and nowhere else

    def finish(self) -> bytes:
        """What the stream ended in the middle of; such an event does not count. Empty after a whole one."""
        rest = b"\n".join([*self._data, b"".join(self._line)] if self._line else self._data)
        self._line.clear()
        self._data.clear()
        return rest

    def last(self) -> list[Event]:
        """The event that the stream ended in the middle of, as if the blank line after it had come.

        The standard drops such an event; who asks for it judges whether it is whole.

        >>> decoder = Decoder()
        >>> decoder.feed(b"data: [DONE]")
        []
        >>> decoder.last()
        [Event(data=b'[DONE]', type='message', id='')]
        """
        line = b"".join(self._line)
        self._line.clear()
        return self._lines([*line.splitlines(), b""])

    def _lines(self, lines: list[bytes]) -> list[Event]:
        events = []
        data = self._data
        new = tuple.__new__  # half the time of Event(...)
        for line in lines:
            if line.startswith(b"data: "):
                data.append(line[6:])
            elif line:
                self._field(line)
            else:
                if data:
                    joined = data[0] if len(data) == 1 else b"\n".join(data)
                    data.clear()
                    events.append(new(Event, (joined, self._type or "message", self._id)))
                self._type = ""
        return events

    def _field(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            self._data.append(value)
        elif name == b"event":
            self._type = value.decode("utf-8", "replace")
        elif name == b"id":
            if b"\0" not in value:
                self._id = value.decode("utf-8", "replace")
        elif name == b"retry" and value.isdigit() and len(value) < 20:  # longer ones are not a time, and costly
            self.retry = int(value)
