"""What the clients make of each fault: the one table that the tests check and `docs/faults.md` shows.

Every request of the scenario meets the fault, unless the row says otherwise. There are two retries
(``total_retries=2``), so that three attempts mean "as often as allowed".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from aleph_alpha._retry.schedule import Others
from aleph_alpha.testing.faults.kinds import (
    BadGzip,
    BadJson,
    ContentType,
    Delay,
    Disconnect,
    Drip,
    Fault,
    HugeHeaders,
    Informational,
    NotHttp,
    Split,
    Stall,
    Status,
    StreamError,
    StreamNoise,
    Truncate,
)
from tests.failures.networks import NETWORKS, Network

__all__ = ["RETRIES", "TABLE", "TIMEOUT", "Cell", "Row", "page"]

RETRIES = 2
TIMEOUT = 0.25  # seconds, for the faults that take time
LONGER = 5.0

ANSWER = "the response"
ALL = RETRIES + 1


@dataclass(frozen=True)
class Cell:
    """How one scenario ends.

    Attributes:
        outcome: the name of the exception, or ``ANSWER``.
        sent: how often the request reached the server.
        kept: how many vectors the exception of a batch carries; whether that of a stream carries
            events that had come.
    """

    outcome: str
    sent: int = 1
    kept: int | bool | None = None


@dataclass(frozen=True)
class Row:
    """A fault and its consequences.

    Attributes:
        title: the fault, for people.
        faults: the same for the server.
        call: of a call.
        ambiguous: of a call by a client with ``retry_ambiguous=True``.
        stream: of a stream; ``None`` where the fault is none for a stream.
        dead_when_reused: on a connection that has been used before, the fault looks like one that was
            closed in the meantime, and the request is sent once more on a fresh one.
        waits: seconds between the attempts, where the server says how long.
        options: of the client.
        others: whether the other calls of the client pause, too.
        direct: a proxy in between makes another fault of it.
    """

    title: str
    faults: tuple[Fault, ...]
    call: Cell | None
    ambiguous: Cell | None
    stream: Cell | None
    waits: tuple[float, ...] | None = None
    dead_when_reused: bool = False
    options: dict[str, Any] = field(default_factory=dict)
    others: Others = Others.GO_ON
    direct: bool = False

    @property
    def batch(self) -> Cell | None:
        """Of a batch of four requests, the third of which meets the fault: two vectors are there."""
        if self.call is None or self.call.outcome == ANSWER:
            return self.call
        return Cell(self.call.outcome, self.call.sent + self.dead_when_reused, kept=2)


def harmless(title: str, *faults: Fault, direct: bool = False, **options: Any) -> Row:
    """Nobody notices."""
    whole = Cell(ANSWER)
    return Row(title, faults, whole, whole, whole, options=options, direct=direct)


def refused(
    title: str,
    fault: Fault,
    error: str,
    sent: int = 1,
    waits: tuple[float, ...] | None = None,
    others: Others | None = None,
) -> Row:
    """An error status, with the same consequences for every kind of call."""
    same = Cell(error, sent)
    if others is None:
        others = Others.GO_ON if sent == 1 else Others.PROBE
    return Row(title, (fault,), same, same, same, waits, others=others)


def broken(
    title: str,
    *faults: Fault,
    error: str = "APIConnectionError",
    kept: bool | None = None,
    dead_when_reused: bool = False,
    **options: Any,
) -> Row:
    """No whole response: not sent again, unless the client is told that it may be.

    `kept` is for streams whose head has come: whether an event has, too.
    """
    in_stream = {"APIConnectionError": "StreamConnectionError", "APITimeoutError": "StreamTimeoutError"}
    stream = Cell(error) if kept is None else Cell(in_stream[error], 1, kept=kept)
    return Row(title, faults, Cell(error), Cell(error, ALL), stream, None, dead_when_reused, options=options)


def unreadable(title: str, *faults: Fault, stream: Cell | None, error: str = "ResponseError") -> Row:
    """A response that is whole, but not what it should be: sending it again would not help."""
    return Row(title, faults, Cell(error), Cell(error), stream)


def slow(title: str, *faults: Fault, kept: bool | None = None) -> Row:
    """A response that does not come in time."""
    return broken(title, *faults, error="APITimeoutError", kept=kept, request_timeout_seconds=TIMEOUT)


def only_stream(title: str, *faults: Fault, stream: Cell, **options: Any) -> Row:
    """A fault that only event streams have."""
    return Row(title, faults, None, None, stream, options=options)


_NOTHING = Cell("StreamConnectionError", 1, kept=False)
_CUT = Cell("StreamConnectionError", 1, kept=True)
_IN_STREAM = Cell("StreamError", 1, kept=True)

TABLE: dict[str, list[Row]] = {
    "Statuses": [
        refused("429", Status(429), "RateLimitError", ALL, others=Others.PACE),
        refused("429, an HTML page", Status(429, body="html"), "RateLimitError", ALL, others=Others.PACE),
        refused("429, no body", Status(429, body="empty"), "RateLimitError", ALL, others=Others.PACE),
        refused(
            "429, Retry-After: 2", Status(429, retry_after=2), "RateLimitError", ALL, (2.0, 2.0), others=Others.PACE_ALL
        ),
        refused(
            "503, Retry-After: 0.5", Status(503, retry_after=0.5), "BusyError", ALL, (0.5, 0.5), others=Others.PACE
        ),
        refused(
            "503, Retry-After: a date in 10 s",
            Status(503, retry_after=10, as_date=True),
            "BusyError",
            ALL,
            (10.0, 10.0),
            others=Others.PACE,
        ),
        refused("503, Retry-After: 3600", Status(503, retry_after=3600), "BusyError", 1, ()),
        refused("503 QUEUE_FULL", Status(503, code="QUEUE_FULL"), "QueueFullError", ALL, others=Others.PACE),
        refused("503", Status(503), "BusyError", ALL, others=Others.PACE),
        refused("408", Status(408), "RequestTimeoutError", ALL),
        refused("500", Status(500), "ServerError", ALL),
        refused("502, an HTML page", Status(502, body="html"), "ServerError", ALL),
        refused("504, no body", Status(504, body="empty"), "ServerError", ALL),
        refused("501", Status(501), "ServerError"),
        refused("529", Status(529), "ServerError"),
        refused("400 PROMPT_TOO_LONG", Status(400, code="PROMPT_TOO_LONG"), "PromptTooLongError"),
        refused("400 INVALID_REQUEST", Status(400, code="INVALID_REQUEST"), "RejectedRequestError"),
        refused("400 MISSING_CAPABILITY", Status(400, code="MISSING_CAPABILITY"), "MissingCapabilityError"),
        refused("400, another code", Status(400, code="SOMETHING_NEW"), "BadRequestError"),
        refused("401", Status(401), "AuthenticationError"),
        refused("402", Status(402), "QuotaError"),
        refused("403, an HTML page", Status(403, body="html"), "PermissionDeniedError"),
        refused("404 UNKNOWN_MODEL", Status(404, code="UNKNOWN_MODEL"), "UnknownModelError"),
        refused("413 before the request was read", Status(413, early=True), "OtherStatusError"),
        refused("422", Status(422), "UnprocessableEntityError"),
        refused("307", Status(307, body="empty", headers={"location": "/elsewhere"}), "OtherStatusError"),
    ],
    "Time": [
        harmless("a pause before the response, in time", Delay(0.05)),
        harmless("a pause before the body, in time", Delay(0.05, before="body")),
        slow("no response in time", Delay(LONGER)),
        slow("a head in time, but no body", Delay(LONGER, before="body"), kept=False),
        slow("silence before the first byte", Stall("start")),
        slow("silence inside the head", Stall("head")),
        slow("silence inside the body", Stall("body"), kept=True),
        slow("the head byte by byte, never done", Drip(0.01, part="all")),
        slow("the body byte by byte, never done", Drip(0.02), kept=False),
    ],
    "Connections": [
        broken("closed before the request was read", Disconnect("request"), dead_when_reused=True),
        broken("reset before the request was read", Disconnect("request", "reset"), dead_when_reused=True),
        broken("closed without a response", Disconnect("start"), dead_when_reused=True),
        broken("reset without a response", Disconnect("start", "reset"), dead_when_reused=True),
        broken("closed inside the head", Disconnect("head")),
        broken("reset inside the head", Disconnect("head", "reset")),
        broken("closed inside the body", Disconnect("body"), kept=True),
        broken("reset inside the body", Disconnect("body", "reset"), kept=True),
        broken("closed one byte into the body", Disconnect(1), kept=False),
        harmless("closed after the response", Disconnect("end")),
        harmless("reset after the response", Disconnect("end", "reset"), direct=True),
        broken("no HTTP", NotHttp()),
        broken("a head of 1 MB", HugeHeaders(1000)),
        harmless("an interim response first", Informational()),
        harmless("five interim responses first", Informational(times=5)),
    ],
    "Contents": [
        unreadable("half of the body, in a valid frame", Truncate(), stream=_CUT),
        unreadable("a body without its last byte", Truncate(-1), stream=None),
        unreadable("an empty body", BadJson("empty"), stream=_IN_STREAM),
        unreadable("no JSON", BadJson("not_json"), stream=_IN_STREAM),
        unreadable("other JSON", BadJson("other"), stream=_IN_STREAM),
        unreadable("values of other types", BadJson("mistyped"), stream=_IN_STREAM),
        unreadable("a member missing", BadJson("incomplete"), stream=_IN_STREAM),
        unreadable("bytes that are not UTF-8", BadJson("not_utf8"), stream=_IN_STREAM),
        unreadable("204, no body", Status(204, body="empty"), stream=_NOTHING),
        unreadable("200, no body", Status(200, body="empty"), stream=_NOTHING),
        unreadable("200, an HTML page", Status(200, body="html"), stream=_NOTHING),
        harmless("another content type", ContentType("text/html")),
        harmless("another charset", ContentType("application/json; charset=utf-16")),
        harmless("no content type", ContentType(None)),
        harmless("no gzip where gzip is said", BadGzip("plain")),
        unreadable("gzip cut in half", BadGzip("truncated"), stream=_NOTHING),
        unreadable("gzip with a wrong checksum", BadGzip("corrupt"), stream=None),
        harmless("a body in one-byte chunks", Split(1)),
        harmless("a body in seven-byte chunks", Split(7)),
    ],
    "Event streams": [
        only_stream("comments, event:, id: and retry: lines", StreamNoise(), stream=Cell(ANSWER)),
        only_stream("the same with CR LF", StreamNoise(line_end="\r\n"), stream=Cell(ANSWER)),
        only_stream("the same with CR, split anywhere", StreamNoise(line_end="\r"), Split(3), stream=Cell(ANSWER)),
        only_stream("no space after data:", StreamNoise(space=False, fields=False), stream=Cell(ANSWER)),
        only_stream("an error inside the stream", StreamError(1), stream=_IN_STREAM),
        only_stream("an error as its first event", StreamError(0), stream=Cell("StreamError", 1, kept=False)),
        only_stream("ends before its last event", Truncate(200), stream=_CUT),
        only_stream("ends before its first event", Truncate(0), stream=_NOTHING),
    ],
}


def rows() -> Iterator[Row]:
    """All rows."""
    for section in TABLE.values():
        yield from section


def page() -> str:
    """The table as a page of the documentation."""
    out = [_INTRODUCTION]
    for section, entries in TABLE.items():
        if section == "Event streams":
            out += [f"\n## {section}\n", "| fault | stream |", "|---|---|"]
            out += [f"| {row.title} | {_stream(row.stream)} |" for row in entries]
            continue
        out += [
            f"\n## {section}\n",
            "| fault | call | with `retry_ambiguous` | batch of four, from its third request on | stream "
            "| the other calls pause, too |",
            "|---|---|---|---|---|---|",
        ]
        out += [
            f"| {row.title} | {_call(row.call, row)} | {_call(row.ambiguous)} | {_batch(row)} | {_stream(row.stream)} "
            f"| {_others(row)} |"
            for row in entries
        ]
    out += [
        "\n## Names, networks, proxies and HTTP itself\n",
        "| fault | call and batch | stream | the other calls pause, too |",
        "|---|---|---|---|",
    ]
    out += [
        f"| {row.title} | {_network(row, row.outcome)} | {_network(row, row.in_stream)} "
        f"| {(Others.GO_ON if row.attempts == 1 else Others.PROBE).value} |"
        for row in NETWORKS
    ]
    return "\n".join(out) + "\n"


_INTRODUCTION = """\
# What becomes of a call when something goes wrong

