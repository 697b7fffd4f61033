"""The command in a shell."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from aleph_alpha.testing import LocalServer

LLM = Path(sys.executable).with_name("llm")


def shell(line: str, *, status: int = 0, **variables: str) -> tuple[str, str]:
    environment = {**os.environ, "PATH": f"{LLM.parent}:{os.environ['PATH']}", **variables}
    done = subprocess.run(line, shell=True, capture_output=True, text=True, env=environment, timeout=60)
    assert done.returncode == status, done.stdout + done.stderr
    assert os.environ["AA_TOKEN"] not in done.stdout + done.stderr
    return done.stdout, done.stderr


def test_a_prompt_is_answered_and_a_text_embedded() -> None:
    said, _ = shell('llm -m aleph-alpha/toy-chat -o max_tokens 6 "Tell me about apples."')
    assert len(said.split()) > 2
    assert shell('echo "Tell me about apples." | llm -m aleph-alpha/toy-chat -o max_tokens 6 --no-stream')[0]
    completed, _ = shell('llm -m aleph-alpha/toy-base -o maximum_tokens 6 "An apple a day"')
    assert completed.strip()
    vector, _ = shell('llm embed -m aleph-alpha/toy-base -c "deep learning"')
    assert len(json.loads(vector)) == 5120
    fruit, _ = shell('llm -m aleph-alpha/toy-chat --schema "name, sweet bool" "Describe an apple."')
    assert set(json.loads(fruit)) == {"name", "sweet"}


def test_texts_are_found_by_what_they_mean(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    for name, text in {"harbour": "ships in the harbour", "market": "apples on the market"}.items():
        (tmp_path / "pages" / f"{name}.txt").write_text(text)
    shell(f"llm embed-multi pages -m aleph-alpha/toy-base --files {tmp_path}/pages '*.txt' --store")
    found, _ = shell('llm similar pages -c "a ship in a harbour" -n 1')
    assert json.loads(found)["id"] == "harbour.txt"


def test_the_models_are_listed_and_asked_for_once(server: LocalServer, user_path: Path) -> None:
    def asked() -> int:
        return [seen.path for seen in server.faults.seen].count("/model-settings")

    before = asked()
    assert "aleph-alpha/toy-chat" in shell("llm models")[0]
    assert "aleph-alpha/toy-embedding" in shell("llm embed-models")[0]
    assert asked() == before + 1
    assert "toy-reranker" in shell("llm aleph-alpha refresh")[0]
    assert asked() == before + 2
    assert os.environ["AA_TOKEN"] not in (user_path / "aleph-alpha-models.json").read_text()


def test_the_key_may_be_kept_by_llm() -> None:
    shell("llm keys set aleph-alpha --value another-token")
    assert shell('llm -m aleph-alpha/toy-chat -o max_tokens 4 "Hello"', AA_TOKEN="")[0].strip()


def test_other_commands_go_on_without_a_token_or_a_deployment() -> None:
    said, errors = shell("llm models", AA_TOKEN="")
    assert "aleph-alpha/" not in said
    assert not errors
    said, errors = shell("llm models", AA_HOST="http://127.0.0.1:9")  # nothing listens there
    assert "aleph-alpha/" not in said
    assert "are not known" in errors
    _, errors = shell("llm aleph-alpha refresh", status=1, AA_HOST="http://127.0.0.1:9")
    assert "Error" in errors


@pytest.mark.parametrize("kept", ["{", '{"host": "other", "models": []}', "[]"])
def test_a_list_that_cannot_be_used_is_made_anew(user_path: Path, kept: str) -> None:
    (user_path / "aleph-alpha-models.json").write_text(kept)
    assert "aleph-alpha/toy-chat" in shell("llm models")[0]
