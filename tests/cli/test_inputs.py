"""What commands read: texts of any length, encoding and file name, and what is not text."""

from __future__ import annotations

import io
import json
import os
import random
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from aleph_alpha.cli import inputs
from aleph_alpha.cli.failures import UsageError
from tests.cli.running import Here, run

pytestmark = pytest.mark.slow  # each starts a program

COMPLETE = ("complete", "--model=toy-base", "--max-tokens=2")
COUNT = ("tokenize", "--model=toy-base", "--count")


def read(monkeypatch: pytest.MonkeyPatch, data: bytes) -> str:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data), "ascii"))
    return inputs.text_of("-")


TEXTS = {
    "plain": (b"An apple\n", "An apple"),
    "without a line break at the end": (b"An apple", "An apple"),
    "only one line break is left out": (b"An apple\n\n", "An apple\n"),
    "Windows line ends": (b"one\r\ntwo\r\n", "one\ntwo"),
    "UTF-8": ("Grüße, 你好 🌍\n".encode(), "Grüße, 你好 🌍"),
    "a byte order mark": (b"\xef\xbb\xbfAn apple\r\n", "An apple"),
    "UTF-16, as PowerShell writes it": ("Grüße\r\n".encode("utf-16"), "Grüße"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_text_is_read_whatever_wrote_it(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    data, text = TEXTS[name]
    assert read(monkeypatch, data) == text
    (tmp_path / "text").write_bytes(data)
    assert inputs.text_of("@text") == text


@given(st.text(st.characters(exclude_characters="\0\r", exclude_categories=["Cs"])))
def test_any_text_comes_in_as_it_is_but_for_the_line_break_at_its_end(text: str) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        bom = text.startswith("\ufeff")
        assert read(monkeypatch, f"{text}\n".encode()) == (text.removeprefix("\ufeff") if bom else text)


RUBBISH = {
    "random bytes": random.Random(1).randbytes(10_000),
    "null characters": b"ab\0cd",
    "an image": b"\x89PNG\r\n\x1a\n\x00\x00",
    "half a character": b"abc\xe4",
    "half of UTF-16": b"\xff\xfea",
    "Latin-1": "Grüße".encode("latin-1"),
}


@pytest.mark.parametrize("name", RUBBISH)
def test_what_is_not_text_is_refused_before_anything_is_sent(name: str, here: Here) -> None:
    ended = here(*COMPLETE, "--json", "--host=http://127.0.0.1:9", stdin=RUBBISH[name])
    assert ended.code == 2
    assert ended.error["message"].startswith("standard input is not text")


@pytest.mark.parametrize("words", [("--jsonl", "-"), ("--template", "-"), ("--set=stop_sequences=[", "-")])
def test_rubbish_is_refused_wherever_it_is_read(words: tuple[str, ...], here: Here) -> None:
    ended = here(*COMPLETE, *words, "--json", stdin=RUBBISH["random bytes"])
    assert ended.code == 2
    assert len(ended.err.splitlines()) == 1


NAMES = [
    "with space.txt",
    "with\nnewline.txt",
    "ümläut.txt",
    "'quoted' \"twice\".txt",
    "-begins.txt",
    "@at.txt",
    "a=b.txt",
]


@pytest.mark.parametrize("name", NAMES)
def test_files_may_have_any_name(name: str, here: Here) -> None:
    Path(name).write_text("An apple a day")
    assert here(*COUNT, f"@./{name}").out == "4\n"
    Path("template.txt").write_text("{{ text }}")
    assert here(*COMPLETE, "--template", "template.txt", "--var", f"text=@./{name}").code == 0
    saved = here("explain", "The sun", "--target= is", "--model=toy-base", f"--save={name}.html")
    assert saved.code == 0
    assert len(saved.err.splitlines()) == 1
    assert Path(f"{name}.html").read_text().startswith("<!")


@pytest.mark.parametrize("name", NAMES)
def test_a_file_that_there_is_not_is_named_in_one_line(name: str, here: Here) -> None:
    ended = here(*COUNT, f"@missing {name}")
    assert ended.code == 2
    assert ended.err.startswith("aleph-alpha: missing ")
    assert "cannot be read: No such file" in ended.err
    assert len(ended.err.splitlines()) == 1


def test_home_is_found_where_no_shell_looks_for_it(here: Here, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert here(*COUNT, "@~/prompt.txt").code == 0
    assert here("chat", "x", "--image=~/picture.png", "--model=toy-multimodal", "--max-tokens=1").code == 0
    assert here("tokenize", "--jsonl=~/prompts.jsonl", "--model=toy-base").code == 0
    explain = ("explain", "The sun", "--target= is", "--model=toy-base")
    assert here(*explain, "--save=~/why.txt").code == 0
    assert (tmp_path / "why.txt").exists()
    (tmp_path / "~").mkdir()
    (tmp_path / "~" / "prompt.txt").write_text("one two")
    assert here("tokenize", "@~/prompt.txt", "--model=toy-base", "--count").out == "2\n"  # of that name, in this folder


def test_a_text_may_begin_with_an_at_sign() -> None:
    assert inputs.text_of("@@home") == "@home"


def test_several_texts_are_put_together_where_one_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"An apple\n"), "utf-8"))
    assert inputs.text_of_words(["In short:", "-"], "prompt") == "In short:\nAn apple"


def test_several_words_without_quotes_are_told_of(here: Here) -> None:
    ended = here(*COMPLETE, "An", "apple")
    assert ended.code == 2
    assert "put quotes around it" in ended.err


def test_options_may_stand_between_the_texts(here: Here) -> None:
    ended = here("complete", "In short:", "--model=toy-base", "-", "--max-tokens=2", stdin="An apple")
    assert ended.code == 0, ended.err


def test_what_follows_two_dashes_is_text(here: Here) -> None:
    assert here(*COUNT, "--", "--json").code == 0
    ended = here(*COUNT, "--", "@missing --json")  # no JSON was asked for
    assert ended.err.startswith("aleph-alpha: ")


EMPTY = {"an empty argument": ("",), "an empty file": ("@empty.txt",), "nothing on standard input": ()}


@pytest.mark.parametrize("name", EMPTY)
def test_an_empty_text_is_refused(name: str, here: Here) -> None:
    Path("empty.txt").touch()
    ended = here(*COMPLETE, *EMPTY[name])
    assert ended.code == 2
    assert "the prompt is empty" in ended.err


def test_five_megabytes_come_through_a_pipe() -> None:
    ended = run("embed", "--model=toy-base", "--json", stdin="word " * 1_000_000)
    assert ended.code == 1  # longer than the model's context, says the server
    assert ended.error["code"] == "PROMPT_TOO_LONG"
    assert ended.error["hint"].startswith("`aleph-alpha model NAME`")


def test_closed_streams_are_told_of() -> None:
    ended = run(*COMPLETE, stdin=None, preexec_fn=lambda: os.close(0))
    assert (ended.code, ended.out) == (2, "")
    assert "no prompt" in ended.err
    ended = run(*COMPLETE, "-", stdin=None, preexec_fn=lambda: os.close(0))
    assert "standard input is closed" in ended.err
    ended = run("schema", preexec_fn=lambda: os.close(1))
    assert ended.code == 1
    assert "standard output is closed" in ended.err
    ended = run(*COMPLETE, "x", "--host=http://127.0.0.1:9", preexec_fn=lambda: os.close(1))
    assert "standard output is closed" in ended.err  # and nothing was sent
    ended = run("schema", "nothing", preexec_fn=lambda: os.close(2))
    assert (ended.code, ended.out, ended.err) == (2, "", "")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8", "cp1252"])
def test_texts_are_shown_on_terminals_of_any_encoding(encoding: str) -> None:
    environment = {"PYTHONIOENCODING": encoding}
    text = "Grüße 你好 🌍"
    ended = run("tokenize", text, "--model=toy-base", environment=environment)
    assert ended.code == 0, ended.err
    ended = run("tokenize", text, "--model=toy-base", "--json", environment=environment)
    assert ended.records == run("tokenize", text, "--model=toy-base", "--json").records
    ended = run("complete", f"@{text}", environment=environment)
    assert ended.code == 2
    for name in ("chat", "explain", "models", "check", "schema"):
        words = {"chat": [text, "--stream"], "explain": [text, "--target=ß", "--set=prompt_granularity=word"]}
        model = {"chat": "toy-chat", "explain": "toy-base"}.get(name, "")
        ended = run(name, *words.get(name, []), environment={**environment, "AA_MODEL": model})
        assert ended.code == 0, ended.err


def test_the_json_of_a_line_may_be_any_text(here: Here) -> None:
    texts = ["Grüße", "a\nb", "\u2028", "🌍", "\\", '"']
    lines = "".join(json.dumps({"prompt": text}) + "\r\n" for text in texts)
    ended = here("tokenize", "--model=toy-base", "--jsonl", "-", stdin=lines)
    assert [record["line"] for record in ended.records] == [1, 2, 3, 4, 5, 6]


def test_an_argument_that_is_not_text_is_refused() -> None:
    with pytest.raises(UsageError, match="is not valid text"):
        inputs.text_of("a\udcff")
    with pytest.raises(UsageError, match="is not valid text"):
        inputs.text_of("a\ud800")


def test_arguments_are_text_where_the_locale_knows_ascii_only() -> None:
    plain = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C", "PYTHONIOENCODING": ""}
    Path("ümläut.txt").write_text("Grüße 你好", "utf-8")
    expected = run("tokenize", "Grüße 你好", "--model=toy-base", "--json").records
    assert run("tokenize", "Grüße 你好", "--model=toy-base", "--json", environment=plain).records == expected
    assert run("tokenize", "@ümläut.txt", "--model=toy-base", "--json", environment=plain).records == expected
    ended = run("complete", "ü", "--model=toy-base", "--set=stop_sequences=ä", "--stop=ö", environment=plain)
    assert (ended.code, len(ended.err.splitlines())) == (2, 1)  # a field given twice, no more
    assert "\\xe4m.txt cannot" in run("tokenize", "@äm.txt", "--model=m", environment=plain).err
    ended = run("complete", "ü", "--model=toy-base", '--set=stop_sequences=["ä"]', environment=plain)
    assert ended.code == 0, ended.err