Look up here what your program gets when a server or a network does this or that: a response, or which exception.

Made from `tests/fault_table.py` by `scripts/fault_table.py`; the tests check every cell with both
clients against the reference server, whose faults (`aleph_alpha.testing.faults`) you can use in
tests of your own.

Every request meets the fault. The clients have `total_retries=2`: "3 times" is as often as that
allows. Between the attempts they wait 0.25 s, 0.5 s, ... or what `Retry-After` says, if that is longer and not
more than `retry_after_cap`. A fault that goes away is not noticed by any call that was sent more
than once here: the next attempt succeeds.

A call that may have been carried out is sent again only with `retry_ambiguous=True`. The exception
is a connection that was used before and ends at once, before the first byte of a response: most likely
the server had closed it while it was idle, so the request is sent once more on a fresh one. A stream is
never sent again once its head has come; its exception carries the `.events` that had come. The
exception of a batch carries `.partial`, the vectors that were there, and `.remaining`. All
exceptions are `AlephAlphaError`.

Whether the other calls of the client pause, too (see [reliability](reliability.md)): "yes" means
those of the same endpoint and model, at once; "yes, all" every call, until the time that the server
has given; "after several in a row" those of the same endpoint and model, when eight attempts have
failed without a success between them, or before the first success of all.

