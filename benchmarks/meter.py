"""What one measurement is told, and what it finds out about its own process. Standard library, and little of it."""

from __future__ import annotations

import gc
import os
import time

MODEL = "luminous-base"
TOKEN = "benchmark"  # noqa: S105  # of a server that asks for none


class Setup:
    """The server, the sizes of the work, and the results so far.

    Attributes:
        url: the stub server's base URL, without a slash at the end.
        file: path of the input file of works that read one, else ``""``.
        results: by name: ``wall`` and ``cpu`` in seconds for one unit of work, ``memory`` in bytes, and others.
    """

    def __init__(self, url: str, sizes: dict[str, int], file: str = "") -> None:
        self.url = url
        self.file = file
        self.results: dict[str, float] = {}
        self._sizes = sizes

    def __getitem__(self, name: str) -> int:
        return self._sizes[name]

    @property
    def address(self) -> tuple[str, int]:
        """Host and port of the server."""
        host, _, port = self.url.removeprefix("http://").partition(":")
        return host, int(port)

    def measure(self, count: int = 1) -> Measure:
        """A context manager that measures what happens inside; `count` is how many units of work that is."""
        return Measure(self.results, count)


class Measure:
    """See :meth:`Setup.measure`. No generator: the module behind ``contextmanager`` would be loaded for nothing."""

    def __init__(self, results: dict[str, float], count: int) -> None:
        self._results = results
        self._count = count

    def __enter__(self) -> None:
        gc.collect()
        _forget_peak()
        self._memory = resident()
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def __exit__(self, *_: object) -> None:
        cpu, wall = time.process_time() - self._cpu, time.perf_counter() - self._wall
        memory = max(peak() - self._memory, 0)
        self._results |= {"wall": wall / self._count, "cpu": cpu / self._count, "memory": memory}


def resident() -> int:
    """Bytes of memory that this process has now; 0 where the system does not tell."""
    return _status("VmRSS:")


def peak() -> int:
    """Bytes of memory that it had at most."""
    return _status("VmHWM:")


def _forget_peak() -> None:
    """Let the peak begin at what is in use now."""
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        return


def _status(field: str) -> int:
    if not os.path.exists("/proc/self/status"):
        return 0
    with open("/proc/self/status") as file:
        return next((int(line.split()[1]) * 1024 for line in file if line.startswith(field)), 0)
