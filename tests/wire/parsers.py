"""One response through our parser and through h11, with outcomes that can be compared."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass

import h11

from aleph_alpha._http.wire.protocol import MAX_HEAD_BYTES, BadResponse, ResponseParser

REFUSED = "refused"
UNFINISHED = "unfinished"


@dataclass(frozen=True)
class Parsed:
    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    keep_alive: bool


Outcome = Parsed | str


def ours(pieces: Sequence[bytes], method: str = "POST", *, closed: bool = True) -> Outcome:
    """What the wire makes of a response that arrives in these pieces, then (if ``closed``) ends."""
    parser = ResponseParser()
    parser.start(method == "HEAD")
    try:
        for piece in pieces:
            parser.feed(piece)
        keep_alive = parser.keep_alive
        if not parser.complete:
            if not closed:
                return UNFINISHED
            parser.finish()
            keep_alive = False
    except BadResponse:
        return REFUSED
    headers = tuple((name.lower(), _plain(name, value)) for name, value in parser.headers)
    return Parsed(parser.status, headers, b"".join(parser.parts), keep_alive)


def _plain(name: bytes, value: bytes) -> bytes:
    # h11 writes the one coding that it knows in lower case.
    return value.lower() if name.lower() == b"transfer-encoding" else value


def h11s(pieces: Sequence[bytes], method: str = "POST", *, closed: bool = True) -> Outcome:
    """The same of h11, used as httpcore uses it."""
    connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEAD_BYTES)
    connection.send(h11.Request(method=method, target="/", headers=[("Host", "h"), ("Content-Length", "0")]))
    connection.send(h11.EndOfMessage())
    status, body = 0, b""
    headers: tuple[tuple[bytes, bytes], ...] = ()
    todo = [*pieces, b""] if closed else list(pieces)
    try:
        while True:
            event = connection.next_event()
            if event is h11.NEED_DATA:
                if not todo:
                    return UNFINISHED
                connection.receive_data(todo.pop(0))
            elif isinstance(event, h11.Response):
                status = event.status_code
                headers = tuple((bytes(name), bytes(value)) for name, value in event.headers)
            elif isinstance(event, h11.Data):
                body += bytes(event.data)
            elif isinstance(event, h11.EndOfMessage):
                break
            elif not (isinstance(event, h11.InformationalResponse) and event.status_code != 101):
                return REFUSED
    except (h11.RemoteProtocolError, h11.LocalProtocolError):
        return REFUSED
    keep_alive = connection.our_state is h11.DONE and connection.their_state is h11.DONE
    if connection.trailing_data[0] or any(todo):
        keep_alive = False
    return Parsed(status, headers, body, keep_alive)


def split(data: bytes, chance: random.Random) -> list[bytes]:
    """``data`` cut at random places: not at all, at a few, or at every byte."""
    kind = chance.randrange(4)
    if kind == 0:
        return [data]
    if kind == 1 and len(data) < 400:
        return [data[index : index + 1] for index in range(len(data))]
    cuts = sorted(chance.randrange(len(data) + 1) for _ in range(chance.randrange(1, 6)))
    edges = [0, *cuts, len(data)]
    return [data[start:end] for start, end in itertools.pairwise(edges) if start < end]
