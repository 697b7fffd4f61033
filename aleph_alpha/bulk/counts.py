"""Figures of a job while it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

__all__ = ["Counts"]

_OF_NOW = ("under_way", "concurrency", "trouble", "note")  # and of one process


@dataclass
class Counts:
    """What has been done, in this run.

    Parameters:
        done: rows with a result.
        failed: rows that failed for good.
        requests: requests sent.
        refused: of these, how many the server had no room for.
        tokens_prompt, tokens_generated: as the API counts them.
        under_way: requests sent and not answered yet.
        concurrency: requests that the pace allows now.
        trouble: the latest failure since the last success, ``""`` where there is none.
        note: what a worker of the cluster has to say, ``""`` where all goes well.
    """

    done: int = 0
    failed: int = 0
    requests: int = 0
    refused: int = 0
    tokens_prompt: int = 0
    tokens_generated: int = 0
    under_way: int = 0
    concurrency: int = 0
    trouble: str = ""
    note: str = ""

    def sums(self, without: Mapping[str, int] | None = None) -> dict[str, int]:
        """What can be added up, less what there was before."""
        names = [field.name for field in fields(self) if field.name not in _OF_NOW]
        return {name: getattr(self, name) - (without or {}).get(name, 0) for name in names}

    def add(self, other: Mapping[str, Any]) -> None:
        """Add what another process has done."""
        for name, value in self.sums().items():
            setattr(self, name, value + other.get(name, 0))
