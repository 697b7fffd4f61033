"""The loads: a server, what stands before it, how calls are sent, and by whom."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from typing import Any

__all__ = ["SCENARIOS", "Scenario"]

OLD = os.environ.get("AA_COMPAT_11", "")
TASKS = {
    "ours": (sys.executable, "client_async"),
    "vendor's": (OLD, "client_async"),
    "httpx": (sys.executable, "httpx_async"),
    "aiohttp": (OLD, "aiohttp_async"),
}
THREADS = {
    "ours": (sys.executable, "client_threads"),
    "vendor's": (OLD, "client_threads"),
    "httpx": (sys.executable, "httpx_threads"),
}
MANY = {"ours, AsyncClient": (sys.executable, "many_async"), "ours, Client": (sys.executable, "many_threads")}


@dataclass(frozen=True)
class Scenario:
    """A server, a load and a way to send it.

    Attributes:
        server: options of `server.Server`.
        load: options of `worker.Load`.
        peers: name to the interpreter and the function of `worker`.
        place: where the server is: see `places`.
        alone: measured while nothing else is.
    """

    name: str
    server: dict[str, Any]
    load: dict[str, Any]
    peers: dict[str, tuple[str, str]] = field(default_factory=lambda: TASKS)
    place: str = "direct"

    @property
    def alone(self) -> bool:
        return self.place in ("nginx", "squid")


LOADS = (
    ("30 tasks", {"calls": 30, "at_once": 30}, TASKS),
    ("300 tasks", {"calls": 300, "at_once": 300}, TASKS),
    ("100 calls in 20 threads", {"calls": 100, "at_once": 20}, THREADS),
)

SCENARIOS = [
    *(
        Scenario(f"{status} for 10 s, {name}", {"status": status, "seconds": 10}, load, peers)
        for status in (503, 500)
        for name, load, peers in LOADS
    ),
    *(
        Scenario(
            f"{status} for 10 s, {name}, a client that is in use",
            {"status": status, "seconds": 10, "healthy": load["at_once"]},
            {**load, "before": True},
            peers,
        )
        for status in (503, 500)
        for name, load, peers in LOADS
    ),
    *(
        Scenario(
            f"{status} for 10 s, 100 requests of complete_many", {"status": status, "seconds": 10}, {"calls": 100}, MANY
        )
        for status in (503, 500)
    ),
    *(
        Scenario(
            f"connections refused for 3 s, {at_once} {kind}",
            {"gone": 3.0, "gently": True, "service": 0.01},
            {"calls": 20 * at_once, "at_once": at_once, "least": 5.0},
            peers,
        )
        for at_once in (32, 100)
        for kind, peers in (("tasks", TASKS), ("threads", THREADS))
    ),
    *(
        Scenario(
            f"full: {capacity} at a time, {kind}",
            {"capacity": capacity, "service": 0.1},
            {"calls": 600, "at_once": 100},
            peers,
        )
        for capacity in (4, 8)
        for kind, peers in (("100 tasks", TASKS), ("100 threads", THREADS))
    ),
    Scenario("for ever, total_retries=4", {"seconds": 1e6}, {"calls": 300, "at_once": 300, "total_retries": 4}),
    Scenario(
        "500 for one of two models",
        {"status": 500, "model": "other-model", "service": 0.01},
        {"calls": 200, "at_once": 40, "other": "other-model", "total_retries": 3},
    ),
    *(
        Scenario(
            f"two servers, one ended hard each second, 64 {kind}",
            {"service": 0.6},
            {"calls": 600, "at_once": 64},
            peers,
            place="killed",
        )
        for kind, peers in (("tasks", TASKS), ("threads", THREADS))
    ),
    *(
        Scenario(
            f"nginx, upstream gone for {gone:g} s, {at_once} {kind}",
            {"gone": gone, "service": 0.01},
            {"calls": 20 * at_once, "at_once": at_once, "least": gone + 1.5},
            peers,
            place="nginx",
        )
        for gone in (0.5, 1.0, 3.0)
        for at_once in (32, 64, 100)
        for kind, peers in (("tasks", TASKS), ("threads", THREADS))
    ),
    Scenario("squid, http, 8 threads", {}, {"calls": 3000, "at_once": 8, "total_retries": 0}, THREADS, place="squid"),
    *(
        Scenario(
            f"squid, https, 64 {kind}",
            {"certificate": True},
            {"calls": 3000, "at_once": 64, "verify_ssl": False},
            peers,
            place="squid",
        )
        for kind, peers in (("tasks", TASKS), ("threads", THREADS))
    ),
]
