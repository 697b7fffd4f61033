"""Runs all loads with all clients, and prints the tables of docs/reliability.md.

AA_COMPAT_11=.venv/compat-11.5.1/bin/python python -m benchmarks.outages [WORDS OF A SCENARIO'S NAME ...]

nginx has to be installed for the loads behind a gateway; they are left out where it is not.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
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


@dataclass(frozen=True)
class Scenario:
    """A server, a load and a way to send it."""

    name: str
    server: dict[str, Any]
    load: dict[str, Any]
    peers: dict[str, tuple[str, str]] = field(default_factory=lambda: TASKS)
    nginx: bool = False


SCENARIOS = [
    *(
        Scenario(f"{status} for 10 s, {name}", {"status": status, "seconds": 10}, load, peers)
        for status in (503, 500)
        for name, load, peers in (
            ("30 tasks", {"calls": 30, "at_once": 30}, TASKS),
            ("300 tasks", {"calls": 300, "at_once": 300}, TASKS),
            ("100 calls in 20 threads", {"calls": 100, "at_once": 20}, THREADS),
        )
    ),
    *(
        Scenario(
            f"nginx, upstream gone for {gone:g} s, {at_once} {kind}",
            {"gone": gone, "service": 0.01},
            {"calls": 20 * at_once, "at_once": at_once, "least": gone + 2.0},
            peers,
            nginx=True,
        )
        for gone in (0.5, 1.0, 3.0)
        for at_once in (32, 64, 100)
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
]


@contextlib.contextmanager
def running(*command: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.terminate()


@contextlib.contextmanager
def behind_nginx(upstream: str) -> Iterator[str]:
    """An nginx in front of the server."""
    with tempfile.TemporaryDirectory() as folder:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        paths = "".join(f"{kind}_temp_path {folder};" for kind in ("proxy", "fastcgi", "uwsgi", "scgi", "client_body"))
        Path(folder, "nginx.conf").write_text(
            f"daemon off; pid {folder}/pid; error_log /dev/null; worker_processes 1;"
            "events { worker_connections 1024; }"
            f"http {{ access_log off; {paths}"
            f"upstream up {{ server {upstream.removeprefix('http://')}; keepalive 100; }}"
            f"server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://up; proxy_http_version 1.1;"
            'proxy_set_header Connection ""; } } }',
            "utf-8",
        )
        with running("nginx", "-e", "/dev/null", "-c", f"{folder}/nginx.conf"):
            for _ in range(200):
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.05):
                    break
            yield f"http://127.0.0.1:{port}"


def measure(scenario: Scenario, peer: tuple[str, str]) -> dict[str, Any]:
    """One load with one client."""
    load = dict(scenario.load)
    if not peer[1].startswith("client"):
        load.pop("total_retries", None)
    with contextlib.ExitStack() as stack:
        command = (sys.executable, "-m", "benchmarks.outages.server", "0", json.dumps(scenario.server))
        server = stack.enter_context(running(*command))
        port = "" if server.stdout is None else server.stdout.readline().strip()
        direct = url = f"http://127.0.0.1:{port}"
        if scenario.nginx:
            url = stack.enter_context(behind_nginx(direct))
        done = subprocess.run(
            [peer[0], str(HERE / "worker.py"), peer[1], url, json.dumps(load)],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        with urllib.request.urlopen(f"{direct}/stats") as answer:  # noqa: S310
            return {**json.loads(answer.read()), **json.loads(done.stdout)}


def main(words: list[str]) -> int:
    """Print a table row for each scenario and client."""
    print("| load | client | lost | requests a call | seconds | after the return | longest call |", flush=True)
    print("|---|---|---|---|---|---|---|")
    for scenario in SCENARIOS:
        if words and not any(word in scenario.name for word in words):
            continue
        if scenario.nginx and shutil.which("nginx") is None:
            print(f"left out, nginx is not installed: {scenario.name}", file=sys.stderr)
            continue
        for name, peer in scenario.peers.items():
            if not peer[0]:
                continue
            told = measure(scenario, peer)
            returns = scenario.nginx or 0 < scenario.server.get("seconds", 0) < 1000
            after = f"{told['ended'] - told['back']:.1f} s" if returns and not told["lost"] else "–"
            print(
                f"| {scenario.name} | {name} | {told['lost']} of {told['calls']} "
                f"| {told['requests'] / told['calls']:.1f} | {told['seconds']:.1f} | {after} "
                f"| {told['longest']:.1f} s |",
                flush=True,
            )
            if told["errors"]:
                print(f"  {name}: {told['errors']}, first end {told['first']:.1f} s", file=sys.stderr, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
