"""Faults for the reference server: what networks, proxies and servers do wrong, on demand.

    >>> from aleph_alpha import Client
    >>> from aleph_alpha.testing import LocalServer
    >>> from aleph_alpha.testing.faults import Disconnect, Status
    >>> with LocalServer() as server, Client("token", server.url) as client:
    ...     busy = server.faults.add(Status(503, code="QUEUE_FULL", retry_after=0.1), path="/version", on=1)
    ...     version = client.get_version()
    >>> busy.hits
    1

A rule says which requests a fault meets: those of a path or operation, the first, third, ... of
them, or a share. The same over HTTP, for a server in another process: ``POST /_faults`` with
``{"faults": [{"kind": "status", "status": 503}], "path": "/complete", "on": [1]}``;
``GET /_faults`` lists the rules, ``DELETE /_faults`` ends them.

Faults are put in below HTTP, between the socket and the server: a response can be cut at any byte,
dripped, or end in a reset. Requests that a client pipelines are let through as they are.
"""

from __future__ import annotations

import random
import re
import threading
from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from types import TracebackType
from typing import Self

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

__all__ = [
    "BadGzip",
    "BadJson",
    "ContentType",
    "Delay",
    "Disconnect",
    "Drip",
    "Fault",
    "Faults",
    "HugeHeaders",
    "Informational",
    "NotHttp",
    "Rule",
    "Seen",
    "Split",
    "Stall",
    "Status",
    "StreamError",
    "StreamNoise",
    "Truncate",
]

_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Seen:
    """A request that reached the server, and the names of the faults it met."""

    method: str
    path: str
    faults: tuple[str, ...]


class Rule:
    """Faults, and which requests they meet. Made by :meth:`Faults.add`; ends with a ``with`` block, if it is in one.

    Attributes:
        id: names it in the control API.
        faults: what happens.
        path: of the requests that it is about, ``None`` for all.
        seen: how many such requests there have been.
        hits: how many of them met the faults.
    """

    def __init__(
        self,
        owner: Faults,
        number: int,
        faults: Sequence[Fault],
        *,
        method: str | None,
        path: str | None,
        on: Collection[int] | None,
        share: float | None,
        seed: int,
    ) -> None:
        self.id = number
        self.faults = tuple(faults)
        self.path = path
        self.seen = 0
        self.hits = 0
        self._owner = owner
        self._method = method
        self._on = on
        self._share = share
        self._random = random.Random(seed)  # noqa: S311

    def end(self) -> None:
        """No request meets these faults any more."""
        self._owner.end(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def meets(self, method: str, path: str) -> bool:
        """Whether this request is one that meets the faults; counts it among those seen."""
        if self._method not in (None, method) or (self.path is not None and not fnmatchcase(path, self.path)):
            return False
        self.seen += 1
        if self._on is not None and self.seen not in self._on:
            return False
        return self._share is None or self._random.random() < self._share


class Faults:
    """The faults of one server. Rules may be added and ended at any time, from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[Rule] = []
        self._seen: deque[Seen] = deque(maxlen=_REMEMBERED)
        self._last = 0
        self._stops: set[Callable[[], object]] = set()

    def add(
        self,
        *faults: Fault,
        path: str | None = None,
        operation: str | None = None,
        on: int | Collection[int] | None = None,
        share: float | None = None,
        seed: int = 0,
    ) -> Rule:
        """Let requests meet faults.

        Args:
            faults: one or more kinds, all put into the same response.
            path: of the requests meant, as ``"/complete"``; ``*`` stands for anything. A leading
                ``/v1`` of a request is not looked at. By default all requests are meant.
            operation: the same by the operation id of the contract, as ``"complete"``.
            on: the number of the request among those meant, counted from now on and from 1; or
                several, also a ``range``. By default all of them.
            share: of the requests meant, 0 to 1, drawn at random.
            seed: of the drawing: the same requests in the same order meet the same faults.

        Raises:
            ValueError: what cannot be meant.
        """
        if not faults:
            raise ValueError("add() needs at least one fault")
        for fault in faults:
            if not isinstance(fault, Fault):
                raise ValueError(f"add() takes faults such as Status(503), not {type(fault).__name__}")
        if share is not None and not 0 <= share <= 1:
            raise ValueError(f"share must be from 0 to 1, not {share}")
        numbers = (on,) if isinstance(on, int) else on
        if numbers is not None and (not numbers or min(numbers) < 1):
            raise ValueError(f"on counts requests from 1; {on!r} names none")
        method = None
        if operation is not None:
            if path is not None:
                raise ValueError("path and operation are two names of one thing: pass one of them")
            method, path = _place(operation)
        with self._lock:
            self._last += 1
            rule = Rule(self, self._last, faults, method=method, path=path, on=numbers, share=share, seed=seed)
            self._rules.append(rule)
        return rule

    def end(self, rule: Rule) -> None:
        """End one rule; nothing happens if it has ended."""
        with self._lock:
            if rule in self._rules:
                self._rules.remove(rule)

    def clear(self) -> None:
        """End all rules and forget the requests seen."""
        with self._lock:
            self._rules.clear()
            self._seen.clear()

    @property
    def rules(self) -> list[Rule]:
        """The rules in effect, oldest first; a request meets the first that means it."""
        with self._lock:
            return list(self._rules)

    @property
    def seen(self) -> list[Seen]:
        """The requests since the last :meth:`clear` in their order, 10,000 at most."""
        with self._lock:
            return list(self._seen)

    # --- for the server ------------------------------------------------------------------------

    def meet(self, method: str, path: str) -> tuple[Fault, ...]:
        """The faults of the request that has just come."""
        path = path.removeprefix("/v1") if path.startswith("/v1/") else path
        with self._lock:
            meeting = [rule for rule in self._rules if rule.meets(method, path)]  # each counts, the first acts
            faults = meeting[0].faults if meeting else ()
            if meeting:
                meeting[0].hits += 1
            self._seen.append(Seen(method, path, tuple(type(fault).__name__ for fault in faults)))
        return faults

    def on_stop(self, stop: Callable[[], object]) -> Callable[[], None]:
        """Call `stop` when the server stops; the result takes that back."""
        with self._lock:
            self._stops.add(stop)
        return lambda: self._stops.discard(stop)

    def stop(self) -> None:
        """End what is stalled or dripping, so that the server can stop."""
        with self._lock:
            stops, self._stops = self._stops, set()
        for stop in stops:
            stop()


def _place(operation: str) -> tuple[str, str]:
    from aleph_alpha.testing.server import contract

    known = contract.load().operations
    if operation not in known:
        raise ValueError(f"{operation!r} is not an operation of the contract; it has {', '.join(sorted(known))}")
    return known[operation].method, re.sub(r"\{[^}]*\}", "*", known[operation].path)
