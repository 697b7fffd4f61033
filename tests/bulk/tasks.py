"""Tasks that ask no server, and keep count of what they were asked."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from aleph_alpha import AsyncClient
from aleph_alpha.bulk.task import Input, Row
from aleph_alpha.errors import InvalidRequestError

__all__ = ["Doubling", "nobody"]


def nobody() -> AsyncClient:
    """A client that no request is sent with."""
    return AsyncClient("token", "http://127.0.0.1:9")


class Doubling:
    """Doubles a number; negative ones are bad rows, until they are forgiven.

    Attributes:
        asked: how often each key was sent.
    """

    name = "doubling"
    blocking = False

    def __init__(self, rows_per_request: int = 1, *, factor: int = 2) -> None:
        self.rows_per_request = rows_per_request
        self.factor = factor
        self.asked: Counter[int] = Counter()
        self.forgiving = False

    def inputs(self) -> Mapping[str, Input]:
        return {"id": "any", "number": "any"}

    def outputs(self) -> Mapping[str, pa.DataType]:
        return {"doubled": pa.int64()}

    def settings(self) -> Mapping[str, Any]:
        return {"factor": self.factor}

    def request(self, rows: Sequence[Row]) -> Sequence[Row]:
        return rows

    async def send(self, client: AsyncClient, request: Sequence[Row]) -> list[int]:
        self.asked.update(row["id"] for row in request)
        await asyncio.sleep(0)
        if not self.forgiving and any(row["number"] < 0 for row in request):
            raise InvalidRequestError("a negative number")
        return [self.factor * row["number"] for row in request]

    def columns(self, request: Sequence[Row], response: list[int]) -> Mapping[str, Any]:
        return {"doubled": response}
