"""A bulk job beside what people write without one: speed, memory, requests, and what is lost.

    AA_COMPAT_11=<python with the vendor's client> python -m benchmarks.bulk_peers [--rows 600] [PEER ...]

In one run, against the reference server: all rows; one row that is too long for the model; ``kill -9`` of one
worker half-way, where there are workers; and of the program, which is then run again. Peers whose packages are
missing are left out (ray wants aiohttp, too). Megabytes are those of all processes of a peer.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

__all__ = ["main"]

_AT_ONCE = 16
_MODEL = "toy-base"
_TOKENS = 2


def _bulk(url: str, rows: list[dict[str, Any]], output: Path, engine: Any = "local") -> None:
    from aleph_alpha import AsyncClient, bulk

    task = bulk.Complete(_MODEL, "text", fields={"maximum_tokens": _TOKENS})
    client = AsyncClient("token", url)
    words: Any = {"concurrency": _AT_ONCE, "engine": engine, "progress": False}
    bulk.run(task, rows, key="id", output=output, client=client, **words)


def _asyncio(url: str, rows: list[dict[str, Any]], output: Path) -> None:
    """A plain script: a semaphore, gather, and a file at the end."""
    from aleph_alpha import AsyncClient, CompletionRequest, Prompt

    async def run() -> list[dict[str, Any]]:
        room = asyncio.Semaphore(_AT_ONCE)

        async def one(row: dict[str, Any]) -> dict[str, Any]:
            async with room:
                request = CompletionRequest(Prompt.from_text(row["text"]), maximum_tokens=_TOKENS)
                response = await client.complete(request, _MODEL)
                return {"id": row["id"], "completion": response.completions[0].completion}

        async with AsyncClient("token", url) as client:
            return await asyncio.gather(*(one(row) for row in rows))

    _write(output, asyncio.run(run()))


def _threads(url: str, rows: list[dict[str, Any]], output: Path) -> None:
    """A thread pool around the vendor's client, and a file at the end."""
    from concurrent.futures import ThreadPoolExecutor

    from aleph_alpha_client import Client, CompletionRequest, Prompt  # type: ignore[import-not-found]

    client = Client("token", url)

    def one(row: dict[str, Any]) -> dict[str, Any]:
        request = CompletionRequest(Prompt.from_text(row["text"]), maximum_tokens=_TOKENS)
        return {"id": row["id"], "completion": client.complete(request, _MODEL).completions[0].completion}

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        _write(output, list(pool.map(one, rows)))


def _ray(url: str, rows: list[dict[str, Any]], output: Path) -> None:
    """Ray Data's own processor for HTTP requests, and its Parquet writer."""
    import ray  # pyright: ignore[reportMissingImports]
    from ray.data.llm import HttpRequestProcessorConfig, build_processor  # pyright: ignore[reportMissingImports]

    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    headers = {"Authorization": "Bearer token"}
    processor = build_processor(
        HttpRequestProcessorConfig(url=f"{url}/complete", headers=headers, concurrency=1, batch_size=_AT_ONCE),
        preprocess=lambda row: {
            "id": row["id"],
            "payload": {"model": _MODEL, "prompt": row["text"], "maximum_tokens": _TOKENS},
        },
        postprocess=lambda row: {"id": row["id"], "completion": json.dumps(row["http_response"])},
    )
    processor(ray.data.from_items(rows)).write_parquet(str(output))


_PEERS: dict[str, Callable[[str, list[dict[str, Any]], Path], None]] = {
    "bulk": _bulk,
    "bulk-dask": partial(_bulk, engine="dask"),
    "bulk-ray": partial(_bulk, engine="ray"),
    "asyncio": _asyncio,
    "threads": _threads,
    "ray": _ray,
}
_CLUSTERS = ("bulk-dask", "bulk-ray", "ray")


def _write(output: Path, rows: list[dict[str, Any]]) -> None:
    output.mkdir(exist_ok=True)
    (output / "rows.json").write_text(json.dumps(rows))


def _found(output: Path) -> int:
    """Rows with a completion, none of them twice; a response that tells of an error is none."""
    rows: list[dict[str, Any]] = []
    for file in output.glob("*.json"):
        rows += json.loads(file.read_text()) if file.name == "rows.json" else []
    if list(output.glob("*.parquet")):
        from pyarrow import parquet

        for file in output.glob("*.parquet"):
            rows += parquet.read_table(file).to_pylist()
    return len({row["id"] for row in rows if row["completion"] and '"error"' not in row["completion"]})


