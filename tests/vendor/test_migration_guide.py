"""The command of the migration guide, run as it stands on an application with modules, notebooks and data."""

from __future__ import annotations

import inspect
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from aleph_alpha import CompletionRequest, Prompt

GUIDE = (Path(__file__).parents[2] / "docs" / "migration.md").read_text("utf-8")
CODE = "from aleph_alpha_client import Client\nfrom aleph_alpha_client.prompt import Prompt\n"


@pytest.mark.skipif(not shutil.which("bash") or not shutil.which("sed"), reason="needs a shell")
def test_notebooks_are_taken_along_and_nothing_else_is_touched(tmp_path: Path) -> None:
    (command,) = re.findall(r"^grep .*sed -i .*$", GUIDE, re.MULTILINE)
    notebook = {"cells": [{"cell_type": "code", "source": CODE.splitlines(True), "outputs": [], "metadata": {}}]}
    inner = tmp_path / "a folder"
    inner.mkdir()
    (inner / "notebook one.ipynb").write_text(json.dumps(notebook, indent=1))
    (tmp_path / "module.py").write_text(CODE)
    (tmp_path / "data.txt").write_text("aleph_alpha_client")
    subprocess.run(["bash", "-c", command], cwd=tmp_path, check=True)
    expected = CODE.replace("aleph_alpha_client", "aleph_alpha")
    assert (tmp_path / "module.py").read_text() == expected
    found = json.loads((inner / "notebook one.ipynb").read_text())
    assert "".join(found["cells"][0]["source"]) == expected
    assert (tmp_path / "data.txt").read_text() == "aleph_alpha_client"
    exec(compile(expected, "module.py", "exec"), {})


def test_the_guide_says_first_what_changes_without_an_error() -> None:
    default = inspect.signature(CompletionRequest).parameters["maximum_tokens"].default
    before = GUIDE.partition("## What is different")[0]
    assert f"**{default} tokens**" in before
    assert "In an outage" in before
    assert "maximum_tokens" not in CompletionRequest(Prompt.from_text("a"), maximum_tokens=None).to_json()
