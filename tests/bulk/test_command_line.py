"""The commands of `aleph-alpha bulk`, and those of the guide as they stand."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from aleph_alpha import bulk
from aleph_alpha.cli.main import main
from aleph_alpha.testing import LocalServer

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "bulk.md"
COMMANDS = [
    line
    for block in re.findall(r"^```console\n(.*?)^```", GUIDE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    for line in block.splitlines()
]


@pytest.fixture(autouse=True)
def place(server: LocalServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AA_TOKEN", "good")
    monkeypatch.setenv("AA_HOST", server.url)
    monkeypatch.chdir(tmp_path)
    rows = [{"id": number, "text": f"Text {number}", "expected": " and"} for number in range(12)]
    parquet.write_table(pa.Table.from_pylist(rows), "docs.parquet")


def words(*options: str, task: str = "complete", source: str = "docs.parquet") -> list[str]:
    common = ["bulk", task, source, "--key=id", "--column=text", "--model=toy-base", "--output=out", "--quiet"]
    return [*common, *options]


@pytest.mark.slow
def test_the_commands_of_the_guide_run_one_after_the_other() -> None:
    assert len(COMMANDS) >= 8
    for command in COMMANDS:
        line = command.removeprefix("$ ")
        if line.startswith("echo "):
            subprocess.run(line, shell=True, check=True)
            continue
        program, *arguments = shlex.split(line)
        assert program == "aleph-alpha"
        run = subprocess.run([sys.executable, "-m", "aleph_alpha", *arguments], capture_output=True, text=True)
        assert run.returncode == 0, (line, run.stderr)
    assert bulk.read("vectors").count_rows() == bulk.read("many").count_rows() == 12
    assert bulk.read("why").to_table().num_rows == 12


def test_the_report_is_json_on_standard_output_where_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words("--json", "--set", "maximum_tokens=2")) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["done"] == 12
    assert err == ""


def test_some_rows_that_failed_are_exit_code_3_until_they_are_done(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"id": 1, "text": "x"}, {"id": 2, "text": "word " * 3000}]
    Path("docs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert main(words("--set=maximum_tokens=2", "--json", source="docs.jsonl")) == 3
    out, err = capsys.readouterr()
    assert json.loads(out)["failed"] == 1
    assert json.loads(err)["error"]["exit_code"] == 3
    rows[1]["text"] = "y"
    Path("docs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert main(words("--set=maximum_tokens=2", source="docs.jsonl")) == 3
    assert main(words("--set=maximum_tokens=2", "--retry-failed", source="docs.jsonl")) == 0


ENDS = {
    "a wrong token": ({"AA_TOKEN": "bad"}, [], 4, "AuthenticationError UNAUTHORIZED"),
    "no token": ({"AA_TOKEN": ""}, [], 4, "no API token"),
    "a model that there is not": ({}, ["--model=no-model"], 1, "UnknownModelError UNKNOWN_MODEL"),
    "a column that there is not": ({}, ["--column=txt"], 2, "has no column 'txt'; it has 'id', 'text'"),
    "a field that there is not": ({}, ["--set=maximum_token=2"], 2, "did you mean maximum_tokens?"),
    "a field of the rows": ({}, ["--set=prompt=x"], 2, "prompt of CompletionRequest is not set this way"),
    "two names of one field": (
        {},
        ["--set=max_tokens=5", "--set=maximum_tokens=6"],
        2,
        "maximum_tokens is given twice: max_tokens is another name of it",
    ),
    "a concurrency of none": ({}, ["--concurrency=0"], 2, "must be 1 or greater, got '0'"),
    "a field without a value": ({}, ["--set=maximum_tokens"], 2, "--set takes NAME=VALUE"),
    "no template": ({}, ["--template=none.txt"], 2, "none.txt cannot be read"),
    "a host that is none": ({}, ["--host=nowhere"], 2, "host must be a URL"),
}


@pytest.mark.parametrize("name", ENDS)
def test_the_exit_code_and_one_line_say_why_a_command_ended(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environment, options, code, message = ENDS[name]
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    assert main(words(*options)) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("aleph-alpha: ")
    assert message in err
    assert "Traceback" not in err


def test_a_dry_run_says_what_a_job_would_take_and_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*words("--dry-run", "--json", task="embed")]) == 0
    estimate = json.loads(capsys.readouterr().out)
    assert (estimate["rows"], estimate["requests"], estimate["probed"], estimate["bad_rows"]) == (12, 1, 1, 0)
    assert estimate["tokens"] > 12
    assert estimate["seconds"] > 0
    assert not Path("out").exists()


def test_structured_output_becomes_columns() -> None:
    schema = {"type": "object", "properties": {"mood": {"type": "string"}}, "required": ["mood"]}
    Path("schema.json").write_text(json.dumps(schema))
    assert main([*words("--model=toy-chat", "--schema=schema.json", task="chat")]) == 0
    assert "mood" in bulk.read("out").schema.names


@pytest.mark.parametrize("name", ["max_tokens", "maximum_tokens"])
def test_the_fields_of_a_job_are_those_of_the_other_commands(name: str) -> None:
    assert main(words(f"--set={name}=2")) == 0
    assert {row["num_tokens_generated"] for row in bulk.read("out").to_table().to_pylist()} == {2}


def test_a_word_that_a_field_does_not_take_is_refused_before_anything_is_sent(
    server: LocalServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words("--target=expected", "--set=prompt_granularity=wrod", task="explain")) == 2
    assert "must be one of token, word, sentence, paragraph, got 'wrod'; did you mean word?" in capsys.readouterr().err
    assert not server.faults.seen


def test_the_help_loads_nothing_heavy() -> None:
    program = (
        "import sys; from aleph_alpha.cli.main import parser; parser()\n"
        "print([name for name in ('pyarrow', 'numpy', 'httpx', 'tqdm', 'aleph_alpha.bulk') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
