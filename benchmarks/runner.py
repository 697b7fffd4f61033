"""Runs measurements: the stub server beside them, each in a process of its own, the peers by turns."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.inputs import make
from benchmarks.works import VENDOR, Work

__all__ = ["Samples", "Stub", "measure_round", "vendor_python"]

_ROOT = Path(__file__).resolve().parent.parent
_FOLDER = Path(__file__).resolve().parent
_LONGEST = 600  # seconds for one measurement

#: Results by work, peer and name, one a round.
Samples = dict[str, dict[str, dict[str, list[float]]]]


def vendor_python() -> str | None:
    """The interpreter that has the vendor's client: ``AA_COMPAT_11``, or the one that `make bench` sets up."""
    path = Path(os.environ.get("AA_COMPAT_11") or _ROOT / ".venv/compat-11.5.1/bin/python")
    return str(path) if path.exists() else None


class Stub:
    """A running stub server."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def connections(self) -> int:
        """The most connections at a time since this was asked last."""
        with urllib.request.urlopen(f"{self.url}/-/stats", timeout=10) as response:  # noqa: S310
            return int(response.read())


@contextmanager
def stub(work: Work, sizes: Mapping[str, int], file: str) -> Iterator[Stub]:
    """The server for a work, in a process of its own, until the end of the block."""
    with _listening(work.name, _command(sys.executable, "server.py", work.name, file, sizes)) as port:
        yield Stub(port)


@contextmanager
def proxy(work: Work) -> Iterator[dict[str, str]]:
    """What the environment says of the proxy of a work; nothing where it has none."""
    if not work.proxied:
        yield {}
        return
    with _listening(work.name, _command(sys.executable, "proxy.py")) as port:
        yield {"http_proxy": f"http://127.0.0.1:{port}"}


@contextmanager
def _listening(work: str, command: list[str]) -> Iterator[int]:
    """The port that a process prints; it is told to end by the end of its input."""
    with subprocess.Popen(  # noqa: S603
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=_environment()
    ) as process:
        assert process.stdout is not None  # noqa: S101
        assert process.stdin is not None  # noqa: S101
        try:
            port = process.stdout.readline()
            if not port:
                raise RuntimeError(f"the stub server for {work} did not start")
            yield int(port)
        finally:
            process.stdin.close()
            process.wait(10)


def measure_round(
    number: int, works: Sequence[Work], samples: Samples, folder: Path, *, tiny: bool, peers: Sequence[str] | None
) -> None:
    """Add one sample of each work and peer; peers follow each other closely, so that all have the same conditions.

    Args:
        number: of the round, from 0: who begins changes with it.
        works: what to measure.
        samples: where the results go.
        folder: for input files.
        tiny: the smallest sizes.
        peers: all where there are none.
    """
    vendor = vendor_python()
    for work in works:
        sizes = {**work.sizes, **(work.tiny if tiny else {})}
        file = make(work, sizes, folder)
        able = [peer for peer in work.peers if (not peers or peer in peers) and (peer != VENDOR or vendor)]
        turn = number % max(len(able), 1)
        with stub(work, sizes, file) as server, proxy(work) as environment:
            for peer in able[turn:] + able[:turn]:
                python = vendor if peer == VENDOR and vendor else sys.executable
                if work.cold and number == 0:  # it compiles what was not, as an installer does
                    measure(python, work, peer, sizes, file, server, environment)
                kept = samples.setdefault(work.name, {}).setdefault(peer, {})
                for name, value in measure(python, work, peer, sizes, file, server, environment).items():
                    kept.setdefault(name, []).append(value)


def measure(
    python: str,
    work: Work,
    peer: str,
    sizes: Mapping[str, int],
    file: str,
    server: Stub,
    environment: Mapping[str, str],
) -> dict[str, float]:
    """One measurement.

    Raises:
        RuntimeError: it failed; the message has what it said.
    """
    server.connections()
    function = work.function or work.name
    command = _command(python, "worker.py", function, peer, server.url, file, sizes)
    done = subprocess.run(  # noqa: S603
        command, capture_output=True, text=True, env={**_environment(), **environment}, timeout=_LONGEST
    )
    if done.returncode:
        raise RuntimeError(f"{work.name} by {peer} failed:\n{done.stderr[-4000:]}")
    lines = (line.split() for line in done.stdout.splitlines())
    return {**{name: float(value) for name, value in lines}, "connections": server.connections()}


def _command(python: str, script: str, *arguments: str | Mapping[str, int]) -> list[str]:
    # -P: nothing but the package itself is found in this folder.
    command = [python, "-P", str(_FOLDER / script)]
    for argument in arguments:
        if isinstance(argument, str):
            command.append(argument)
        else:
            command += [f"{name}={number}" for name, number in argument.items()]
    return command


def _environment() -> dict[str, str]:
    """That of this process, without proxies and caches, and with this package to import."""
    left_out = "_proxy", "pythondontwritebytecode"
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith(left_out)}
    return {**kept, "AA_CACHE": "", "PYTHONPATH": f"{_ROOT}{os.pathsep}{_ROOT / 'generated'}"}