Also tested with both clients, for each line: whatever else is set, a call, a batch and a stream end
by the `deadline`; they leave no socket, descriptor, task or thread behind; and a program that closes
nothing ends without a warning."""


def _call(cell: Cell | None, row: Row | None = None) -> str:
    if cell is None:
        return "–"
    waits = f", after {' and '.join(f'{wait:g} s' for wait in row.waits)}" if row is not None and row.waits else ""
    return _outcome(cell) + waits


def _others(row: Row) -> str:
    """Failures that only ``retry_ambiguous`` makes one that is tried again count only then."""
    ambiguous = row.others is Others.GO_ON and row.ambiguous is not None and row.ambiguous.sent > 1
    return f"no; with `retry_ambiguous`, {Others.PROBE.value}" if ambiguous else row.others.value


def _batch(row: Row) -> str:
    cell = row.batch
    if cell is None:
        return "–"
    return _outcome(cell) + (f", {cell.kept} of 4 kept" if cell.kept is not None else "")


def _stream(cell: Cell | None) -> str:
    if cell is None:
        return "–"
    return _outcome(cell) + (", events kept" if cell.kept else "")


def _network(network: Network, outcome: str) -> str:
    """An attempt is not always a request here: most of these end before one could be sent."""
    what = outcome if outcome == ANSWER else f"`{outcome}`"
    return what if network.attempts == 1 else f"{what}, {network.attempts} attempts"


def _outcome(cell: Cell) -> str:
    what = cell.outcome if cell.outcome == ANSWER else f"`{cell.outcome}`"
    return what if cell.sent == 1 else f"{what}, sent {cell.sent} times"
