"""How values and errors are written."""

from __future__ import annotations

import contextlib
import io
import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from aleph_alpha import BusyError, Client, InvalidRequestError, NotFoundError
from aleph_alpha.bulk import OtherJobError
from aleph_alpha.cli import failures
from aleph_alpha.cli.failures import error_json, hint_for, message_of, one_line
from aleph_alpha.cli.output import Output, plain, to_json
from aleph_alpha.errors import status_error
from tests.cli.conftest import PIXEL
from tests.cli.running import Here

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner),
)


@given(VALUES, st.booleans())
def test_any_value_is_one_line_of_json(value: Any, ascii_only: bool) -> None:
    line = to_json(value, ascii_only=ascii_only)
    assert "\n" not in line
    json.loads(line, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))


@given(st.dictionaries(st.tuples(st.text(), st.text()), st.floats(allow_nan=False, allow_infinity=False)))
def test_pairs_as_keys_are_objects_inside_each_other(values: dict[tuple[str, str], float]) -> None:
    made = plain(values)
    assert {(outer, inner): value for outer, below in made.items() for inner, value in below.items()} == values


def test_numbers_that_json_lacks_are_null() -> None:
    assert to_json([math.inf, -math.inf, math.nan, 1.5]) == "[null, null, null, 1.5]"


@given(st.text())
def test_what_is_told_is_one_printable_line(text: str) -> None:
    assert one_line(text).isprintable()
    assert message_of(failures.UsageError(text)).isprintable()


SHOWN = {
    "a family": ("👨\u200d👩\u200d👧", None),
    "a Persian word": ("می\u200cخواهم", None),
    "a no-break space": ("100\xa0€", None),
    "an ideographic space": ("日\u3000本", None),
    "marks of direction": ("\u200fא\u200e", None),
    "an override of direction": ("a\u202eb", "a\\u202eb"),
    "a colour": ("a\x1b[31mb", "a\\x1b[31mb"),
    "a line of another kind": ("a\u2028b\x85", "a\\u2028b\\x85"),
    "half a character": ("a\ud800", "a\\ud800"),
}


@pytest.mark.parametrize(("text", "shown"), SHOWN.values(), ids=SHOWN)
def test_a_terminal_gets_all_characters_that_do_not_act_on_it(
    text: str, shown: str | None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Output, "is_terminal", True)
    monkeypatch.setenv("COLUMNS", "80")
    out, wanted = Output(), shown or text
    out.text(text)
    out.piece(text)
    out.end_line()
    out.pairs({"a": text})
    out.wrapped("b  ", text)
    assert capsys.readouterr().out == f"{wanted}\n{wanted}\na  {wanted}\nb  {wanted}\n"


@given(st.text())
def test_a_cell_is_on_one_line_and_between_tabs(text: str) -> None:
    with contextlib.redirect_stdout(io.StringIO()) as out:
        Output().table(("A", "B"), [(text, text)])
    (line,) = out.getvalue().split("\n")[:-1]
    assert line.count("\t") == 1
    assert len(out.getvalue().splitlines()) == 1


