"""The tour and every command on a terminal that knows ASCII only."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contract.wire import contract

ROOT = Path(__file__).parents[2]
COMMANDS = [
    path
    for path in (*ROOT.glob("scripts/*.py"), *ROOT.glob("*/__main__.py"), *ROOT.glob("aleph_alpha/**/__main__.py"))
    if '__name__ == "__main__"' in path.read_text("utf-8")
]
ASCII = [
    {"PYTHONIOENCODING": "ascii"},
    {"PYTHONIOENCODING": "ascii:strict", "LC_ALL": "C"},
    {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"},
]


def run(environment: dict[str, str], *command: str) -> tuple[int, str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AA_", "PYTHON", "LC_", "LANG"))}
    ended = subprocess.run(
        [sys.executable, *command], capture_output=True, cwd=ROOT, env={**clean, **environment}, check=False
    )
    return ended.returncode, ended.stdout.decode("ascii"), ended.stderr.decode("ascii")


@pytest.mark.parametrize("command", COMMANDS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_command_makes_its_output_fit_the_terminal_first(command: Path) -> None:
    body = ast.parse(command.read_text("utf-8")).body
    (block,) = (
        node for node in body if isinstance(node, ast.If) and ast.unparse(node.test) == "__name__ == '__main__'"
    )
    assert ast.unparse(block.body[0]) == "show_anything()"


@pytest.mark.parametrize("environment", ASCII, ids=repr)
@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_what_cannot_be_shown_is_written_as_an_escape(stream: str, environment: dict[str, str]) -> None:
    code = (
        "import sys; from aleph_alpha._runtime.terminal import show_anything; show_anything(); "
        f"print('\\xe4 \\u20ac \\U0001f600 \\ud800', file=sys.{stream})"
    )
    status, out, err = run(environment, "-c", code)
    assert (status, out + err) == (0, "\\xe4 \\u20ac \\U0001f600 \\ud800\n")


def test_a_process_without_streams_is_no_error() -> None:
    code = (
        "import sys; sys.stdout = sys.stderr = None; "
        "from aleph_alpha._runtime.terminal import show_anything; show_anything()"
    )
    assert run({}, "-c", code) == (0, "", "")


@pytest.mark.parametrize("environment", ASCII[1:], ids=repr)
def test_the_tour_runs_to_its_end(environment: dict[str, str]) -> None:
    code = (
        "import runpy; from aleph_alpha.completion import response; result = response._result;"
        # what a model of another language would say
        "german = {'completion': ' sch\\xf6n'};"
        "response._result = lambda model: result(type(model).from_dict(model.to_dict() | german));"
        "runpy.run_path('scripts/demo.py', run_name='__main__')"
    )
    status, out, err = run(environment, "-c", code)
    assert status == 0, err
    assert "The sun is sch\\xf6n" in out
    assert "Several completions at once" in out


@pytest.mark.parametrize("environment", ASCII, ids=repr)
def test_a_comparison_of_documents_shows_names_of_other_languages(environment: dict[str, str], tmp_path: Path) -> None:
    document = json.loads(json.dumps(contract()))
    document["paths"]["/sch\xf6n"] = document["paths"]["/version"]
    file = tmp_path / "document.json"
    file.write_text(json.dumps(document, ensure_ascii=False), "utf-8")
    status, out, err = run(environment, "-m", "scripts.spec", "diff", "--from", str(file))
    assert "Traceback" not in err
    assert status == 1
    assert "sch\\xf6n" in out


@pytest.mark.parametrize("environment", ASCII, ids=repr)
def test_a_scan_of_cassettes_shows_names_of_other_languages(environment: dict[str, str], tmp_path: Path) -> None:
    cassette = tmp_path / "sch\xf6n.yaml"
    cassette.write_text("no cassette", "utf-8")
    status, out, err = run(environment, "-m", "aleph_alpha.testing", "scan", str(tmp_path))
    assert "Traceback" not in err
    assert status != 0
    assert "yaml" in out + err
