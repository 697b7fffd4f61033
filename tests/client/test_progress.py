"""A progress bar never harms the job that it belongs to, and is the notebook's own in a notebook."""

from __future__ import annotations

import asyncio
import gc
import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from aleph_alpha import (
    AsyncClient,
    BatchSemanticEmbeddingRequest,
    Client,
    CompletionRequest,
    Prompt,
    SemanticRepresentation,
)
from aleph_alpha.testing import LocalServer
from tests.scripted import Script, answer

REQUESTS = [CompletionRequest(Prompt.from_text(text), maximum_tokens=1) for text in "abcdef"]


class Breaking(io.StringIO):
    """Breaks at its n-th write, and at each after that."""

    def __init__(self, after: int, error: Exception) -> None:
        super().__init__()
        self.after = after
        self.error = error

    def write(self, text: str) -> int:
        self.after -= 1
        if self.after < 0:
            raise self.error
        return len(text)

    def flush(self) -> None:
        if self.after < 0:
            raise self.error


def closed() -> io.StringIO:
    stream = io.StringIO()
    stream.close()
    return stream


STREAMS: dict[str, Any] = {
    "none": lambda: None,
    "closed": closed,
    "nothing of a stream": object,
    "broken from the start": lambda: Breaking(0, BrokenPipeError("gone")),
    "broken meanwhile": lambda: Breaking(2, OSError(28, "no space left on device")),
    "another encoding": lambda: io.TextIOWrapper(io.BytesIO(), "ascii"),
    "somebody's own": lambda: Breaking(1, RuntimeError("of a logger")),
}


@pytest.mark.parametrize("kind", [Client, AsyncClient])
@pytest.mark.parametrize("stderr", STREAMS)
def test_a_job_ends_well_whatever_becomes_of_stderr(kind: Any, stderr: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ignored: list[Any] = []
    transport = httpx.MockTransport(Script(answer()))
    http_client: Any = httpx.Client(transport=transport) if kind is Client else httpx.AsyncClient(transport=transport)
    client = kind("token", "https://api.example.com", http_client=http_client)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "unraisablehook", ignored.append)
        patch.setattr(sys, "stderr", STREAMS[stderr]())
        patch.setattr("tqdm.std.tqdm.monitor_interval", 0)
        found: Any = client.complete_many(REQUESTS, "model", progress_bar=True)
        responses = found if kind is Client else asyncio.run(found)
        gc.collect()
    assert [response.completions[0].completion for response in responses] == [" well"] * len(REQUESTS)
    assert ignored == []


def test_a_batch_is_whole_without_a_stderr(monkeypatch: pytest.MonkeyPatch) -> None:
    request = BatchSemanticEmbeddingRequest([Prompt(text) for text in "abc"], SemanticRepresentation.Symmetric, 128)
    with LocalServer() as server, Client("token", server.url) as client:
        monkeypatch.setattr(sys, "stderr", None)
        response = client.batch_semantic_embed(request, "toy-base", batch_size=1, progress_bar=True)
    assert len(response.embeddings) == 3


def test_the_bar_is_the_one_that_suits_where_it_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[tuple[Any, ...]] = []

    class OfANotebook:
        def __init__(self, **options: Any) -> None:
            shown.append(("bar", options))

        def update(self, count: int) -> None:
            shown.append(("update", count))

        def close(self) -> None:
            shown.append(("close",))

    monkeypatch.setattr("tqdm.auto.tqdm", OfANotebook)
    http_client = httpx.Client(transport=httpx.MockTransport(Script(answer())))
    Client("token", "https://api.example.com", http_client=http_client).complete_many(
        REQUESTS[:2], "model", progress_bar=True
    )
    assert shown == [("bar", {"total": 2, "unit": "request"}), ("update", 1), ("update", 1), ("close",)]


NOTEBOOK = """
import sys, types
from aleph_alpha._runtime.progress import progress

class Kernel:
    config = {"IPKernelApp": {}}

sys.modules["ipykernel.zmqshell"] = types.ModuleType("ipykernel.zmqshell")
sys.modules["IPython"] = types.SimpleNamespace(get_ipython=Kernel)
with progress(2, shown=True) as advance:
    advance(2)
assert "tqdm.notebook" in sys.modules
"""


def test_a_notebook_without_widgets_gets_a_bar_of_text_and_no_warning() -> None:
    command = [sys.executable, "-W", "error", "-c", NOTEBOOK]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2], check=False)
    assert ended.returncode == 0, ended.stderr
    assert "2/2" in ended.stderr
