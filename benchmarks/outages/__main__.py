"""Runs all loads with all clients, and prints the tables of docs/reliability.md and docs/transport.md.

AA_COMPAT_11=.venv/compat-11.5.1/bin/python python -m benchmarks.outages [WORDS OF A SCENARIO'S NAME ...]

The loads behind nginx and squid are left out where these are not installed. Loads that mostly wait are
measured a few at a time, the others one by one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.outages.places import PLACES, missing
from benchmarks.outages.scenarios import SCENARIOS, Scenario

__all__ = ["measure"]

HERE = Path(__file__).parent
AT_ONCE = 4
_OURS = ("client", "many")  # what takes the options of a client


def measure(scenario: Scenario, peer: tuple[str, str]) -> dict[str, Any]:
    """One load with one client."""
    load = dict(scenario.load)
    if not peer[1].startswith(_OURS):
        load.pop("total_retries", None)
    with PLACES[scenario.place](scenario.server) as place:
        done = subprocess.run(
            [peer[0], str(HERE / "worker.py"), peer[1], place.url, json.dumps(load)],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            env={**os.environ, **place.environment},
        )
        return {**place.told(), **json.loads(done.stdout)}


def row(scenario: Scenario, name: str, told: dict[str, Any]) -> str:
    """Of the table."""
    returns = scenario.server.get("gone") or 0 < scenario.server.get("seconds", 0) < 1000
    cells = [
        scenario.name,
        name,
        f"{told['lost']:,} of {told['calls']:,}",
        f"{told['requests'] / told['calls']:.1f}",
        f"{told['seconds']:.1f} s",
        f"{told['ended'] - told['back']:.1f} s" if returns and not told["lost"] else "–",
        f"{(told['calls'] - told['lost']) / told['seconds']:,.0f}",
        f"{told['longest']:.1f} s",
        f"{told['twice']}" if "twice" in told else "–",
    ]
    return f"| {' | '.join(cells)} |"


def main(words: list[str]) -> int:
    """Print a table row for each scenario and client."""
    print("| load | client | lost | requests a call | took | after the return | calls/s | longest call | twice |")
    print("|---|---|---|---|---|---|---|---|---|", flush=True)
    chosen: list[tuple[Scenario, str, tuple[str, str]]] = []
    for scenario in SCENARIOS:
        if words and not any(word in scenario.name for word in words):
            continue
        if program := missing(scenario.place):
            print(f"left out, {program} is not installed: {scenario.name}", file=sys.stderr)
            continue
        chosen += [(scenario, name, peer) for name, peer in scenario.peers.items() if peer[0]]
    with ThreadPoolExecutor(AT_ONCE) as several:
        waiting: list[tuple[Scenario, str, Future[dict[str, Any]]]] = [
            (scenario, name, several.submit(measure, scenario, peer))
            for scenario, name, peer in chosen
            if not scenario.alone
        ]
        for scenario, name, future in waiting:
            tell(scenario, name, future.result())
    for scenario, name, peer in chosen:
        if scenario.alone:
            tell(scenario, name, measure(scenario, peer))
    return 0


def tell(scenario: Scenario, name: str, told: dict[str, Any]) -> None:
    print(row(scenario, name, told), flush=True)
    if told["errors"]:
        print(f"  {name}: {told['errors']}, first end {told['first']:.1f} s", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
