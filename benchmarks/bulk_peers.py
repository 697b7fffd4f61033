"""A bulk job beside what people write without one: speed, memory, requests, and what is lost.

    AA_COMPAT_11=<python with the vendor's client> python -m benchmarks.bulk_peers [--rows 600] [PEER ...]

In one run, against the reference server: all rows; one row that is too long for the model; and a
``kill -9`` half-way, after which the same program is run again. Peers whose packages are missing are left out.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

__all__ = ["main"]

_AT_ONCE = 16
_MODEL = "toy-base"
_TOKENS = 2


def _bulk(url: str, rows: list[dict[str, Any]], output: Path) -> None:
    from aleph_alpha import AsyncClient, bulk

    task = bulk.Complete(_MODEL, "text", fields={"maximum_tokens": _TOKENS})
    client = AsyncClient("token", url)
    bulk.run(task, rows, key="id", output=output, client=client, concurrency=_AT_ONCE, progress=False)


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


_PEERS = {"bulk": _bulk, "asyncio": _asyncio, "threads": _threads, "ray": _ray}


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
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)  # noqa: S603


def _measure(peer: str, rows: int, folder: Path) -> dict[str, Any]:
    source, long = folder / "rows.json", folder / "long.json"
    texts = [{"id": number, "text": f"Text {number}"} for number in range(rows)]
    source.write_text(json.dumps(texts))
    long.write_text(json.dumps([*texts[:-1], {"id": rows - 1, "text": "word " * 3000}]))
    found: dict[str, Any] = {"peer": peer}
    with _server() as url:
        began = time.monotonic()
        out, _ = _start(peer, url, source, folder / "all").communicate()
        seconds = time.monotonic() - began
        found |= {"rows/s": round(rows / seconds, 1), "MB": out.strip(), "requests": _requests(url)}
        found["lost"] = rows - _found(folder / "all")
        _start(peer, url, long, folder / "long").communicate()
        found["lost with a bad row"] = rows - 1 - _found(folder / "long")
    with _server() as url:
        job = _start(peer, url, source, folder / "killed")
        while _requests(url) < rows / 2 and job.poll() is None:
            time.sleep(0.02)
        job.kill()
        job.communicate()
        found["kept after a kill"] = _found(folder / "killed")
        _start(peer, url, source, folder / "killed").communicate()
        found["requests with a kill"] = _requests(url)
        found["lost after both"] = rows - _found(folder / "killed")
    return found


def main(arguments: list[str] | None = None) -> int:
    """Command line."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments[:1] == ["_peer"]:
        peer, url, source, output = arguments[1:]
        _PEERS[peer](url, json.loads(Path(source).read_text()), Path(output))
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000)
        return 0
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bulk_peers")
    parser.add_argument("peers", nargs="*", default=list(_PEERS), metavar="PEER", help=", ".join(_PEERS))
    parser.add_argument("--rows", type=int, default=600)
    options = parser.parse_args(arguments)
    for peer in options.peers:
        folder = Path(tempfile.mkdtemp(prefix="bulk-peers-"))
        try:
            print(json.dumps(_measure(peer, options.rows, folder)), flush=True)
        finally:
            shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
