"""A client for the server's own tests: each response is checked against the contract before a test sees it."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

import httpx
import orjson

from aleph_alpha.testing import LocalServer
from aleph_alpha.testing.server import contract


class CheckedClient:
    """Calls operations by id, on a server of its own."""

    def __init__(self, *, token: str | None = None, seed: int = 0, prefix: str = "") -> None:
        self.server = LocalServer(token=token, seed=seed)
        self.http = httpx.Client(trust_env=False, timeout=60, headers={"authorization": f"Bearer {token or 'any'}"})
        self._prefix = prefix

    def __enter__(self) -> Self:
        self.server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.http.close()
        self.server.stop()

    def send(
        self, operation_id: str, body: Any = None, *, path: dict[str, Any] | None = None, **extra: Any
    ) -> httpx.Response:
        """The response as it is, once it follows the contract."""
        operation = contract.load().operations[operation_id]
        url = self.server.url + self._prefix + operation.path.format(**(path or {}))
        if body is not None:
            extra["content"] = orjson.dumps(body)
            extra["headers"] = {"content-type": "application/json", **extra.get("headers", {})}
        response = self.http.request(operation.method, url, **extra)
        operation.check_response(response.status_code, response.headers.get("content-type", ""), response.content)
        return response

    def call(self, operation_id: str, body: Any = None, **extra: Any) -> Any:
        """The JSON of a successful response."""
        response = self.send(operation_id, body, **extra)
        assert response.status_code < 300, response.text
        return response.json()

    def refused(self, operation_id: str, body: Any = None, **extra: Any) -> tuple[int, str, str]:
        """Status, code and message of a refusal."""
        response = self.send(operation_id, body, **extra)
        assert 400 <= response.status_code < 500, response.text
        return response.status_code, response.json()["code"], response.json()["error"]

    def events(self, operation_id: str, body: Any) -> list[Any]:
        """The payloads of a stream: JSON, or the text of the line that is none."""
        response = self.send(operation_id, body)
        assert response.status_code == 200, response.text
        assert response.headers["content-type"].startswith("text/event-stream")
        assert response.text.endswith("\n\n")
        blocks = response.text.removesuffix("\n\n").split("\n\n")
        assert all(block.startswith("data: ") and "\n" not in block for block in blocks)
        return [block[6:] if block == "data: [DONE]" else orjson.loads(block[6:]) for block in blocks]

    def complete(self, prompt: Any, **fields: Any) -> Any:
        """A completion by toy-base."""
        return self.call("complete", {"model": "toy-base", "prompt": prompt, **fields})

    def completion(self, prompt: Any, **fields: Any) -> Any:
        """The only completion of `complete`."""
        (completion,) = self.complete(prompt, **fields)["completions"]
        return completion
