"""Figures of a job while it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

__all__ = ["Counts"]


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
    """

    done: int = 0
    failed: int = 0
    requests: int = 0
    refused: int = 0
    tokens_prompt: int = 0
    tokens_generated: int = 0
    under_way: int = 0
    concurrency: int = 0

    def add(self, other: Mapping[str, Any]) -> None:
        """Add what another process has done."""
        for field in fields(self):
            if field.name in ("under_way", "concurrency"):
                continue  # of now, and of that process
            setattr(self, field.name, getattr(self, field.name) + other.get(field.name, 0))
