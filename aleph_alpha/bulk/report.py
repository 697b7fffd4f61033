"""What a run has come to: ``report.json``, and a few lines for a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson
from pyarrow import parquet

from aleph_alpha.bulk.disk import write_whole
from aleph_alpha.bulk.parts import ERRORS, parts_of

__all__ = ["REPORT", "Report", "failures_in"]

REPORT = "report.json"


@dataclass(frozen=True)
class Report:
    """What a run has come to.

    Parameters:
        output: the folder.
        rows: of the input, or of its first `limit`.
        done: rows that have a result, in this run or one before.
        failed: rows that failed for good.
        left: rows that are neither, as the job was stopped.
        errors: how many rows failed with which class and code.
        new: rows that were done in this run.
        requests: requests that this run sent; `refused` of them the server had no room for.
        tokens_prompt, tokens_generated: what this run cost, as the API counts.
        seconds: how long this run took.
        stopped: why it ended before all rows were done; ``None`` where it did not.
    """

    output: str
    rows: int
    done: int
    failed: int
    left: int
    errors: Mapping[str, int]
    new: int
    requests: int
    refused: int
    tokens_prompt: int
    tokens_generated: int
    seconds: float
    stopped: str | None = None

    def write(self, folder: Path) -> None:
        """Put it into the folder."""
        content = orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2)
        write_whole(folder / REPORT, lambda file: file.write_bytes(content))

    def __str__(self) -> str:
        lines = [] if self.stopped is None else [self.stopped]
        lines.append(
            f"{self.done} of {self.rows} rows are done, {self.failed} failed, {self.left} are left: {self.output}"
        )
        lines += [f"  {count} row{'s' * (count > 1)} failed with {name}" for name, count in self.errors.items()]
        speed = f", {self.new / self.seconds:.1f} rows/s" if self.seconds and self.new else ""
        tokens = f"{self.tokens_prompt} + {self.tokens_generated} tokens"
        lines.append(f"this run: {self.new} rows, {self.requests} requests, {tokens}, {self.seconds:.1f} s{speed}")
        return "\n".join(lines)


def failures_in(folder: Path) -> dict[str, int]:
    """How many rows failed with which class and code, most first."""
    found: dict[str, int] = {}
    for file in parts_of(folder / ERRORS):
        table = parquet.read_table(file, columns=["error", "code"])
        for row in table.group_by(["error", "code"]).aggregate([([], "count_all")]).to_pylist():
            name = f"{row['error']} {row['code']}" if row["code"] else row["error"]
            found[name] = found.get(name, 0) + row["count_all"]
    return dict(sorted(found.items(), key=lambda item: -item[1]))
