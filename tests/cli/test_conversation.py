"""The conversation in the terminal: what is typed, what is kept, and what goes wrong in between."""

from __future__ import annotations

import json
import os
import pty
import signal
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from aleph_alpha import ChatRequest, Client
from aleph_alpha.cli.conversation import _COMMANDS, Conversation
from aleph_alpha.cli.output import Output
from aleph_alpha.testing import LocalServer
from aleph_alpha.testing.faults import Stall, Status
from tests.cli.conftest import TOKEN
from tests.cli.running import Here, start


@pytest.fixture
def client(server: LocalServer) -> Iterator[Client]:
    with Client(TOKEN, server.url, total_retries=0, request_timeout_seconds=1) as client:
        yield client


def talk(client: Client, *lines: str | type[BaseException], model: str = "toy-chat") -> Conversation:
    """A conversation in which these lines are typed, or Ctrl-C is, until Ctrl-D."""
    typed = iter(lines)

    def read(shown: str) -> str:
        line = next(typed, None)
        if line is None:
            raise EOFError
        if isinstance(line, str):
            return line
        raise line

    conversation = Conversation(client, Output(), ChatRequest(model, [], maximum_tokens=4), read=read)
    conversation.run()
    return conversation


def roles(conversation: Conversation) -> list[str]:
    return [str(getattr(one, "role", None) or one["role"]).rpartition(".")[2].lower() for one in messages(conversation)]


def messages(conversation: Conversation) -> Sequence[Any]:
    return conversation.request.messages


