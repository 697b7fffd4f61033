"""How long the command line takes to start: ``python -m benchmarks.command_line [PYTHON] [--rounds N]``.

PYTHON is one that has the package installed (not as an editable installation without bytecode); by default this one.
A chat is streamed from a server on loopback in a process of its own. The least of all rounds is shown beside the
median, as other processes only ever add to it.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from statistics import median

from aleph_alpha._runtime.terminal import show_anything

_HELP = ("-m", "aleph_alpha", "--help")
_CHAT = ("-m", "aleph_alpha", "chat", "Hello", "--model=toy-chat", "--max-tokens=8", "--stream")


def cpu(command: list[str], environment: Mapping[str, str]) -> float:
    """Milliseconds of CPU that a process takes from its start to its end."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def first_byte(command: list[str], environment: Mapping[str, str]) -> float:
    """Milliseconds from the start of a process to the first byte that it writes."""
    begun = time.perf_counter()
    with subprocess.Popen(
        command, bufsize=0, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
    ) as process:
        if process.stdout is None or not process.stdout.read(1):
            raise RuntimeError(f"{command[-1]} wrote nothing")
        seconds = time.perf_counter() - begun
        process.stdout.read()
    return 1000 * seconds


def main() -> int:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description="How long the command line takes to start.")
    parser.add_argument("python", nargs="?", default=sys.executable)
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    served = [sys.executable, "-m", "aleph_alpha", "serve", "--port=0", "--quiet"]
    with subprocess.Popen(served, stdout=subprocess.PIPE, text=True) as server:
        try:
            if server.stdout is None:
                raise RuntimeError("the server has no output")
            url = server.stdout.readline().strip()
            environment = {**os.environ, "AA_HOST": url, "AA_TOKEN": "any", "AA_CONFIG": os.devnull}
            environment.pop("PYTHONDONTWRITEBYTECODE", None)
            _table(options.python, options.rounds, environment)
        finally:
            server.kill()
    return 0


def _table(python: str, rounds: int, environment: Mapping[str, str]) -> None:
    works: list[tuple[str, Callable[[list[str], Mapping[str, str]], float], list[str]]] = [
        ("Python alone, CPU", cpu, [python, "-c", "pass"]),
        ("--help, CPU", cpu, [python, *_HELP]),
        ("a streamed chat, CPU", cpu, [python, *_CHAT]),
        ("first token of it", first_byte, [python, *_CHAT]),
    ]
    samples: dict[str, list[float]] = {name: [] for name, _, _ in works}
    for number in range(rounds + 1):
        for name, measure, command in works:
            value = measure(command, environment)
            if number:  # the first round compiles, and fills caches
                samples[name].append(value)
    print("| ms | least | median |\n|---|---|---|")
    for name, values in samples.items():
        print(f"| {name} | {min(values):.0f} | {median(values):.0f} |")


if __name__ == "__main__":
    show_anything()
    sys.exit(main())
