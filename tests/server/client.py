"""A client for the server's own tests: each answer is checked against the contract before a test sees it."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.testclient import TestClient

from aleph_alpha.testing import contract
from aleph_alpha.testing.app import create_app


class CheckedClient:
    """Calls operations by id, in this process."""

    def __init__(self, *, token: str | None = None, seed: int = 0, prefix: str = "") -> None:
        self.http = TestClient(create_app(token=token, seed=seed), raise_server_exceptions=True)
        self.http.headers["authorization"] = f"Bearer {token or 'any'}"
        self._prefix = prefix

    def send(self, operation_id: str, body: Any = None, *, path: dict[str, str] | None = None, **extra: Any) -> Any:
        """The answer as it is, once it follows the contract."""
        operation = contract.load().operations[operation_id]
        url = self._prefix + operation.path.format(**(path or {}))
        if body is not None:
            extra["content"] = orjson.dumps(body)
            extra["headers"] = {"content-type": "application/json", **extra.get("headers", {})}
        response = self.http.request(operation.method, url, **extra)
        operation.check_response(response.status_code, response.headers.get("content-type", ""), response.content)
        return response

    def call(self, operation_id: str, body: Any = None, **extra: Any) -> Any:
        """The JSON of a successful answer."""
        response = self.send(operation_id, body, **extra)
        assert response.status_code < 300, response.text
        return response.json()

    def refused(self, operation_id: str, body: Any = None, **extra: Any) -> tuple[int, str, str]:
        """Status, code and message of a refusal."""
        response = self.send(operation_id, body, **extra)
        assert response.status_code >= 400, response.text
        return response.status_code, response.json()["code"], response.json()["error"]

    def events(self, operation_id: str, body: Any) -> list[Any]:
        """The payloads of a stream: JSON, or the text of a line that is none."""
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
