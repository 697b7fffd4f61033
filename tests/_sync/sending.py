# Made from tests/_async/sending.py by scripts/unasync.py: change it there, then run `make fix`.
"""The sender with scripted responses in the place of a server, and records in the place of waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx

from aleph_alpha import (
    Client,
    CompletionRequest,
    Prompt,
)
from tests.scripted import Script

REQUEST = CompletionRequest(Prompt.from_text("An apple a day"), maximum_tokens=1)
MODEL = "some-model"
HOST = "https://api.example.com"


class Waits(list[float]):
    """Records the waits between attempts instead of waiting."""

    def __init__(self) -> None:
        self.turns: list[float] = []  # waits for the turn among others

    def sleep(self, seconds: float) -> None:
        self.append(seconds)

    def __call__(self) -> None:
        """In the place of `Wake`."""

    def wait(self, seconds: float) -> bool:
        self.turns.append(seconds)
        return False


def client_for(
    script: Callable[[httpx.Request], httpx.Response], token: Any = "marker-token", host: str = HOST, **options: Any
) -> Client:
    return Client(token, host, http_client=httpx.Client(transport=httpx.MockTransport(script)), **options)


def complete(script: Script, **options: Any) -> Any:
    return client_for(script, **options).complete(REQUEST, MODEL)
