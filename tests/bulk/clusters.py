"""What the tests of clusters need: jobs, and the processes that are below them."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.bulk.served import Served, start_job

__all__ = ["ENGINES", "Cluster", "processes_end"]

_PATIENCE = 300.0  # seconds in which a job gets somewhere, however busy the machine is

ENGINES = [
    pytest.param(name, marks=pytest.mark.skipif(find_spec(module) is None, reason=f"{module} is not installed"))
    for name, module in (("dask", "distributed"), ("ray", "ray"))
]


class Cluster:
    """A job on an engine that starts a cluster of its own.

    Attributes:
        processes: all that were ever seen below it, with the time that each began at.
    """

    def __init__(self, server: Served, source: Path, output: Path, *options: str, **environment: str) -> None:
        # Not pipes: what is left of a cluster whose driver was killed may keep them open.
        self._log = source.with_name(f"{output.name}.log")  # not where the disk may be full
        with self._log.open("wb") as log:
            self.driver = start_job(server, source, output, *options, errors=log, **environment)
        self.processes: dict[int, str] = {}

    def workers(self) -> list[int]:
        """The processes that run tasks, and not what starts and watches them."""
        found = []
        for child in _children(self.driver.pid):
            with contextlib.suppress(OSError, IndexError):
                self.processes[child] = _began(child)
                command = Path(f"/proc/{child}/cmdline").read_bytes()
                if b"spawn_main" in command or b"ray::run_here" in command:
                    found.append(child)
        return found

    def wait_for(self, server: Served, requests: int) -> bool:
        """Whether the server answers so many requests before the job ends."""
        latest = time.monotonic() + _PATIENCE
        while server.well_answered() < requests:
            if self.driver.poll() is not None:
                return False
            assert time.monotonic() < latest, self._log.read_text(errors="replace")
            time.sleep(0.02)
        return True

    def finish(self, seconds: float = 900.0) -> tuple[int, str]:
        """Its exit code and messages."""
        self.driver.wait(seconds)
        return self.driver.returncode, self._log.read_text(errors="replace")

    def kill(self) -> None:
        """Kill the driver, and nothing else."""
        self.workers()
        self.driver.kill()
        self.driver.wait()


@contextlib.contextmanager
def processes_end(jobs: list[Cluster]) -> Iterator[None]:
    """After the block, end whatever is left of these jobs."""
    try:
        yield
    finally:
        for job in jobs:
            job.workers()
            for process, began in {job.driver.pid: "", **job.processes}.items():
                with contextlib.suppress(OSError, IndexError):
                    if not began or _began(process) == began:
                        os.kill(process, signal.SIGKILL)
            with contextlib.suppress(subprocess.TimeoutExpired):
                job.driver.wait(10)


def _children(process: int) -> list[int]:
    found: list[int] = []
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{process}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += [int(child), *_children(int(child))]
    return found


def _began(process: int) -> str:
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[19]
