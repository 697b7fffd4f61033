"""Tokenizers are downloaded and parsed once: kept by content in the process, and on disk for a day."""

from __future__ import annotations

import asyncio
import json
import os
import pickle
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from aleph_alpha import AsyncClient, Client, ResponseError
from aleph_alpha.service import tokenizers as _tokenizers

DAY = 24 * 3600


def tokenizer_json(*words: str) -> bytes:
    vocabulary = {word: index for index, word in enumerate(("[UNK]", *words))}
    model = {"type": "WordLevel", "vocab": vocabulary, "unk_token": "[UNK]"}
    return json.dumps({"version": "1.0", "added_tokens": [], "model": model}).encode()


class Server:
    """Has a tokenizer for each model, and counts how often one is asked for."""

    def __init__(self, content_type: str = "application/json") -> None:
        self.content: dict[str, bytes] = {}
        self.content_type = content_type
        self.asked = 0

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        body = self.content[request.url.path.split("/")[2]]
        return httpx.Response(200, content=body, headers={"Content-Type": self.content_type})

    def client(self, host: str = "https://inference.example.com") -> Client:
        return Client("token", host, http_client=httpx.Client(transport=httpx.MockTransport(self.answer)))


@pytest.fixture
def server() -> Server:
    server = Server()
    server.content = {name: tokenizer_json(name, "word") for name in ("one", "two")}
    return server


@pytest.fixture(autouse=True)
def nothing_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_tokenizers, "_parsed", type(_tokenizers._parsed)())


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AA_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "tokenizers"


def test_a_client_asks_once_and_so_do_its_copies(server: Server) -> None:
    client = server.client()
    tokenizer = client.tokenizer("one")
    assert client.tokenizer("one") is client.with_options(nice=True).tokenizer("one") is tokenizer
    assert server.asked == 1
    assert client.tokenizer("two").get_vocab() == {"[UNK]": 0, "two": 1, "word": 2}


def test_equal_content_is_parsed_once_whoever_asks_for_it(server: Server) -> None:
    server.content["two"] = server.content["one"]
    client = server.client()
    other = server.client("https://other.example.com")
    assert client.tokenizer("one") is client.tokenizer("two") is other.tokenizer("one")
    assert server.asked == 3


def test_only_the_tokenizers_used_last_stay_parsed(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_tokenizers, "_PARSED_MOST", 1)
    first = server.client().tokenizer("one")
    server.client().tokenizer("two")
    assert server.client().tokenizer("one") is not first


@pytest.mark.parametrize("content_type", ["text/plain; charset=latin-1", "application/octet-stream", ""])
def test_the_content_type_does_not_matter(server: Server, content_type: str) -> None:
    server.content_type = content_type
    server.content["one"] = tokenizer_json("Ġäöü")
    assert "Ġäöü" in server.client().tokenizer("one").get_vocab()


def test_refresh_asks_again(server: Server, cache: Path) -> None:
    client = server.client()
    before = client.tokenizer("one")
    server.content["one"] = tokenizer_json("new")
    assert client.tokenizer("one") is before
    assert client.tokenizer("one", refresh=True).get_vocab() == {"[UNK]": 0, "new": 1}
    assert server.client().tokenizer("one").get_vocab() == {"[UNK]": 0, "new": 1}
    assert server.asked == 2


def test_what_is_no_tokenizer_is_not_kept(server: Server, cache: Path) -> None:
    good, server.content["one"] = server.content["one"], b"<html>"
    client = server.client()
    with pytest.raises(ResponseError, match="not a tokenizer"):
        client.tokenizer("one")
    assert not cache.exists()
    server.content["one"] = good
    assert client.tokenizer("one").get_vocab_size() == 3


def test_a_pickled_client_leaves_them_behind(server: Server) -> None:
    client = Client("token", "https://inference.example.com")
    client._tokenizers["one"] = server.client().tokenizer("one")
    assert pickle.loads(pickle.dumps(client))._tokenizers == {}


# --- on disk ---------------------------------------------------------------------------------------


def age(seconds: float) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        for note in folder.glob("*.of"):
            os.utime(note, (0, time.time() - seconds))

    return change


def damage(kind: str, content: bytes) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        for file in folder.glob(kind):
            file.write_bytes(content)

    return change


@pytest.mark.parametrize(
    ("change", "asked"),
    [
        (lambda folder: None, 1),
        (age(DAY - 60), 1),
        (age(DAY + 60), 2),
        (age(-60), 2),
        (age(-400 * DAY), 2),
        (damage("*.json", tokenizer_json("planted")), 2),
        (damage("*.json", b""), 2),
        (damage("*.of", b"../../somewhere"), 2),
        (damage("*.of", b"\xff"), 2),
        (lambda folder: [file.unlink() for file in folder.glob("*.json")], 2),
    ],
    ids=[
        "as it was",
        "almost a day old",
        "older than a day",
        "of the next minute",
        "of next year",
        "planted",
        "empty",
        "note",
        "bytes",
        "missing",
    ],
)
def test_the_next_process_finds_them_for_a_day(
    server: Server, cache: Path, change: Callable[[Path], None], asked: int
) -> None:
    server.client().tokenizer("one")
    _tokenizers._parsed.clear()
    change(cache)
    for _ in range(2):  # what was damaged is there again
        assert server.client().tokenizer("one").get_vocab() == {"[UNK]": 0, "one": 1, "word": 2}
        assert server.asked == asked
        _tokenizers._parsed.clear()


def test_hosts_and_models_are_told_apart(server: Server, cache: Path) -> None:
    server.client().tokenizer("one")
    assert server.client().tokenizer("two").get_vocab() == {"[UNK]": 0, "two": 1, "word": 2}
    server.client("https://other.example.com").tokenizer("one")
    server.client("https://inference.example.com/").tokenizer("one")
    assert server.asked == 3
    assert len(list(cache.glob("*.json"))) == 2
    assert cache.stat().st_mode & 0o077 == 0 or os.name == "nt"
    assert not list(cache.glob(".new-*"))


def test_an_empty_variable_keeps_nothing(server: Server, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AA_CACHE", "")
    assert _tokenizers.folder() is None
    server.client().tokenizer("one")
    server.client().tokenizer("one")
    assert server.asked == 2
    assert not cache.exists()


def test_by_default_they_are_in_the_users_folder_for_caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AA_CACHE")
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    folder = _tokenizers.folder()
    assert folder is not None
    assert folder.is_relative_to(tmp_path)
    assert folder.parts[-2:] == ("aleph-alpha", "tokenizers")


def test_a_disk_that_cannot_be_written_is_no_error(server: Server, cache: Path) -> None:
    cache.parent.write_text("a file in its place")
    assert server.client().tokenizer("one").get_vocab_size() == 3


async def test_the_event_loop_neither_reads_nor_parses(
    server: Server, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = []

    def parse(body: bytes) -> Any:
        threads.append(threading.current_thread())
        return object()

    monkeypatch.setattr(_tokenizers, "parse_tokenizer", parse)
    async with httpx.AsyncClient(transport=httpx.MockTransport(server.answer)) as http:
        clients = [AsyncClient("token", "https://inference.example.com", http_client=http) for _ in range(2)]
        found = await asyncio.gather(*(client.tokenizer("one") for client in clients))
    assert found[0] is found[1]
    assert len(threads) == 1
    assert threads[0] is not threading.main_thread()
