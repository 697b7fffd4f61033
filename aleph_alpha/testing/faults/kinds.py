"""The kinds of faults. Each is a small dataclass; several can be put into one response.

Kinds that change what a response says come before those that change how it is sent, whatever
their order. Except where it says otherwise, the server has carried out the request by the time
the fault shows: the client cannot know whether it did.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, ClassVar, Literal

from aleph_alpha.testing.faults.response import At, End, FaultResponse, Send, Step, Wait, cut

__all__ = [
    "KINDS",
    "BadGzip",
    "BadJson",
    "ContentType",
    "Delay",
    "Disconnect",
    "Drip",
    "Fault",
    "HugeHeaders",
    "Informational",
    "NotHttp",
    "Split",
    "Stall",
    "Status",
    "StreamError",
    "StreamNoise",
    "Truncate",
]


class Fault:
    """Base of all kinds.

    Attributes:
        instead: the response is made by the fault; the server never sees the request.
        early: the fault shows as soon as the head of the request is there; the rest is not read.
    """

    instead: ClassVar[bool] = False
    early: bool = False

    def change(self, response: FaultResponse) -> None:
        """Change what is said."""

    def play(self, steps: list[Step]) -> list[Step]:
        """Change how it is sent."""
        return steps


@dataclass(frozen=True, slots=True)
class Status(Fault):
    """A response with this status instead of the server's; the request is not carried out.

    Attributes:
        status: any, also one that does not exist, or a redirect.
        body: the API's error body, the page of a proxy, or nothing.
        code: of the API's error body.
        retry_after: seconds for the header ``Retry-After``, fractions allowed; none without it.
        as_date: write ``Retry-After`` as a date.
        headers: further headers.
        early: answer before the body of the request has come, and close the connection.
    """

    instead: ClassVar[bool] = True

    status: int = 503
    body: Literal["json", "html", "empty"] = "json"
    code: str = "FAULT"
    retry_after: float | None = None
    as_date: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    early: bool = False

    def change(self, response: FaultResponse) -> None:
        bodies = {
            "json": ("application/json", json.dumps({"error": f"injected {self.status}", "code": self.code}).encode()),
            "html": ("text/html", b"<html><head><title>Error</title></head><body><hr>nginx</body></html>"),
            "empty": (None, b""),
        }
        media, response.body = bodies[self.body]
        response.status, response.chunked, response.headers = self.status, False, list(self.headers.items())
        response.closes = self.early
        if media is not None:
            response.set_header("content-type", media)
        if self.retry_after is not None:
            response.set_header("retry-after", self._retry_after(self.retry_after))

    def _retry_after(self, seconds: float) -> str:
        if self.as_date:
            return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)
        return f"{seconds:g}"


@dataclass(frozen=True, slots=True)
class Delay(Fault):
    """Nothing happens for a while, before the head or between head and body; then all is well.

    Attributes:
        seconds: how long.
        before: which part of the response waits.
    """

    seconds: float
    before: Literal["head", "body"] = "head"

    def play(self, steps: list[Step]) -> list[Step]:
        if self.before == "head":
            return [Wait(self.seconds), *steps]
        head = cut(steps, 0)
        return [*head, Wait(self.seconds), *steps[len(head) :]]


@dataclass(frozen=True, slots=True)
class Drip(Fault):
    """The response comes in drops: never silent for long, and never done in time.

    Attributes:
        interval: seconds between two drops.
        size: bytes of a drop.
        part: only the body, or the head, too.
    """

    interval: float = 0.01
    size: int = 1
    part: Literal["body", "all"] = "body"

    def play(self, steps: list[Step]) -> list[Step]:
        out: list[Step] = []
        for step in steps:
            if not isinstance(step, Send) or (self.part == "body" and step.part == "head"):
                out.append(step)
                continue
            for drop in _pieces(step.data, self.size):
                out += [Send(drop, step.part), Wait(self.interval)]
        return out


@dataclass(frozen=True, slots=True)
class Stall(Fault):
    """The response stops for good, but the connection stays open.

    Attributes:
        at: where it stops.
    """

    at: At = "body"

    def play(self, steps: list[Step]) -> list[Step]:
        return [*cut(steps, self.at), End("silence")]


@dataclass(frozen=True, slots=True)
class Disconnect(Fault):
    """The connection ends: before, inside or after the response.

    ``at="end"`` leaves the response whole, and closes a connection that was said to be kept.

    Attributes:
        at: where; ``"request"``: as soon as the head of the request is there, without its body being
            read or the request being carried out.
        how: closed in order (FIN), or reset (RST). Systems turn a close into a reset where
            received bytes were not read.
    """

    at: At | Literal["request"] = "start"
    how: Literal["close", "reset"] = "close"

    @property
    def instead(self) -> bool:  # type: ignore[override]
        return self.at == "request"

    @property
    def early(self) -> bool:  # type: ignore[override]
        return self.at == "request"

    def play(self, steps: list[Step]) -> list[Step]:
        return [*cut(steps, "start" if self.at == "request" else self.at), End(self.how)]


@dataclass(frozen=True, slots=True)
class Truncate(Fault):
    """The body is cut, but framed as if it were whole: what a proxy makes of a server that died.

    Attributes:
        at: after so many bytes; negative: so many before the end; by default in the middle.
    """

    at: int | None = None

    def change(self, response: FaultResponse) -> None:
        body = response.body
        response.body = body[: len(body) // 2 if self.at is None else self.at]


@dataclass(frozen=True, slots=True)
class BadJson(Fault):
    """A body that is not the JSON it should be.

    In an event stream it is the second event that is changed; that cannot be ``empty``.

    Attributes:
        how: ``mistyped``: each member of the outermost object has a value of another type;
            ``incomplete``: the longest member, as a rule what was asked for, is missing; ``other``: JSON of another
            shape;
            ``not_json``: plain text; ``not_utf8``: a byte that cannot be; ``empty``: nothing.
    """

    how: Literal["mistyped", "incomplete", "other", "not_json", "not_utf8", "empty"] = "mistyped"

    def change(self, response: FaultResponse) -> None:
        if response.is_stream:
            first, second, *rest = _events(response.body)
            changed = b"data: " + self._changed(second.removeprefix("data: ").encode())
            response.pieces = [
                event + b"\n\n" for event in (first.encode(), changed, *(each.encode() for each in rest))
            ]
        else:
            response.body = self._changed(response.body)

    def _changed(self, body: bytes) -> bytes:
        fixed = {"other": b'[["surprise"]]', "not_json": b"Internal error, please retry", "empty": b""}
        if self.how in fixed:
            return fixed[self.how]
        if self.how == "not_utf8":
            middle = body.rindex(b'"')  # before the end of the last string
            return body[:middle] + b"\xff\xfe" + body[middle:]
        value = json.loads(body)
        if isinstance(value, list):
            value = [_mistyped(each) for each in value] if self.how == "mistyped" else value[1:]
        elif self.how == "mistyped":
            value = {name: _mistyped(each) for name, each in value.items()}
        else:
            del value[max(value, key=lambda name: len(json.dumps(value[name])))]
        return json.dumps(value).encode()


@dataclass(frozen=True, slots=True)
class ContentType(Fault):
    """The body is right, but said to be something else.

    Attributes:
        value: of the header; ``None`` leaves it out.
    """

    value: str | None = "text/html; charset=utf-16"

    def change(self, response: FaultResponse) -> None:
        response.headers = [each for each in response.headers if each[0].lower() != "content-type"]
        if self.value is not None:
            response.set_header("content-type", self.value)


@dataclass(frozen=True, slots=True)
class BadGzip(Fault):
    """A body said to be gzip that cannot be unpacked, or unpacks to far more than it should.

    Attributes:
        how: ``plain``: not packed at all, which does no harm; ``truncated``: half of it; ``corrupt``: a wrong checksum;
            ``bomb``: right, and followed by white space that unpacks to `megabytes`.
        megabytes: of the bomb, unpacked.
    """

    how: Literal["plain", "truncated", "corrupt", "bomb"] = "corrupt"
    megabytes: int = 100

    def change(self, response: FaultResponse) -> None:
        packed = response.body if self.how == "plain" else self._packed(response.body)
        response.set_header("content-encoding", "gzip")
        response.body = packed

    def _packed(self, body: bytes) -> bytes:
        if self.how == "bomb":
            packer = zlib.compressobj(9, zlib.DEFLATED, 31)
            space = b" " * 1_000_000
            return b"".join(
                [packer.compress(body), *(packer.compress(space) for _ in range(self.megabytes)), packer.flush()]
            )
        packed = gzip.compress(body)
        if self.how == "truncated":
            return packed[: len(packed) // 2]
        return packed[:-8] + bytes(byte ^ 0xFF for byte in packed[-8:-4]) + packed[-4:]


@dataclass(frozen=True, slots=True)
class HugeHeaders(Fault):
    """A header far larger than any server sends.

    Attributes:
        kilobytes: how large.
    """

    kilobytes: int = 1000

    def change(self, response: FaultResponse) -> None:
        response.set_header("x-huge", "x" * (self.kilobytes * 1000))


@dataclass(frozen=True, slots=True)
class Informational(Fault):
    """Interim responses before the real one.

    Attributes:
        status: 100 to 199.
        times: how many.
    """

    status: int = 103
    times: int = 1

    def change(self, response: FaultResponse) -> None:
        response.interim += b"HTTP/1.1 %d Interim\r\nx-interim: yes\r\n\r\n" % self.status * self.times


@dataclass(frozen=True, slots=True)
class NotHttp(Fault):
    """Something that is not HTTP at all, then the connection closes.

    Attributes:
        data: what is sent.
    """

    data: str = "SSH-2.0-OpenSSH_9.9\r\n"

    def play(self, steps: list[Step]) -> list[Step]:
        return [Send(self.data.encode(), "head"), End("close")]


@dataclass(frozen=True, slots=True)
class Split(Fault):
    """The body in many small chunks, cut anywhere: inside numbers, characters, line ends. Nothing is wrong with it.

    Attributes:
        size: bytes of a chunk.
    """

    size: int = 1

    def change(self, response: FaultResponse) -> None:
        response.pieces, response.chunked = _pieces(response.body, self.size), True


@dataclass(frozen=True, slots=True)
class StreamNoise(Fault):
    """An event stream with everything that its format allows and this API does not send. Nothing is wrong with it.

    Attributes:
        comments: lines that begin with a colon, as proxies send to keep a connection open.
        fields: ``event:``, ``id:`` and ``retry:`` lines.
        space: whether ``data:`` is followed by a space.
        line_end: of every line.
    """

    comments: bool = True
    fields: bool = True
    space: bool = True
    line_end: Literal["\n", "\r\n", "\r"] = "\n"

    def change(self, response: FaultResponse) -> None:
        out: list[str] = [": open\n\n"] if self.comments else []
        for number, event in enumerate(_events(response.body)):
            text = event if self.space else re.sub(r"^data: ", "data:", event, flags=re.MULTILINE)
            before = f"event: message\nid: {number}\nretry: 1000\n" if self.fields else ""
            after = ": still there\n\n:\n\n" if self.comments else ""
            out.append(f"{before}{text}\n\n{after}")
        response.pieces = [each.replace("\n", self.line_end).encode() for each in out]


@dataclass(frozen=True, slots=True)
class StreamError(Fault):
    """An error inside an event stream, after which the stream ends in order.

    Attributes:
        after: events that come before it.
        code: of the API's error body.
    """

    after: int = 1
    code: str = "QUEUE_FULL"

    def change(self, response: FaultResponse) -> None:
        error = "data: " + json.dumps({"error": "injected into the stream", "code": self.code})
        response.pieces = [f"{event}\n\n".encode() for event in [*_events(response.body)[: self.after], error]]


KINDS: Mapping[str, type[Fault]] = {
    re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower(): kind
    for kind in (
        *(Status, Delay, Drip, Stall, Disconnect, Truncate, BadJson, ContentType, BadGzip),
        *(HugeHeaders, Informational, NotHttp, Split, StreamNoise, StreamError),
    )
}
"""The kinds by the names under which the control API knows them, such as ``bad_json``."""


def _events(body: bytes) -> Sequence[str]:
    return [event for event in body.decode().split("\n\n") if event]


def _pieces(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


def _mistyped(value: Any) -> Any:
    """A value of another JSON type."""
    match value:
        case bool() | None:
            return "neither true nor false"
        case str() | int() | float():
            return {"not": "expected"}
        case list():
            return {"not": "a list"}
        case _:
            return ["not an object"]
