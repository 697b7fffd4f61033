"""A scripted API behind an httpx client: answers and failures in a row, and what was asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import httpx

Step = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]

COMPLETION = {
    "model_version": "2026-11",
    "completions": [{"index": 0, "completion": " well", "finish_reason": "maximum_tokens"}],
    "num_tokens_prompt_total": 3,
    "num_tokens_generated": 1,
}


def answer(body: Any = COMPLETION, status: int = 200, **headers: str) -> httpx.Response:
    """A JSON response; header names are written with underscores."""
    return httpx.Response(status, json=body, headers={name.replace("_", "-"): text for name, text in headers.items()})


def error(status: int, code: str = "", **headers: str) -> httpx.Response:
    """A response with the API's error body."""
    return answer({"error": f"status {status}", "code": code}, status, **headers)


class Script:
    """Plays its steps one a request; the last one is repeated."""

    def __init__(self, *steps: Step) -> None:
        self.steps: list[Step] = list(steps)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        step = self.steps[min(len(self.requests), len(self.steps) - 1)]
        self.requests.append(request)
        if isinstance(step, Exception):
            raise step
        if isinstance(step, httpx.Response):
            return httpx.Response(step.status_code, headers=step.headers, content=step.content)
        return step(request)

    @property
    def bodies(self) -> list[Any]:
        """The JSON bodies that were sent."""
        return [json.loads(request.content) for request in self.requests]

    def header(self, name: str) -> Iterable[str | None]:
        """One header, request by request."""
        return [request.headers.get(name) for request in self.requests]