@contextlib.contextmanager
def _server() -> Iterator[str]:
    command = [sys.executable, "-m", "aleph_alpha.testing", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            url = process.stdout.readline().strip() if process.stdout else ""
            counter = {"faults": [{"kind": "delay", "seconds": 0}], "path": "/complete", "share": 0.0}
            urllib.request.urlopen(f"{url}/_faults", json.dumps(counter).encode()).close()  # noqa: S310
            yield url
        finally:
            process.kill()


def _requests(url: str) -> int:
    with urllib.request.urlopen(f"{url}/_faults") as response:  # noqa: S310
        return int(json.load(response)[0]["seen"])


def _start(peer: str, url: str, source: Path, output: Path) -> subprocess.Popen[str]:
    python = os.environ.get("AA_COMPAT_11", sys.executable) if peer == "threads" else sys.executable
    command = [python, str(Path(__file__).resolve()), "_peer", peer, url, str(source), str(output)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True)  # noqa: S603


def _family(process: int) -> list[int]:
    """A process and all below it."""
    found = [process]
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{process}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += _family(int(child))
    return found


def _memory(process: int) -> int:
    """Bytes that a process and those below it have, what they share divided among them."""
    total = 0
    for one in _family(process):
        with contextlib.suppress(OSError):
            lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
            total += next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0) * 1024
    return total


def _finish(job: subprocess.Popen[str]) -> float:
    """Wait for the end; the most megabytes on the way."""
    most = 0
    while job.poll() is None:
        most = max(most, _memory(job.pid))
        time.sleep(0.1)
    return most / 1e6


def _worker(process: int) -> int | None:
    """One of its processes that send requests for it."""
    for one in _family(process)[1:]:
        with contextlib.suppress(OSError):
            command = Path(f"/proc/{one}/cmdline").read_bytes()
            if b"spawn_main" in command or b"ray::run_here" in command or b"ray::Map" in command:
                return one
    return None


def _measure(peer: str, rows: int, folder: Path) -> dict[str, Any]:
    source, long = folder / "rows.json", folder / "long.json"
    texts = [{"id": number, "text": f"Text {number}"} for number in range(rows)]
    source.write_text(json.dumps(texts))
    long.write_text(json.dumps([*texts[:-1], {"id": rows - 1, "text": "word " * 3000}]))
    found: dict[str, Any] = {"peer": peer}
    with _server() as url:
        began = time.monotonic()
        job = _start(peer, url, source, folder / "all")
        megabytes = _finish(job)
        found["rows/s"] = round(rows / (time.monotonic() - began), 1)
        if job.returncode:
            raise SystemExit(f"{peer} failed: is its package installed?")
        found |= {"MB": round(megabytes), "requests": _requests(url), "lost": rows - _found(folder / "all")}
        _finish(_start(peer, url, long, folder / "long"))
        found["lost, a bad row"] = rows - 1 - _found(folder / "long")
    if peer in _CLUSTERS:
        with _server() as url:
            job = _start(peer, url, source, folder / "worker")
            worker = _half_way(job, url, rows) and _worker(job.pid)
            if worker:
                os.kill(worker, signal.SIGKILL)
            _finish(job)
            found["lost, a worker killed"] = rows - _found(folder / "worker")
            found["requests, a worker killed"] = _requests(url) if worker else None
    with _server() as url:
        job = _start(peer, url, source, folder / "killed")
        _half_way(job, url, rows)
        job.kill()
        job.wait()
        found["visible, killed"] = _found(folder / "killed")
        _finish(_start(peer, url, source, folder / "killed"))
        found["lost, killed and run again"] = rows - _found(folder / "killed")
        found["requests, killed and run again"] = _requests(url)
    return found


def _half_way(job: subprocess.Popen[str], url: str, rows: int) -> bool:
    """Wait until half of the requests have been sent; whether the job goes on then."""
    while _requests(url) < rows / 2 and job.poll() is None:
        time.sleep(0.02)
    return job.poll() is None


def _table(measured: list[dict[str, Any]]) -> str:
    names = list(dict.fromkeys(name for one in measured for name in one))
    rows = [[str(one.get(name, "")) for name in names] for one in measured]
    return "\n".join("| " + " | ".join(row) + " |" for row in (names, ["---"] * len(names), *rows))


def main(arguments: list[str] | None = None) -> int:
    """Command line."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments[:1] == ["_peer"]:
        peer, url, source, output = arguments[1:]
        _PEERS[peer](url, json.loads(Path(source).read_text()), Path(output))
        return 0
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bulk_peers")
    parser.add_argument("peers", nargs="*", default=list(_PEERS), metavar="PEER", help=", ".join(_PEERS))
    parser.add_argument("--rows", type=int, default=600)
    options = parser.parse_args(arguments)
    measured = []
    for peer in options.peers:
        folder = Path(tempfile.mkdtemp(prefix="bulk-peers-"))
        try:
            measured.append(_measure(peer, options.rows, folder))
            print(json.dumps(measured[-1]), flush=True)
        except SystemExit as error:
            print(error, file=sys.stderr)
        finally:
            shutil.rmtree(folder)
    print(_table(measured))
    return 0


if __name__ == "__main__":
    sys.exit(main())
