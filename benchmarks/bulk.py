"""Bulk jobs measured: throughput beside the bare client, and memory by rows. Against the stub server.

    python -m benchmarks.bulk throughput [--rows 200000 --dimensions 128 --concurrency 32 --rounds 3]
    python -m benchmarks.bulk memory [--plot memory.svg]

Each measurement is a process of its own. ``throughput`` embeds texts with ``iter_batch_semantic_embed``
into arrays that are thrown away, and with ``bulk.run``; ``memory`` runs jobs of 10,000, 100,000 and
1,000,000 rows and tells how far the process grew beyond what it was before the job.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.meter import MODEL, TOKEN, Measure

__all__ = ["main"]

_BATCH = 100


@contextlib.contextmanager
def _stub(dimensions: int) -> Iterator[str]:
    """The stub server's address while the block runs."""
    command = [sys.executable, "-m", "benchmarks.server", "vectors", "", f"dimensions={dimensions}", f"batch={_BATCH}"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdout is not None  # noqa: S101
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.kill()


def _bare(url: str, source: Path, rows: int, concurrency: int) -> None:
    """The vectors as arrays, each thrown away; the texts are read from the same file."""
    from pyarrow import parquet

    from aleph_alpha import AsyncClient, BatchSemanticEmbeddingRequest, Prompt, SemanticRepresentation

    async def run() -> None:
        texts = parquet.read_table(source, columns=["text"]).column(0).to_pylist()
        request = BatchSemanticEmbeddingRequest(
            [Prompt.from_text(text) for text in texts], SemanticRepresentation.Document
        )
        async with AsyncClient(TOKEN, url) as client:
            seen = 0
            vectors = client.iter_batch_semantic_embed(
                request, MODEL, num_concurrent_requests=concurrency, as_array=True
            )
            async for batch in vectors:
                seen += len(batch.embeddings)
        assert seen == rows  # noqa: S101

    asyncio.run(run())


def _job(url: str, source: Path, rows: int, concurrency: int) -> None:
    from aleph_alpha import AsyncClient, bulk

    with tempfile.TemporaryDirectory(dir=source.parent) as output:
        task = bulk.Embed(MODEL, "text")
        client = AsyncClient(TOKEN, url)
        report = bulk.run(task, source, key="id", output=output, client=client, concurrency=concurrency, progress=False)
        assert report.done == rows  # noqa: S101


def _measured(kind: str, url: str, source: Path, rows: int, concurrency: int) -> dict[str, float]:
    """The results of a process of its own."""
    command = [sys.executable, "-m", "benchmarks.bulk", "_one", kind, url, str(source), str(rows), str(concurrency)]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    output = subprocess.run(command, check=True, capture_output=True, env=environment).stdout  # noqa: S603
    results: dict[str, float] = json.loads(output)
    return results


def _one(kind: str, url: str, source: Path, rows: int, concurrency: int) -> None:
    from aleph_alpha import bulk

    for name in ("Embed", "read", "run"):
        getattr(bulk, name)  # to import it is not what is measured
    results: dict[str, float] = {}
    before = time.thread_time()
    with Measure(results, 1):
        (_job if kind == "job" else _bare)(url, source, rows, concurrency)
    results["loop"] = time.thread_time() - before
    print(json.dumps(results))


def _texts(file: Path, rows: int) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    schema = pa.schema({"id": pa.int64(), "text": pa.string()})
    with parquet.ParquetWriter(file, schema) as writer:
        for start in range(0, rows, 10_000):
            numbers = range(start, min(start + 10_000, rows))
            texts = [f"Text {number}" for number in numbers]
            writer.write_table(pa.table({"id": list(numbers), "text": texts}, schema))


def _throughput(rows: int, dimensions: int, concurrency: int, rounds: int, folder: Path) -> None:
    source = folder / "texts.parquet"
    _texts(source, rows)
    seconds: dict[str, list[float]] = {"bare": [], "job": []}
    cpu: dict[str, list[float]] = {"bare": [], "job": []}
    loop: dict[str, list[float]] = {"bare": [], "job": []}
    with _stub(dimensions) as url:
        for _ in range(rounds):
            for kind, found in seconds.items():
                results = _measured(kind, url, source, rows, concurrency)
                found.append(results["wall"])
                cpu[kind].append(results["cpu"])
                loop[kind].append(results["loop"])
    print(f"{rows} rows of {dimensions} numbers, {concurrency} requests at once")
    for kind, found in seconds.items():
        each = ", ".join(f"{one:.2f}" for one in found)
        speed = rows / statistics.median(found)
        print(f"{kind}: {speed:.0f} rows/s ({each} s; CPU {statistics.median(cpu[kind]):.2f} s)")
    shares = [bare / job for bare, job in zip(seconds["bare"], seconds["job"], strict=True)]
    print(f"share of the bare client: {statistics.median(shares):.2f} ({min(shares):.2f} to {max(shares):.2f})")
    main = [bare / job for bare, job in zip(loop["bare"], loop["job"], strict=True)]
    print(f"the same by CPU time of the event loop's thread: {statistics.median(main):.2f}")


def _memory(dimensions: int, concurrency: int, folder: Path, plot: str | None) -> None:
    found: dict[int, float] = {}
    with _stub(dimensions) as url:
        for rows in (10_000, 100_000, 1_000_000):
            _texts(folder / "texts.parquet", rows)
            started = time.monotonic()
            found[rows] = _measured("job", url, folder / "texts.parquet", rows, concurrency)["memory"] / 1e6
            print(f"{rows} rows: {found[rows]:.0f} MB more, {time.monotonic() - started:.0f} s", flush=True)
    if plot is not None:
        Path(plot).write_text(_plot(found), "utf-8")


def _plot(found: dict[int, float]) -> str:
    """Bars of memory by rows."""
    bars, top = [], max(found.values())
    for place, (rows, megabytes) in enumerate(found.items()):
        y, width = 20 + 40 * place, 400 * megabytes / top
        bars.append(f'<text x="10" y="{y + 18}">{rows:,} rows</text>')
        bars.append(f'<rect x="140" y="{y}" width="{width:.0f}" height="26"/>')
        bars.append(f'<text x="{150 + width:.0f}" y="{y + 18}">{megabytes:.0f} MB</text>')
    height = 30 + 40 * len(found)
    style = "<style>text{font:14px sans-serif;fill:#888}rect{fill:#4078c0}</style>"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="640" height="{height}">'
    return f"{head}{style}{''.join(bars)}</svg>\n"


def main(arguments: list[str] | None = None) -> int:
    """Command line."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments[:1] == ["_one"]:
        kind, url, source, rows, concurrency = arguments[1:]
        _one(kind, url, Path(source), int(rows), int(concurrency))
        return 0
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bulk", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("what", choices=("throughput", "memory"))
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--dimensions", type=int, default=128)
    parser.add_argument("--concurrency", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--plot", help="an SVG file to write")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="bulk-") as folder:
        if options.what == "throughput":
            _throughput(options.rows, options.dimensions, options.concurrency, options.rounds, Path(folder))
        else:
            _memory(options.dimensions, options.concurrency, Path(folder), options.plot)
    return 0


if __name__ == "__main__":
    sys.exit(main())
