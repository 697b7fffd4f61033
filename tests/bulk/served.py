"""A reference server in a process of its own, with faults, that counts what it answered well; and jobs beside it."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyarrow import parquet

__all__ = ["FAULTS", "Served", "content_of", "served", "start_job", "write_rows"]

# What goes wrong in one request of five, and may well work the next time.
FAULTS: Sequence[Mapping[str, Any]] = (
    {"kind": "status", "status": 503, "code": "QUEUE_FULL", "retry_after": 0.01},
    {"kind": "status", "status": 500, "body": "html"},
    {"kind": "disconnect", "at": "start"},
    {"kind": "truncate"},
    {"kind": "bad_json", "how": "mistyped"},
)


@dataclass(frozen=True)
class Served:
    """The server."""

    url: str

    def well_answered(self) -> int:
        """How many requests to the path met no fault."""
        rules = self._ask("GET")
        hits: int = sum(rule["hits"] for rule in rules)
        return int(rules[0]["seen"]) - hits

    def put_faults(self, path: str, share: float) -> None:
        """Let this share of the requests meet a fault."""
        for number, fault in enumerate(FAULTS):
            self._ask("POST", {"faults": [fault], "path": path, "share": share / len(FAULTS), "seed": number})

    def _ask(self, method: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/_faults", data, method=method)
        with urllib.request.urlopen(request) as response:
            return json.load(response)


@contextlib.contextmanager
def served(*arguments: str) -> Iterator[Served]:
    """Run a server while the block does."""
    command = [sys.executable, "-m", "aleph_alpha.testing", "serve", "--port", "0", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield Served(process.stdout.readline().strip())
        finally:
            process.kill()


def write_rows(file: Path, rows: int) -> None:
    """A file of keys and texts."""
    file.write_text("".join(json.dumps({"id": number, "text": f"Text {number}"}) + "\n" for number in range(rows)))


def start_job(
    server: Served, source: Path, output: Path, *options: str, errors: Any = subprocess.PIPE, **environment: str
) -> subprocess.Popen[str]:
    """Begin to embed the texts."""
    command = ["-m", "aleph_alpha", "bulk", "embed", str(source), "--key", "id", "--column", "text"]
    command += ["--model", "toy-base", "--set", "compress_to_size=128", "--output", str(output), *options]
    environment = {**os.environ, "AA_TOKEN": "token", "AA_HOST": server.url, **environment}
    return subprocess.Popen([sys.executable, *command], env=environment, stdout=errors, stderr=errors, text=True)


def content_of(output: Path) -> list[tuple[Any, ...]]:
    """The sorted rows of all parts, as plain values."""
    rows = [row for file in output.glob("*.parquet") for row in parquet.read_table(file).to_pylist()]
    return sorted((row["id"], tuple(row["embedding"])) for row in rows)
