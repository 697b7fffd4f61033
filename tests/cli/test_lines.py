"""JSON lines in and out: each line for itself, in order, and what failed is told by its number."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from aleph_alpha.testing import LocalServer
from aleph_alpha.testing.faults import Status
from tests.cli.running import Here

# For each command: options, a good line, a bad line and a part of what is said of it.
LINES: dict[str, tuple[list[str], Any, Any, str]] = {
    "complete": (
        ["--model=toy-base", "--max-tokens=2"],
        {"prompt": "one", "temperature": 0.5},
        {"prompt": "x", "top": 1},
        "has no field 'top'",
    ),
    "chat": (["--model=toy-chat", "--max-tokens=2"], {"prompt": "one"}, {"promt": "x"}, "either prompt, a text"),
    "embed": (["--model=toy-base", "--size=128"], {"prompt": "one"}, {"prompt": 5}, "must be a text or a list"),
    "evaluate": (
        ["--model=toy-base"],
        {"prompt": "one", "completion_expected": " two"},
        {"prompt": "one"},
        "needs completion_expected",
    ),
    "explain": (
        ["--model=toy-base"],
        {"prompt": "one", "target": " two", "prompt_granularity": "word"},
        {"prompt": "one", "target": " two", "prompt_granularity": "words"},
        "did you mean word?",
    ),
    "tokenize": (["--model=toy-base"], {"prompt": "one"}, {"prompt": None}, "one member, prompt"),
    "detokenize": (["--model=toy-base"], {"token_ids": [2, 3]}, {"token_ids": "2"}, "one member, token_ids"),
    "rerank": (
        ["--model=toy-reranker"],
        {"query": "France?", "documents": ["a", "b"]},
        {"query": "France?"},
        "needs documents",
    ),
    "translate": (["--model=toy-translation", "--to=de"], {"source": "Good morning"}, {"text": "x"}, "no field 'text'"),
    "transcribe": (["--model=toy-transcription"], {"audio": "speech.wav"}, {"audio": "none.wav"}, "cannot be read"),
}


@pytest.mark.parametrize("name", LINES)
def test_each_line_has_its_response_in_order(name: str, here: Here) -> None:
    options, good, _, _ = LINES[name]
    Path("in.jsonl").write_text("".join(json.dumps({"id": f"n{number}", **good}) + "\n\n" for number in range(9)))
    ended = here(name, "--jsonl", "in.jsonl", *options)
    assert (ended.code, ended.err) == (0, "")
    assert [record["id"] for record in ended.records] == [f"n{number}" for number in range(9)]
    assert [record["line"] for record in ended.records] == list(range(1, 18, 2))


@pytest.mark.parametrize("name", LINES)
def test_a_bad_line_costs_one_line(name: str, here: Here) -> None:
    options, good, bad, message = LINES[name]
    lines = [json.dumps(good), json.dumps({"id": 7, **bad}), "{", json.dumps(good), "[1]", "\xff"]
    data = "\n".join(lines).encode("latin-1")
    ended = here(name, "--jsonl", "-", *options, "--json", stdin=data)
    assert [record["line"] for record in ended.records] == [1, 4]
    assert ended.code == ended.error["exit_code"] == 3
    assert ended.error["message"] == "4 of 6 lines failed"
    failed = ended.error["failed"]
    assert [one["line"] for one in failed] == [2, 3, 5, 6]
    assert failed[0]["id"] == 7
    assert message in failed[0]["message"]
    told = here(name, "--jsonl", "-", *options, stdin=data)
    assert told.out == ended.out
    assert [line.split(":")[1] for line in told.err.splitlines()] == [
        *(f" line {number}" for number in (2, 3, 5, 6)),
        " 4 of 6 lines failed",
    ]


def test_a_line_that_the_server_refuses_costs_one_line(here: Here, server: LocalServer) -> None:
    lines = "".join(json.dumps({"prompt": text}) + "\n" for text in ("one", "word " * 3000, "two"))
    ended = here("complete", "--jsonl", "-", "--model=toy-base", "--max-tokens=2", "--json", stdin=lines)
    assert ended.code == 3
    assert [record["line"] for record in ended.records] == [1, 3]
    assert [(one["line"], one["code"]) for one in ended.error["failed"]] == [(2, "PROMPT_TOO_LONG")]


def test_where_no_line_worked_the_exit_code_is_that_of_the_first(here: Here, server: LocalServer) -> None:
    with server.faults.add(Status(503, code="QUEUE_FULL"), path="/complete"):
        ended = here("complete", "--jsonl=prompts.jsonl", "--model=toy-base", "--retries=0", "--json")
    assert (ended.code, ended.out) == (75, "")
    assert len(ended.error["failed"]) == 2


def test_what_every_line_would_meet_ends_the_job(
    here: Here, server: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AA_TOKEN", "bad")
    lines = '{"prompt": "one"}\n' * 100
    with server.faults.add(Status(403), path="/complete") as rule:
        ended = here("complete", "--jsonl=-", "--model=toy-base", "--concurrency=2", "--json", stdin=lines)
    assert ended.code == 4
    assert rule.seen < 10


def test_a_model_that_is_gone_ends_the_job(here: Here) -> None:
    lines = '{"prompt": "one"}\n' * 100
    ended = here("complete", "--jsonl=-", "--model=no-model", "--concurrency=2", stdin=lines)
    assert ended.code == 1
    assert len(ended.err.splitlines()) == 12  # ten lines, why the job ended, and what to do
    ended = here("complete", "--jsonl=-", "--model=no-model", "--concurrency=2", "--json", stdin=lines)
    assert [one["line"] for one in ended.error["failed"]] == list(range(1, 11))


def test_the_id_of_a_line_may_be_a_variable_of_the_template(here: Here) -> None:
    Path("t.txt").write_text("Number {{ id }}")
    ended = here("complete", "--jsonl=-", "--template=t.txt", "--model=toy-base", "--set=echo=true", stdin='{"id": 7}')
    assert ended.records[0]["id"] == 7
    assert ended.records[0]["response"]["completions"][0]["completion"].startswith(" Number 7")


def test_the_variables_of_a_template_are_members_of_the_lines(here: Here) -> None:
    Path("t.txt").write_text("{% for one in names %}{{ one }} {% endfor %}are")
    ended = here(
        "complete",
        "--jsonl=-",
        "--template=t.txt",
        "--model=toy-base",
        "--set=echo=true",
        stdin='{"names": ["A", "B"]}',
    )
    assert ended.records[0]["response"]["completions"][0]["completion"].startswith(" A B are")


def test_a_line_may_be_a_text(here: Here) -> None:
    ended = here("tokenize", "--jsonl=-", "--model=toy-base", stdin='"one"\n"two"\n')
    assert [record["line"] for record in ended.records] == [1, 2]


def test_a_line_nested_too_deep_is_one_bad_line(here: Here) -> None:
    ended = here("tokenize", "--jsonl=-", "--model=toy-base", stdin="[" * 100_000 + '\n"two"\n')
    assert ended.code == 3
    assert [record["line"] for record in ended.records] == [2]


@pytest.mark.parametrize(
    "words",
    [
        ["complete", "a text"],
        ["complete", "--stream"],
        ["complete", "--var=x=y"],
        ["chat", "--var=x=y"],
        ["explain", "--save=x.html"],
        ["rerank", "--documents=documents.txt"],
        ["tokenize", "--count"],
        ["tokenize", "--ids"],
    ],
    ids=" ".join,
)
def test_what_does_not_go_with_lines_is_refused(words: list[str], here: Here) -> None:
    ended = here(*words, "--jsonl=prompts.jsonl", "--model=toy-base", "--json")
    assert (ended.code, ended.out, ended.error["type"]) == (2, "", "UsageError")
