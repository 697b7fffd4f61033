"""One measurement in a process of its own: ``python -m benchmarks.worker WORK PEER URL FILE [SIZE=NUMBER ...]``.

Runs in the environment of the peer. Prints its results, one ``name value`` a line.
"""

from __future__ import annotations

import sys
from importlib import import_module

from benchmarks.meter import Setup


def main(arguments: list[str]) -> None:
    """Measure, and print."""
    work, peer, url, file, *rest = arguments
    sizes = {name: int(number) for name, _, number in (each.partition("=") for each in rest)}
    setup = Setup(url, sizes, file)
    getattr(import_module(f"benchmarks.peers.{peer}"), work)(setup)
    for name, value in setup.results.items():
        print(name, value)


if __name__ == "__main__":
    main(sys.argv[1:])