def test_each_turn_goes_on_with_the_ones_before(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    done = talk(client, "Hello", "And then?", "", "Really?")
    assert roles(done) == ["user", "assistant"] * 3
    out = capsys.readouterr().out
    assert all(one.content in out for one in messages(done) if one.role == "assistant")


def test_a_message_may_have_several_lines(client: Client) -> None:
    done = talk(client, '"""one', "two", 'three"""', '"""', "four", '"""', "five\\", "six", '"""seven"""')
    assert [one.content for one in messages(done)][::2] == ["one\ntwo\nthree", "four", "five\nsix", "seven"]


def test_a_message_may_begin_with_a_slash(client: Client) -> None:
    done = talk(client, "//etc/hosts is what?", '"""', "// a comment", "x = 1", '"""')
    assert [one.content for one in messages(done)][::2] == ["/etc/hosts is what?", "// a comment\nx = 1"]


def test_the_commands_do_what_they_say(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    done = talk(
        client,
        "/system Be brief.",
        "Hello",
        "/system Be long.",
        "/set max_tokens=2",
        "/set temperature=0.5",
        "/model toy-multimodal",
        "/image picture.png",
        "What is this?",
        "/history",
        "/undo",
    )
    assert roles(done) == ["system", "user", "assistant"]
    assert messages(done)[0].content == "Be long."
    assert (done.request.model, done.request.maximum_tokens, done.request.temperature) == ("toy-multimodal", 2, 0.5)
    assert "user: [image] What is this?" in capsys.readouterr().out
    assert roles(talk(client, "/system Be brief.", "Hello", "/clear")) == ["system"]
    assert roles(talk(client, "/file prompt.txt")) == ["user", "assistant"]


def test_a_conversation_is_saved_and_gone_on_with(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk(client, "/image picture.png", "Hello", "/save with space.json", model="toy-multimodal")
    saved = json.loads(Path("with space.json").read_text())
    assert [one["role"] for one in saved] == ["user", "assistant"]
    monkeypatch.setenv("HOME", str(tmp_path))
    talk(client, "Hello", "/save ~/at home.json")
    assert Path("at home.json").exists()
    talk(client, "Hello", "/save with space.json", model="toy-multimodal")
    assert len(json.loads(Path("with space.json").read_text())) == 2
    done = talk(client, "/load with space.json", "And then?", model="toy-multimodal")
    assert roles(done) == ["user", "assistant"] * 2


def test_the_help_lists_each_command(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    talk(client, "/help")
    out = capsys.readouterr().out
    assert all(f"/{name} " in out for name in _COMMANDS if name not in ("help", "exit"))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("/sytem x", "did you mean system?"),
        ("/system", "/system needs a text"),
        ("/image none.png", "none.png cannot be read"),
        ("/image prompt.txt", "image"),
        ("/set temprature=1", "did you mean temperature?"),
        ("/set temperature", "NAME=VALUE"),
        ("/load prompt.txt", "is not valid JSON"),
        ("/load question.txt", "is not valid JSON"),
        ("/save /no/such/folder/x", "no such folder"),
        ("/save picture.png", "exists, and holds something else"),
        ("/save prompt.txt", "exists, and holds something else"),
        (f"/save {os.devnull}", "not a file"),
        ("/image picture.pgn", "picture.pgn cannot be read"),
        ("/undo", "nothing to take back"),
        ("/", "there is no /"),
    ],
)
def test_what_cannot_be_is_told_and_the_conversation_goes_on(
    line: str, told: str, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    done = talk(client, line, "Hello")
    assert told in capsys.readouterr().err
    assert roles(done) == ["user", "assistant"]


def test_a_message_that_has_no_response_is_taken_back(
    client: Client, server: LocalServer, capsys: pytest.CaptureFixture[str]
) -> None:
    with server.faults.add(Status(503, code="QUEUE_FULL"), path="/chat/completions", on=1):
        done = talk(client, "Hello", "Again")
    assert messages(done)[0].content == "Again"
    assert "QUEUE_FULL" in capsys.readouterr().err


def test_what_came_of_a_response_that_broke_off_is_kept(client: Client, server: LocalServer) -> None:
    with server.faults.add(Stall("body"), path="/chat/completions", on=1):
        done = talk(client, "Hello", "Again")
    assert roles(done) == ["user", "assistant"] * 2


def test_ctrl_c_at_the_prompt_is_no_end(client: Client) -> None:
    assert roles(talk(client, KeyboardInterrupt, "Hello", KeyboardInterrupt, "/quit", "never")) == ["user", "assistant"]


def terminal(words: list[str], typed: list[tuple[str, str | int]]) -> tuple[int, str]:
    """What a command shows in a terminal where each text is typed, or signal sent, after what it waits for."""
    ours, theirs = pty.openpty()
    shown = b""
    with start(words, {"TERM": "xterm-256color"}, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        for awaited, action in typed:
            seen = b""
            while awaited.encode() not in seen:
                seen += os.read(ours, 1)
            shown += seen
            if isinstance(action, str):
                os.write(ours, action.encode())
            else:
                process.send_signal(action)
        while True:
            try:
                part = os.read(ours, 4096)
            except OSError:  # of Linux, at the end
                break
            if not part:
                break
            shown += part
        code = process.wait()
    os.close(ours)
    return code, shown.decode(errors="replace")


def test_in_a_terminal_it_is_a_conversation() -> None:
    code, shown = terminal(
        ["chat", "--model=toy-chat", "--max-tokens=4"],
        [("> ", "Hello\n"), ("> ", "/history\n"), ("> ", "\x04")],
    )
    assert code == 0
    assert "user: Hello" in shown
    assert "/help" in shown


@pytest.mark.parametrize("encoding", ["ascii", "utf-8", "latin-1"])
def test_any_text_may_be_typed(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    code, shown = terminal(
        ["chat", "--model=toy-chat", "--max-tokens=4"], [("> ", "Grüße 你好\n"), ("> ", "/history\n"), ("> ", "\x04")]
    )
    assert (code, "Traceback" in shown, "user: Gr" in shown) == (0, False, True)


def test_ctrl_c_in_a_terminal_stops_the_response_and_not_the_conversation(server: LocalServer) -> None:
    with server.faults.add(Stall("body"), path="/chat/completions", on=1):
        code, shown = terminal(
            ["chat", "--model=toy-chat", "--max-tokens=64"],
            [("> ", "Hello\n"), ("Hello\r\n", ""), ("I", signal.SIGINT), ("> ", "/quit\n")],
        )
    assert code == 0
    assert "Traceback" not in shown


def test_an_explanation_is_coloured_in_a_terminal_and_not_where_colours_are_not_wanted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    words = ["explain", "The sun is shining", "--target= bright", "--model=toy-base"]
    assert "\x1b[" in terminal(words, [])[1]
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in terminal(words, [])[1]


def test_colours_are_forced_into_a_pipe_and_nothing_else_is(monkeypatch: pytest.MonkeyPatch, here: Here) -> None:
    words = ["explain", "The sun is shining", "--target= bright", "--model=toy-base"]
    shown = here(*words).out
    table, record = here("models").out, here(*words, "--json").out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in here(*words).out
    assert (here("models").out, here(*words, "--json").out) == (table, record)
    monkeypatch.setenv("NO_COLOR", "1")
    assert here(*words).out == shown
    assert "\x1b[" not in shown


def test_to_delete_a_token_is_asked_in_a_terminal(client: Client) -> None:
    new = client.create_token("to be deleted")
    words = ["tokens", "delete", str(new.metadata.token_id)]
    assert terminal(words, [("[y/N] ", "n\n")])[0] == 2
    assert new.metadata in client.list_tokens()
    assert terminal(words, [("[y/N] ", "y\n")])[0] == 0
    assert new.metadata not in client.list_tokens()


def test_a_token_is_typed_unseen() -> None:
    code, shown = terminal(["config", "set", "token"], [("API token: ", "hidden-in-the-test\n")])
    assert code == 0
    assert "hidden" not in shown
    assert "hidden-in-the-test" in Path("config.toml").read_text()


def test_escapes_of_a_model_do_not_act_on_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    code, shown = terminal(["tokenize", "a\x1b[31mb", "--model=toy-base"], [])
    assert (code, "\x1b[31m" in shown) == (0, False)
    monkeypatch.setenv("AA_MODEL", "toy-base")
    code, shown = terminal(["complete", "a\x1b[31mb", "--set=echo=true", "--no-stream", "--max-tokens=1"], [])
    assert "\\x1b[31mb" in shown
