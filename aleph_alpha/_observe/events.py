"""The events of a call, which a client hands to its `on_event` one by one.

    CallBegan                       once
      AttemptBegan, AttemptEnded    for each time that the request is sent
      WaitEnded                     between two attempts, or before a call's turn among others
      ChunkCame                     for each part of a stream that brought events
    CallEnded                       once, whatever became of the call

All of them are of one :class:`ObservedCall`, by which they belong together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from aleph_alpha._observe.outcome import Outcome

__all__ = [
    "AttemptBegan",
    "AttemptEnded",
    "CallBegan",
    "CallEnded",
    "CallEvent",
    "ChunkCame",
    "EventHandler",
    "ObservedCall",
    "WaitEnded",
]


@dataclass(slots=True, eq=False)
class ObservedCall:
    """A call that events are about; the same object in all of its events.

    Neither its repr nor that of an event shows anything of the request, the response or the headers.

    Attributes:
        operation: id of the operation in the contract, such as ``"complete"`` or ``"chatCompletions"``.
        model: that the request is for, ``None`` where it is for none.
        method: ``"GET"``, ``"POST"`` or ``"DELETE"``.
        path: below the host.
        server_address: host name or address of the deployment.
        server_port: its port.
        stream: whether the response is a stream of events.
        request: the request's JSON, not to be changed; ``None`` where there is none, or it holds a secret.
        headers: empty; what a handler of :class:`AttemptBegan` puts in is sent as headers of this attempt.
        notes: empty; for handlers to keep what they need from one event of the call to the next.
        redact: a text without the API token, should that be in it.
    """

    operation: str
    model: str | None
    method: str
    path: str
    server_address: str
    server_port: int
    stream: bool
    request: Mapping[str, Any] | None = field(repr=False)
    headers: dict[str, str] = field(repr=False)
    notes: dict[Any, Any] = field(repr=False)
    redact: Callable[[str], str] = field(repr=False)


@dataclass(slots=True, eq=False)
class CallBegan:
    """A call has begun; nothing of it was sent yet."""

    call: ObservedCall


@dataclass(slots=True, eq=False)
class AttemptBegan:
    """The request is about to be sent.

    Attributes:
        call: that it is part of.
        attempt: which one, from 1.
    """

    call: ObservedCall
    attempt: int


@dataclass(slots=True, eq=False)
class AttemptEnded:
    """A response was read, of a stream its head, or there will be none.

    Attributes:
        call: that it is part of.
        attempt: which one, from 1.
        seconds: since it was begun.
        status: HTTP status of the response; ``None`` where none came.
        error: what the caller would get if this were the last attempt; ``None`` after a success.
    """

    call: ObservedCall
    attempt: int
    seconds: float
    status: int | None
    error: BaseException | None


@dataclass(slots=True, eq=False)
class WaitEnded:
    """A call has waited.

    Attributes:
        call: that it is part of.
        attempt: that is next, from 1.
        seconds: how long it took.
        reason: ``"retry"``: the schedule, or a ``Retry-After``; ``"turn"``: others were first, as the server is in
            trouble or full.
    """

    call: ObservedCall
    attempt: int
    seconds: float
    reason: Literal["retry", "turn"]


@dataclass(slots=True, eq=False)
class ChunkCame:
    """A part of a stream has come with at least one event in it.

    Attributes:
        call: that it is part of.
        index: which part, from 0.
        events: how many events the part ended.
        seconds: since the call began, waits and attempts included.
        since_last: seconds since the part before; for the first, since the call began.
    """

    call: ObservedCall
    index: int
    events: int
    seconds: float
    since_last: float


@dataclass(slots=True, eq=False)
class CallEnded:
    """A call is over.

    Attributes:
        call: that is over.
        seconds: since it began, waits and attempts included; for a stream, until it ended.
        attempts: how often the request was sent, 0 where it never was.
        status: HTTP status of the last response; ``None`` where none came.
        error: what the caller gets; ``None`` where nothing was raised.
        end: ``"complete"``: there is a whole response; ``"failed"``: there is an error; of a stream also ``"closed"``:
            before its last event, and ``"abandoned"``: nobody reads it any more, or the program ends.
        chunks: parts of a stream that brought events.
        first_chunk_seconds: from the beginning of the call to the first of them.
        response: what the caller gets; of a stream what has come so far, where that can be told. ``None`` where there
            is none, or it holds a secret.
        outcome: the numbers in it: tokens, finish reasons, model.

    >>> from aleph_alpha import Client, CompletionRequest, Prompt
    >>> def handle(event):
    ...     if isinstance(event, CallEnded):
    ...         print(event.call.operation, event.end, event.attempts, event.outcome.output_tokens)
    >>> client = Client(token, host, on_event=handle)
    >>> response = client.complete(CompletionRequest(Prompt.from_text("An apple a day"), maximum_tokens=8), "toy-base")
    complete complete 1 8
    """

    call: ObservedCall
    seconds: float
    attempts: int
    status: int | None
    error: BaseException | None
    end: Literal["complete", "failed", "closed", "abandoned"]
    chunks: int
    first_chunk_seconds: float | None
    response: Any = field(repr=False)
    outcome: Outcome


CallEvent: TypeAlias = CallBegan | AttemptBegan | AttemptEnded | WaitEnded | ChunkCame | CallEnded
"""What `on_event` is called with: its class says what has happened."""
EventHandler: TypeAlias = Callable[[CallEvent], object]
