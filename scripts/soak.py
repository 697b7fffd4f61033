"""Many calls at once on a server of which some answers are broken: every call ends, and with its own response.

    python scripts/soak.py --calls 100000

Each call tokenizes a text of its own; a right response spells that text again. One half of the calls
comes from tasks of an AsyncClient, the other from threads with a Client. Allowed are right responses
and the documented errors; exit status 1 when anything else happened, when memory grew after the
warm-up, or when a descriptor, thread or task was left.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import itertools
import json
import os
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from aleph_alpha import (
    APIConnectionError,
    APIStatusError,
    AsyncClient,
    Client,
    ResponseError,
    TokenizationRequest,
    TokenizationResponse,
)
from aleph_alpha._runtime.terminal import show_anything

MODEL = "toy-base"
MEMORY_GROWTH = 8.0  # MB of all calls after the warm-up: noise of the allocator
WARM_UP = 0.2  # of the calls, before memory is measured
RETRIES = 3

# What goes wrong, each as often as the others.
FAULTS = [
    {"kind": "status", "status": 503, "code": "QUEUE_FULL", "retry_after": 0.01},
    {"kind": "status", "status": 500, "body": "html"},
    {"kind": "status", "status": 400},
    {"kind": "disconnect", "at": "start"},
    {"kind": "disconnect", "at": "start", "how": "reset"},
    {"kind": "disconnect", "at": "body"},
    {"kind": "disconnect", "at": "end"},
    {"kind": "truncate"},
    {"kind": "bad_json", "how": "mistyped"},
    {"kind": "bad_json", "how": "not_utf8"},
    {"kind": "bad_gzip", "how": "corrupt"},
    {"kind": "stall", "at": "body"},
    {"kind": "not_http"},
    {"kind": "split", "size": 3},
    {"kind": "informational", "times": 2},
    {"kind": "delay", "seconds": 0.05},
]
DOCUMENTED = (APIStatusError, APIConnectionError, ResponseError)


@dataclass
class Tally:
    """How calls ended."""

    right: int = 0
    swapped: list[str] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    undocumented: Counter[str] = field(default_factory=Counter)
    attempts: int = 0

    def answer(self, text: str, response: TokenizationResponse) -> None:
        """A response has come to the call with this text."""
        if "".join(response.tokens or []).replace("Ġ", " ").strip() == text:
            self.right += 1
        else:
            self.swapped.append(text)
        self.attempts += 0 if response.meta is None else response.meta.attempts

    def error(self, error: Exception) -> None:
        """A call has failed."""
        known = self.errors if isinstance(error, DOCUMENTED) else self.undocumented
        known[type(error).__name__] += 1
        self.attempts += getattr(error, "attempts", 0)

    @property
    def calls(self) -> int:
        return self.right + len(self.swapped) + self.errors.total() + self.undocumented.total()

    def add(self, other: Tally) -> None:
        """The calls of another tally as well."""
        self.right += other.right
        self.swapped += other.swapped
        self.errors += other.errors
        self.undocumented += other.undocumented
        self.attempts += other.attempts


def text_of(number: int) -> str:
    """A text that no other call has; a few are long."""
    return f"call{number}x" * (200 if number % 50 == 0 else 1)


def request_for(text: str) -> TokenizationRequest:
    return TokenizationRequest(text, tokens=True, token_ids=False)


def put_faults(url: str, share: float) -> None:
    """Let this share of the requests meet a fault, drawn at random."""
    left = 1.0  # of the requests, for a rule meets only those that no rule before it has met
    for number, fault in enumerate(FAULTS):
        part = share / len(FAULTS)
        body = {"faults": [fault], "path": "/tokenize", "share": part / left, "seed": number}
        left -= part
        request = urllib.request.Request(f"{url}/_faults", json.dumps(body).encode())  # noqa: S310 (our own server)
        request.add_header("Content-Type", "application/json")
        urllib.request.urlopen(request).close()  # noqa: S310


async def in_tasks(url: str, numbers: range, concurrency: int) -> Tally:
    """Send the calls from so many tasks at once."""
    tally = Tally()
    waiting = iter(numbers)
    async with AsyncClient("token", url, total_retries=RETRIES, request_timeout_seconds=2.0) as client:

        async def work() -> None:
            for number in waiting:
                text = text_of(number)
                try:
                    tally.answer(text, await client.tokenize(request_for(text), MODEL))
                except Exception as error:
                    tally.error(error)

        await asyncio.gather(*(work() for _ in range(concurrency)))
    if len(asyncio.all_tasks()) > 1:
        tally.undocumented["a task is left"] += 1
    return tally


def in_threads(url: str, numbers: range, concurrency: int) -> Tally:
    """Send the calls from so many threads at once."""
    whole = Tally()
    with Client("token", url, total_retries=RETRIES, request_timeout_seconds=2.0) as client:

        def work(part: range) -> Tally:
            tally = Tally()
            for number in part:
                text = text_of(number)
                try:
                    tally.answer(text, client.tokenize(request_for(text), MODEL))
                except Exception as error:
                    tally.error(error)
            return tally

        with ThreadPoolExecutor(concurrency) as threads:
            for tally in threads.map(work, (numbers[start::concurrency] for start in range(concurrency))):
                whole.add(tally)
    return whole


def memory() -> float:
    """Memory of this process in MB, as the system counts it; 0 where it does not tell."""
    gc.collect()
    with contextlib.suppress(OSError), open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    return 0.0


def descriptors() -> int:
    """How many are open; 0 where the system does not tell."""
    return len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0


@dataclass
class Report:
    """What came of all calls."""

    tally: Tally
    seconds: float
    growth: float
    left: list[str]

    @property
    def problems(self) -> list[str]:
        """Why this is not a success; empty if it is."""
        problems = [f"{len(self.tally.swapped)} calls got another call's response"] if self.tally.swapped else []
        problems += [f"{name} came out {count} times" for name, count in self.tally.undocumented.items()]
        if self.growth > MEMORY_GROWTH:
            problems.append(f"memory grew by {self.growth:.1f} MB after the warm-up")
        return problems + self.left


def soak(url: str, calls: int, *, tasks: int, threads: int) -> Report:
    """The calls in five rounds, each half in tasks and half in threads; the first round is the warm-up."""
    tally, started = Tally(), time.monotonic()
    left: list[str] = []
    before, alive, warm = descriptors(), threading.active_count(), 0.0
    bounds = [round(calls * part * WARM_UP) for part in range(round(1 / WARM_UP) + 1)]
    for begin, end in itertools.pairwise(bounds):
        middle = (begin + end) // 2
        tally.add(asyncio.run(in_tasks(url, range(begin, middle), tasks)))
        tally.add(in_threads(url, range(middle, end), threads))
        warm = warm or memory()
    growth = memory() - warm
    if tally.calls != calls:
        left.append(f"{calls - tally.calls} calls did not end")
    if descriptors() > before:
        left.append(f"{descriptors() - before} descriptors were left open")
    if threading.active_count() > alive:
        left.append(f"{threading.active_count() - alive} threads were left running")
    return Report(tally, time.monotonic() - started, growth, left)


@contextlib.contextmanager
def serving() -> Iterator[str]:
    """A reference server in a process of its own, so that its memory is not counted."""
    command = [sys.executable, "-m", "aleph_alpha.testing", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            yield (process.stdout.readline() if process.stdout is not None else "").strip()
        finally:
            process.terminate()


def main(arguments: list[str] | None = None) -> int:
    """Command line; exit status 1 when something happened that must not."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--calls", type=int, default=100_000)
    parser.add_argument("--tasks", type=int, default=64, help="calls at once of the AsyncClient (default: %(default)s)")
    parser.add_argument("--threads", type=int, default=16, help="of the Client (default: %(default)s)")
    parser.add_argument(
        "--share", type=float, default=0.05, help="of requests that meet a fault (default: %(default)s)"
    )
    chosen = parser.parse_args(arguments)
    with serving() as url:
        put_faults(url, chosen.share)
        report = soak(url, chosen.calls, tasks=chosen.tasks, threads=chosen.threads)
    tally = report.tally
    print(f"{tally.calls:,} calls in {report.seconds:.0f} s, {tally.attempts / tally.calls:.3f} attempts each")
    print(f"  {tally.right:,} right responses, {len(tally.swapped)} of other calls")
    for name, count in tally.errors.most_common():
        print(f"  {count:,} {name}")
    print(f"  memory after the warm-up: {report.growth:+.1f} MB")
    for problem in report.problems:
        print(f"wrong: {problem}", file=sys.stderr)
    return 1 if report.problems else 0


if __name__ == "__main__":
    show_anything()
    sys.exit(main())
