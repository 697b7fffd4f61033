"""Three tasks of the harness's own format, without a network."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import lm_eval
import pytest
from lm_eval.tasks import TaskManager

from aleph_alpha import Client, EvaluationRequest, Prompt
from aleph_alpha.integrations.lm_eval import AlephAlphaLM
from aleph_alpha.testing import LocalServer

HERE = Path(__file__).parent
TASKS = ["toy_proverbs", "toy_pages", "toy_endings"]


@pytest.fixture
def _offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HF_DATASETS_OFFLINE", "1")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    monkeypatch.chdir(HERE)


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (HERE / "tasks" / name).read_text("utf-8").splitlines()]


@pytest.mark.usefixtures("_offline")
def test_three_tasks_tell_what_the_api_tells(server: LocalServer) -> None:
    with Client("token", server.url) as client:

        def likelihood(context: str, continuation: str) -> float:
            request = EvaluationRequest(Prompt.from_text(context), continuation)
            return float(client.evaluate(request, "toy-base").result["log_probability"])

        results = lm_eval.simple_evaluate(
            AlephAlphaLM("toy-base", client=client),
            tasks=TASKS,
            task_manager=TaskManager(include_path=str(HERE / "tasks"), include_defaults=False),
            bootstrap_iters=0,
        )
        assert results is not None
        chosen = [
            max(range(2), key=lambda place: likelihood(row["beginning"], " " + row["endings"][place])) == row["right"]
            for row in rows("proverbs.jsonl")
        ]
        pages = [row["page"] for row in rows("pages.jsonl")]
        bits = -sum(likelihood("", page) for page in pages) / math.log(2) / sum(len(page.encode()) for page in pages)
    found = results["results"]
    assert found["toy_proverbs"]["acc,none"] == pytest.approx(sum(chosen) / len(chosen))
    assert found["toy_proverbs"]["acc,none"] > 0.5
    assert found["toy_pages"]["bits_per_byte,none"] == pytest.approx(bits, abs=1e-6)
    assert found["toy_endings"]["exact_match,none"] == 0.5


@pytest.mark.usefixtures("_offline")
def test_the_command_knows_the_model(server: LocalServer, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "aleph_alpha.integrations.lm_eval", "run", "--model", "aleph_alpha"]
    command += ["--model_args", f"model=toy-base,host={server.url}", "--tasks", "toy_proverbs"]
    command += ["--include_path", str(HERE / "tasks"), "--output_path", str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ), timeout=100)
    assert done.returncode == 0, done.stderr
    assert "toy_proverbs" in done.stdout
    assert os.environ["AA_TOKEN"] not in done.stdout + done.stderr