@pytest.mark.parametrize(
    "error",
    [
        NotFoundError(404, json.dumps({"error": "a\nb" * 10_000, "code": "X"})),
        BusyError(503, "<html>\n<h1>no</h1>", retry_after=2.5),
        OSError("no\nway"),
        ValueError("x" * 100_000),
        RuntimeError(),
        KeyboardInterrupt(),
        ExceptionGroup("several", [ValueError("one\ntwo")]),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_is_one_or_two_short_lines_or_one_json_object(
    error: BaseException, capsys: pytest.CaptureFixture[str]
) -> None:
    Output().error(error)
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) in (1, 2)
    assert len(err) < 1500
    Output(json=True).error(error)
    told = json.loads(capsys.readouterr().err)["error"]
    assert told == error_json(error)
    assert told["exit_code"] == failures.code_of(error)


LINES: dict[str, tuple[BaseException, list[str]]] = {
    "a usage": (failures.UsageError("one\n  two\x1b[31m"), ["one", "  two\\x1b[31m"]),
    "a job": (OtherJobError("different are:\n  model: 'a', 'b'"), ["different are:", "  model: 'a', 'b'"]),
    "a request": (InvalidRequestError("a\nb"), ["a", "b"]),
    "a server, which cannot make lines": (BusyError(503, "a\naleph-alpha: b"), ["status 503: a\\naleph-alpha: b"]),
    "many lines": (failures.UsageError("x\n" * 1000 + "x"), [*["x"] * 50, "... and 951 more lines"]),
}


@pytest.mark.parametrize("name", LINES)
def test_the_lines_of_a_message_are_lines_and_one_text_in_json(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    error, lines = LINES[name]
    Output().error(error)
    first, *more = lines
    assert capsys.readouterr().err.startswith("\n  ".join([f"aleph-alpha: {first}", *more]) + "\n")
    Output(json=True).error(error)
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert json.loads(told)["error"]["message"] == "\n".join(lines)


def test_a_busy_server_is_told_of_with_the_time_that_it_asks_for() -> None:
    assert hint_for(BusyError(503, "", retry_after=2.5)) == "try again in 2.5 s; --retries N tries more often"


def test_debug_shows_the_traceback(here: Here) -> None:
    ended = here("complete", "x", "--model=no-model", "--debug")
    assert ended.code == 1
    assert "Traceback" in ended.err
    assert ended.err.splitlines()[-2].startswith("aleph-alpha: status 404")
    ended = here("complete", "x", "--model=no-model", "--debug", "--json")
    assert "Traceback" in ended.error["traceback"]


def test_warnings_do_not_disturb_standard_output(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    import warnings

    from aleph_alpha.service import models

    call = models.models_call

    def warned() -> Any:
        warnings.warn("mind this", UserWarning, stacklevel=1)
        return call()

    monkeypatch.setattr(models, "models_call", warned)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        ended = here("check", "--json")
        assert (ended.code, len(ended.records)) == (0, 1)
        assert [json.loads(line) for line in ended.err.splitlines()] == [{"warning": "mind this"}]
        ended = here("check")
        assert ended.err == "aleph-alpha: warning: mind this\n"
        assert here("check", "--quiet").err == ""


MISTAKES = {
    "no command": ([], "COMMAND"),
    "a command that there is not": (["complet"], "did you mean complete?"),
    "an option before the command": (["--quiet", "chat", "x"], "--quiet stands before the command: options follow it"),
    "an option with a value before the command": (["--profile", "work", "models"], "`aleph-alpha COMMAND --profile`"),
    "an option within the command": (["tokens", "--profile", "x", "list"], "`aleph-alpha tokens COMMAND --profile`"),
    "a command below it that there is not": (["tokens", "lst"], "did you mean tokens list?"),
    "an option alone": (["-V"], "-V stands before the command"),
    "a model among the fields": (["complete", "x", "--model=m", "--set=model=n"], "not set this way"),
    "an empty token": (["models", "--token="], "--token is empty"),
    "an empty host": (["models", "--host="], "--host is empty"),
    "an empty model": (["complete", "x", "--model="], "--model is empty"),
    "an image without a name": (["complete", "x", "--model=m", "--image="], "the name of the image is empty"),
    "an image that is something else": (["chat", "x", "--model=m", "--image=prompt.txt"], "prompt.txt cannot be used"),
    "no folder to save in": (["explain", "x", "--model=m", "--target=y", "--save=no/x.png"], "no such folder"),
    "a folder in place of the file": (["explain", "x", "--model=m", "--target=y", "--save=f.png"], "it is a folder"),
    "a field that there is not": (["complete", "x", "--model=m", "--set=temprature=1"], "did you mean temperature?"),
    "a field without a value": (["complete", "x", "--model=m", "--set=top_k"], "NAME=VALUE"),
    "a field twice": (["complete", "x", "--model=m", "--set=top_k=1", "--top-k=2"], "given twice"),
    "a field twice, by two names": (["chat", "x", "--model=m", "--set=max_tokens=1", "--max-tokens=2"], "given twice"),
    "a field twice, by two names of --set": (
        ["complete", "x", "--model=m", "--set=max_tokens=1", "--set=maximum_tokens=2"],
        "given twice",
    ),
    "a field that the command sets": (["complete", "x", "--model=m", "--set=prompt=x"], "not set this way"),
    "a value of another kind": (["complete", "x", "--model=m", "--set=top_k=much"], "top_k"),
    "no model": (["complete", "x"], "no model: give --model NAME"),
    "no target": (["explain", "x", "--model=m"], "no target"),
    "an ending that is not known": (["explain", "x", "--model=m", "--target=y", "--save=x.pdf"], ".html"),
    "a variable without a template": (["complete", "--model=m", "--var=a=b"], "--template"),
    "a variable that the template has not": (
        ["complete", "--model=m", "--template=question.txt", "--var=nmae=x"],
        "did you mean name?",
    ),
    "an image that the template has no place for": (
        ["complete", "--model=m", "--template=question.txt", "--image=picture.png"],
        "no variable 'image'",
    ),
    "a text and a template": (["complete", "x", "--model=m", "--template=question.txt"], "--var"),
    "an image that is none": (["complete", "x", "--model=m", "--image=prompt.txt"], "image"),
    "a token id that is none": (["detokenize", "2", "x", "--model=m"], "whole numbers"),
    "a host that is none": (["models", "--host=nowhere"], "host must be a URL"),
    "a deadline that is none": (["models", "--deadline=soon"], "must be a number of seconds"),
    "a schema that is none": (["chat", "x", "--model=m", "--schema=prompt.txt"], "is not valid JSON"),
    "a conversation that is none": (["chat", "x", "--model=m", "--messages=question.txt"], "is not valid JSON"),
    "to delete without being asked": (["tokens", "delete", "1"], "say --yes"),
    "a profile that there is not": (["models", "--profile=no"], "there is no profile"),
}


@pytest.mark.parametrize(
    "words",
    [
        ["rerank", "-", "-"],
        ["rerank", "-", "--documents=-"],
        ["embed", "-", "-"],
        ["complete", "-", "-"],
        ["complete", "-", "--image=-"],
        ["complete", "--template=-", "--var=x=-"],
        ["complete", "--template=-", "--jsonl=-"],
        ["chat", "-", "--system=-"],
        ["chat", "--system=-"],
        ["chat", "x", "--messages=-", "--schema=-"],
        ["evaluate", "-", "--expected=-"],
        ["explain", "-", "--target=-"],
    ],
    ids=" ".join,
)
def test_standard_input_is_read_once(words: list[str], here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AA_HOST", "http://127.0.0.1:9")
    stdin = PIXEL if "--image=-" in words else "{}" if "--schema=-" in words else "text"
    ended = here(*words, "--model=m", "--json", stdin=stdin)
    assert (ended.code, ended.out) == (2, "")
    assert "given twice" in ended.error["message"]


def test_every_status_of_the_api_has_a_hint_or_a_message_of_its_own() -> None:
    for status in (400, 401, 402, 403, 404, 405, 408, 409, 413, 415, 422, 429, 500, 501, 502, 503, 504):
        assert hint_for(status_error(status, "{}")), status


def test_what_cannot_be_saved_is_shown_as_it_was_paid_for(here: Here) -> None:
    Path("full.html").symlink_to("/dev/full")
    words = ("explain", "The sun", "--target= is", "--model=toy-base", "--save=full.html", "--save=why.txt")
    ended = here(*words)
    assert ended.code == 3
    assert "Explanation of" in ended.out
    assert ended.err.splitlines()[-1] == "aleph-alpha: full.html cannot be written: No space left on device"
    assert Path("why.txt").exists()
    ended = here(*words, "--json", "--quiet")
    assert (ended.code, ended.error["failed"][0]["path"], len(ended.records)) == (3, "full.html", 1)


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_before_anything_is_sent(name: str, here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    words, message = MISTAKES[name]
    Path("f.png").mkdir()
    monkeypatch.setenv("AA_HOST", "http://127.0.0.1:9")
    ended = here(*words, "--json")
    assert (ended.code, ended.out) == (2, "")
    assert message in ended.error["message"] + ended.error.get("hint", "")
    told = here(*words)
    assert told.err.startswith("aleph-alpha: ")
    assert len([line for line in told.err.splitlines() if "warning" not in line]) <= 2


def test_a_stream_as_json_ends_with_what_it_took(here: Here) -> None:
    words = ("chat", "Hello", "--model=toy-chat", "--max-tokens=2", "--json")
    *_, last = here(*words, "--stream").records
    assert last["response"]["usage"] == here(*words).records[0]["usage"]
    assert last["response"]["usage"]["completion_tokens"] == 2


def test_calls_that_a_model_asks_for_are_shown(here: Here) -> None:
    tool = {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object"}}}
    words = ["chat", "What is the weather in Paris?", "--model=toy-chat", f"--set=tools={json.dumps([tool])}"]
    for more in ([], ["--stream"]):
        assert "get_weather({" in here(*words, "--set=tool_choice=required", *more).out


def test_a_pipe_that_breaks_elsewhere_is_told(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> object:
        raise BrokenPipeError("a worker has gone")

    monkeypatch.setattr(Client, "complete", broken)
    ended = here("complete", "An apple", "--model=toy-base")
    assert (ended.code, ended.out) == (1, "")
    assert "a worker has gone" in ended.err
