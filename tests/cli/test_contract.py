"""What holds of every command: pure output, exit codes, errors in one form, no traceback."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aleph_alpha.cli.command import Command
from aleph_alpha.cli.main import main
from aleph_alpha.cli.registry import FAMILIES, commands_of
from aleph_alpha.testing import LocalServer
from aleph_alpha.testing.faults import Disconnect, Stall, Status
from tests.cli.calls import CALLS, Call
from tests.cli.conftest import write_files
from tests.cli.running import PROGRAM, Here, run

pytestmark = pytest.mark.slow  # each starts a program

COMMANDS = {command.name: command for family in FAMILIES for command in commands_of(family)}
PROFILES = '[profiles.default]\nmodel = "toy-base"\n\n[profiles.work]\nhost = "https://inference.example.com"\n'


def cases(*, sending: bool = False, ending: bool = True) -> list[Any]:
    """Commands that send requests, or that end by themselves."""
    return [
        pytest.param(name, call, id=name, marks=[pytest.mark.slow] if call.slow else [])
        for name, call in CALLS.items()
        if (call.path is not None or not sending) and (name != "serve" or not ending)
    ]


def prepared(name: str, server: LocalServer) -> None:
    """Let there be what the command changes."""
    Path("config.toml").write_text(PROFILES)
    Path("config.toml").chmod(0o600)
    if name in ("tokens delete", "tokens list"):
        from aleph_alpha import Client

        with Client("good", server.url) as client:
            new = client.create_token("to be deleted")
        os.environ["TOKEN_ID"] = str(new.metadata.token_id)
    if name == "requests":
        from aleph_alpha import Client, CompletionRequest, Prompt

        with Client("good", server.url) as client:
            client.complete(CompletionRequest(Prompt.from_text("x"), maximum_tokens=1), "toy-base")


def words_of(name: str, call: Call, server: LocalServer) -> list[str]:
    prepared(name, server)
    words = [os.environ["TOKEN_ID"], *call.words[1:]] if name == "tokens delete" else call.words
    return [*name.split(), *words]


def test_there_is_a_call_of_each_command() -> None:
    assert set(CALLS) == set(COMMANDS)


@pytest.mark.parametrize(("name", "call"), cases())
def test_with_json_standard_output_is_json_lines_and_standard_error_is_empty(
    name: str, call: Call, server: LocalServer
) -> None:
    ended = run(*words_of(name, call, server), "--json", stdin=call.stdin)
    assert (ended.code, ended.err) == (0, "")
    assert ended.records
    assert all(isinstance(record, dict) for record in ended.records) or name == "embed"


@pytest.mark.parametrize(("name", "call"), cases())
@pytest.mark.parametrize("form", ["--json", "--debug"])
def test_without_standard_error_all_is_done_and_standard_output_is_pure(
    name: str, call: Call, form: str, server: LocalServer
) -> None:
    ended = run(*words_of(name, call, server), form, stdin=call.stdin, preexec_fn=lambda: os.close(2))
    assert (ended.code, ended.err) == (0, "")
    assert form != "--json" or ended.records


@pytest.mark.parametrize(("name", "call"), cases())
def test_without_a_terminal_nothing_is_asked_and_nothing_is_coloured(
    name: str, call: Call, server: LocalServer
) -> None:
    ended = run(*words_of(name, call, server), stdin=call.stdin)
    assert ended.code == 0, ended.err
    assert "\x1b" not in ended.out + ended.err
    assert all(line.startswith("aleph-alpha: ") for line in ended.err.splitlines() if not re.search("rows?/s", line))


@pytest.mark.parametrize(("name", "call"), cases())
def test_whoever_closes_the_pipe_sees_no_traceback(name: str, call: Call, server: LocalServer) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [*PROGRAM, *words_of(name, call, server)],
            input=call.stdin.encode(),
            stdout=writing,
            stderr=subprocess.PIPE,
        )
    finally:
        os.close(writing)
    notes = [line for line in done.stderr.decode().splitlines() if not re.search("rows?/s", line)]
    assert "Traceback" not in done.stderr.decode()
    assert "Broken pipe" not in done.stderr.decode()
    assert all(line.startswith("aleph-alpha: ") for line in notes) or name == "tokens create"
    assert done.returncode in (0, 1)


def test_a_new_token_that_nobody_reads_is_told_with_how_to_delete_it() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "wb") as gone:
        done = subprocess.run([*PROGRAM, "tokens", "create", "x"], stdout=gone, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 1
    assert re.search(r"nobody reads.*\n.*`aleph-alpha tokens delete \d+`", done.stderr)


@pytest.mark.parametrize(("name", "call"), cases())
def test_a_full_disk_is_a_failure_in_one_line(name: str, call: Call, server: LocalServer) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    if name in ("tokens delete", "config set", "config unset", "config use"):
        pytest.skip("it writes nothing to standard output")
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [*PROGRAM, *words_of(name, call, server), "--json"],
            input=call.stdin.encode(),
            stdout=full,
            stderr=subprocess.PIPE,
        )
    assert done.returncode == 1
    error = json.loads(done.stderr)["error"]
    assert error["type"] == ("PartlyFailed" if name == "tokens create" else "OSError")
    assert "No space left" in error["message"]


@pytest.mark.parametrize(("name", "call"), cases(sending=True))
def test_a_token_that_is_refused_is_exit_code_4(
    name: str, call: Call, server: LocalServer, here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = words_of(name, call, server)
    monkeypatch.setenv("AA_TOKEN", "bad")
    ended = here(*words, "--json", stdin=call.stdin)
    assert ended.code == ended.error["exit_code"] == 4
    assert ended.out == "" or name == "check"
    if not name.startswith("bulk"):
        assert (ended.error["type"], ended.error["status"]) == ("AuthenticationError", 401)
    assert "bad" not in ended.err + ended.out
    assert "hint" in ended.error


@pytest.mark.parametrize(("name", "call"), cases(sending=True))
def test_no_token_is_exit_code_4(
    name: str, call: Call, server: LocalServer, here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = words_of(name, call, server)
    monkeypatch.setenv("AA_TOKEN", "")
    ended = here(*words, "--json", stdin=call.stdin)
    assert ended.code == 4
    assert ended.error["message"].startswith("no API token: set AA_TOKEN")


@pytest.mark.parametrize(("name", "call"), cases(sending=True))
def test_a_dead_host_is_exit_code_1_in_two_lines(name: str, call: Call, server: LocalServer, here: Here) -> None:
    if call.slow:
        pytest.skip("a job waits for the network")
    with socket.socket() as taken:  # bound, but not listening
        taken.bind(("127.0.0.1", 0))
        host = f"http://127.0.0.1:{taken.getsockname()[1]}"
        words = [*words_of(name, call, server), "--host", host, "--retries=0"]
        ended = here(*words, stdin=call.stdin)
    assert ended.code == 1, ended.err
    lines = [line for line in ended.err.splitlines() if not re.search("rows?/s", line)]
    assert lines[0].startswith("aleph-alpha: ")
    assert len(lines) == 2
    assert "Traceback" not in ended.err


@pytest.mark.parametrize(("name", "call"), cases(sending=True))
def test_a_server_without_room_is_exit_code_75(name: str, call: Call, server: LocalServer, here: Here) -> None:
    if call.slow:
        pytest.skip("a job waits for room")
    words = words_of(name, call, server)
    with server.faults.add(Status(503, code="QUEUE_FULL"), path=call.path):
        ended = here(*words, "--json", "--retries=0", stdin=call.stdin)
    assert ended.code == ended.error["exit_code"] == 75
    assert ended.error["code"] == "QUEUE_FULL"


@pytest.mark.parametrize(("name", "call"), cases(sending=True))
def test_a_deadline_ends_a_call(name: str, call: Call, server: LocalServer, here: Here) -> None:
    if call.slow:
        pytest.skip("a job goes on with the next try")
    words = words_of(name, call, server)
    with server.faults.add(Stall("start"), path=call.path):
        ended = here(*words, "--json", "--deadline=0.3", stdin=call.stdin)
    assert ended.code == 1
    assert ended.error["type"] == "APITimeoutError"
    assert "--deadline" in ended.error["hint"]


@pytest.mark.parametrize(("name", "call"), cases(sending=True))
def test_a_connection_that_breaks_is_exit_code_1(name: str, call: Call, server: LocalServer, here: Here) -> None:
    if call.slow:
        pytest.skip("a job goes on with the next try")
    words = words_of(name, call, server)
    with server.faults.add(Disconnect("start"), path=call.path):
        ended = here(*words, "--json", "--retries=0", stdin=call.stdin)
    assert ended.code == 1
    assert ended.error["type"] in ("APIConnectionError", "ResponseError")


@pytest.mark.parametrize(("name", "call"), cases(ending=False))
@pytest.mark.parametrize("wrong", ["--no-such-option", "--modle=x", "-Z"])
def test_an_option_that_there_is_not_is_exit_code_2(
    name: str, call: Call, wrong: str, server: LocalServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words_of(name, call, server), wrong, "--json"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    error = json.loads(err)["error"]
    assert error["type"] == "UsageError"
    assert wrong.partition("=")[0] in error["message"]
    assert "--help" in error["hint"]


@pytest.mark.parametrize("name", list(COMMANDS))
def test_the_help_tells_what_it_does_and_how_it_is_called(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*name.split(), "--help"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert COMMANDS[name].description in " ".join(out.split())
    assert COMMANDS[name].examples
    for example in COMMANDS[name].examples:
        assert f"aleph-alpha {name}" in example
        assert example in out


def example_cases() -> Iterator[Any]:
    for command in COMMANDS.values():
        for example in command.examples:
            slow = command.name.startswith("bulk")
            if command.name != "serve":
                yield pytest.param(command, example, id=example, marks=[pytest.mark.slow] if slow else [])


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a program ``aleph-alpha``."""
    folder = tmp_path_factory.mktemp("bin")
    script = folder / "aleph-alpha"
    script.write_text(f'#!/bin/sh\nexec "{PROGRAM[0]}" -m aleph_alpha "$@"\n')
    script.chmod(0o755)
    return folder


@pytest.mark.parametrize(("command", "example"), list(example_cases()))
def test_the_examples_of_the_help_run(
    command: Command, example: str, program: Path, server: LocalServer, folder: Path
) -> None:
    write_files(folder)
    prepared(command.name, server)
    if command.name.startswith("bulk"):
        import pyarrow.json as reader
        from pyarrow import parquet

        parquet.write_table(reader.read_json("docs.jsonl"), "docs.parquet")
    if command.name == "tokens delete":
        example = example.replace("delete 1 ", f"delete {os.environ['TOKEN_ID']} ")
    model = "toy-reranker" if command.name == "rerank" else "toy-base"
    model = {"chat": "toy-chat", "translate": "toy-translation", "transcribe": "toy-transcription"}.get(
        command.name, model
    )
    environment = {**os.environ, "PATH": f"{program}:{os.environ['PATH']}", "AA_MODEL": model}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", example], env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
