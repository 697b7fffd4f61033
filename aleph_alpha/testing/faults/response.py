"""An HTTP response taken apart, so that faults can change it, and the steps in which it then goes out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Literal, TypeAlias

__all__ = ["At", "End", "FaultResponse", "Send", "Step", "Wait", "cut", "steps_of"]

At: TypeAlias = Literal["start", "head", "body", "end"] | int
"""Where in a response: before its first byte, in the middle of its head, in the middle of its body,
after its last byte, or after so many bytes of its body (content, not framing)."""

_FRAMING = frozenset({"content-length", "transfer-encoding"})


@dataclass(slots=True)
class FaultResponse:
    """What the server is about to say.

    Attributes:
        headers: name and value of each, those of the framing left out.
        pieces: the body; where it is sent in chunks, one each.
        chunked: whether the body's length is not told in advance.
        closes: whether the connection is closed after it.
        interim: informational responses that go before it, as raw bytes.
    """

    status: int = 200
    headers: list[tuple[str, str]] = field(default_factory=list)
    pieces: list[bytes] = field(default_factory=list)
    chunked: bool = False
    closes: bool = False
    interim: bytes = b""

    @property
    def body(self) -> bytes:
        """The body as a whole."""
        return b"".join(self.pieces)

    @body.setter
    def body(self, body: bytes) -> None:
        self.pieces = [body]

    @property
    def is_stream(self) -> bool:
        """Whether the body is an event stream."""
        return any(name == "content-type" and value.startswith("text/event-stream") for name, value in self.headers)

    def set_header(self, name: str, value: str) -> None:
        """Replace a header, or add it."""
        self.headers = [each for each in self.headers if each[0].lower() != name.lower()]
        self.headers.append((name, value))


@dataclass(frozen=True, slots=True)
class Send:
    """Bytes to send, and which part of the response they are."""

    data: bytes
    part: Literal["head", "frame", "body"]


@dataclass(frozen=True, slots=True)
class Wait:
    """Seconds in which nothing is sent."""

    seconds: float


@dataclass(frozen=True, slots=True)
class End:
    """What becomes of the connection: closed, reset, or kept open in silence."""

    how: Literal["close", "reset", "silence"]


Step: TypeAlias = Send | Wait | End


def steps_of(response: FaultResponse) -> list[Step]:
    """A response as it is sent when nothing is wrong with it."""
    try:
        reason = HTTPStatus(response.status).phrase
    except ValueError:
        reason = "Unknown"
    bodiless = response.status in (204, 304)
    headers = [each for each in response.headers if each[0].lower() not in _FRAMING]
    if response.chunked and not bodiless:
        headers.append(("transfer-encoding", "chunked"))
    elif not bodiless:
        headers.append(("content-length", str(len(response.body))))
    if response.closes:
        headers.append(("connection", "close"))
    lines = [f"HTTP/1.1 {response.status} {reason}", *(f"{name}: {value}" for name, value in headers), "", ""]
    steps: list[Step] = [Send(response.interim + "\r\n".join(lines).encode("latin-1"), "head")]
    for piece in () if bodiless else response.pieces:
        if not response.chunked:
            steps.append(Send(piece, "body"))
        elif piece:
            steps += [Send(b"%x\r\n" % len(piece), "frame"), Send(piece, "body"), Send(b"\r\n", "frame")]
    if response.chunked and not bodiless:
        steps.append(Send(b"0\r\n\r\n", "frame"))
    if response.closes:
        steps.append(End("close"))
    return steps


def cut(steps: Sequence[Step], at: At) -> list[Step]:
    """The steps up to a place in the response."""
    if at == "end":
        return [step for step in steps if not isinstance(step, End)]
    if at == "start":
        return [step for step in steps if isinstance(step, Wait)]
    if at == "head":
        return _first(steps, ("head",), _size(steps, "head") // 2)
    before = [step for step in steps if isinstance(step, Send) and step.part == "head"]
    wanted = _size(steps, "body") // 2 if at == "body" else int(at)
    if wanted == 0:
        return [*(step for step in steps if isinstance(step, Wait)), *before]
    return _first(steps, ("body",), wanted)


def _size(steps: Iterable[Step], part: str) -> int:
    return sum(len(step.data) for step in steps if isinstance(step, Send) and step.part == part)


def _first(steps: Iterable[Step], parts: Sequence[str], wanted: int) -> list[Step]:
    """Everything up to and with the first so many bytes of these parts."""
    taken: list[Step] = []
    for step in steps:
        if isinstance(step, End):
            break
        if isinstance(step, Send) and step.part in parts:
            if len(step.data) >= wanted:
                taken.append(Send(step.data[:wanted], step.part))
                break
            wanted -= len(step.data)
        taken.append(step)
    return taken
