"""Streams to test with: the bytes of events, and a response that hands them out in given chunks."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from typing import Any

import httpx

DONE = b"data: [DONE]\n\n"


def data(*events: Any) -> bytes:
    """Events as the API sends them."""
    return b"".join(b"data: " + json.dumps(event).encode() + b"\n\n" for event in events)


def chunk(delta: dict[str, Any] | None = None, finish_reason: str | None = None, index: int = 0, **more: Any) -> Any:
    """A chunk of a streamed chat with one choice."""
    choice = {
        "index": index,
        "delta": delta or {},
        "finish_reason": finish_reason,
        "logprobs": more.pop("logprobs", None),
    }
    return {"id": "chat-1", "created": 1, "model": "some-model", "choices": [choice], "usage": None, **more}


def text(content: str, index: int = 0) -> Any:
    """A chunk that holds text."""
    return chunk({"content": content}, index=index)


def call_piece(index: int, arguments: str | None = None, id: str | None = None, name: str | None = None) -> Any:
    """A piece of a tool call in a delta."""
    function = {key: value for key, value in (("name", name), ("arguments", arguments)) if value is not None}
    piece = {"index": index, "id": id, "type": "function" if id else None, "function": function}
    return {key: value for key, value in piece.items() if value is not None}


class Parts(httpx.AsyncByteStream, httpx.SyncByteStream):
    """A body in parts, sync or async; an exception among them is raised. Knows whether it was closed."""

    def __init__(self, parts: Iterable[bytes | Exception]) -> None:
        self.parts = list(parts)
        self.closed = False

    def __iter__(self) -> Iterator[bytes]:
        for part in self.parts:
            if isinstance(part, Exception):
                raise part
            yield part

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self:
            yield part

    def close(self) -> None:
        self.closed = True

    async def aclose(self) -> None:
        self.closed = True


class Streaming:
    """A transport's handler that answers each request with a stream, and keeps what it was asked."""

    def __init__(
        self, *parts: bytes | Exception, cut: Callable[[bytes], Iterable[bytes]] | None = None, **headers: str
    ) -> None:
        self.headers = {"content-type": "text/event-stream"} | {k.replace("_", "-"): v for k, v in headers.items()}
        self.parts = parts
        self.cut = cut
        self.bodies: list[Any] = []
        self.answers: list[Parts] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.bodies.append(json.loads(request.content))
        parts: Iterable[bytes | Exception] = self.parts
        if self.cut is not None:
            parts = self.cut(b"".join(part for part in self.parts if isinstance(part, bytes)))
        self.answers.append(Parts(parts))
        return httpx.Response(200, headers=self.headers, stream=self.answers[-1])

    @property
    def all_closed(self) -> bool:
        """Whether every response was closed."""
        return all(answer.closed for answer in self.answers)


def in_two(at: int) -> Callable[[bytes], list[bytes]]:
    """Cuts a stream at one place."""
    return lambda stream: [stream[:at], stream[at:]]


def in_bytes(stream: bytes) -> list[bytes]:
    """Cuts a stream everywhere."""
    return [stream[at : at + 1] for at in range(len(stream))]
