"""The folder of responses: bytes in, bytes out, whatever happens to its file."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from aleph_alpha._cache.folder import FILE, FolderCache


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "new" / "folder"


@given(st.dictionaries(st.text("0123456789abcdef", min_size=64, max_size=64), st.binary(max_size=2000), max_size=5))
@settings(max_examples=20)
def test_what_was_set_is_got(tmp_path_factory: pytest.TempPathFactory, kept: dict[str, bytes]) -> None:
    folder = tmp_path_factory.mktemp("cache")
    for key, body in kept.items():
        FolderCache(folder).set(key, body)
    for key, body in kept.items():
        FolderCache(folder).set(key, body)  # again
        assert FolderCache(folder).get(key) == body
    assert FolderCache(folder).get("another") is None


def test_nothing_is_written_by_asking(folder: Path) -> None:
    assert FolderCache(folder).get("key") is None
    assert not folder.exists()


def test_others_than_the_owner_cannot_read_it(folder: Path) -> None:
    FolderCache(folder).set("key", b"body")
    assert folder.stat().st_mode & 0o077 == 0


def damaged_all(file: Path) -> None:
    file.write_bytes(os.urandom(len(file.read_bytes())))


def damaged_in_the_middle(file: Path) -> None:
    content = bytearray(file.read_bytes())
    at = content.index(b"body" * 50)
    content[at + 10] ^= 1
    file.write_bytes(content)


def cut_off(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def emptied(file: Path) -> None:
    file.write_bytes(b"")


def another_table(file: Path) -> None:
    file.unlink()
    with sqlite3.connect(file) as other:
        other.execute("CREATE TABLE something (else_ TEXT)")
    other.close()


@pytest.mark.parametrize("damage", [damaged_all, damaged_in_the_middle, cut_off, emptied, another_table])
def test_a_damaged_file_is_an_empty_one(folder: Path, damage: object) -> None:
    cache = FolderCache(folder)
    for number in range(50):
        cache.set(str(number), b"body" * 100)
    damage(folder / FILE)  # type: ignore[operator]
    assert {cache.get(str(number)) for number in range(50)} <= {None, b"body" * 100}
    cache.set("new", b"a new one")
    assert cache.get("new") == b"a new one"


def test_a_pickle_that_somebody_put_there_is_no_more_than_bytes(folder: Path) -> None:
    """Where caches unpickle what they find, whoever can write the folder runs code in the program."""

    class Trap:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.putenv, ("AA_TRAPPED",)

    cache = FolderCache(folder)
    cache.set("key", pickle.dumps(Trap()))
    assert cache.get("key") == pickle.dumps(Trap())


def test_the_oldest_are_dropped_when_it_is_full(folder: Path) -> None:
    cache = FolderCache(folder, most=200_000)
    for number in range(200):
        cache.set(str(number), bytes(5000))
    there = [number for number in range(200) if cache.get(str(number)) is not None]
    assert (folder / FILE).stat().st_size < 250_000
    assert there == list(range(200 - len(there), 200))
    assert len(there) > 20


def test_a_body_larger_than_all_is_not_kept_and_no_error(folder: Path) -> None:
    cache = FolderCache(folder, most=50_000)
    cache.set("large", bytes(100_000))
    assert cache.get("large") is None
    cache.set("small", b"body")
    assert cache.get("small") == b"body"


def use(folder: Path, worker: int) -> None:
    cache = FolderCache(folder)
    for number in range(20):
        cache.set(f"{worker}-{number}", f"body {worker} {number}".encode())
        assert cache.get(f"{worker}-{number}") == f"body {worker} {number}".encode()


def test_threads_share_a_folder(folder: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(use, [folder] * 4, range(4)))
    assert FolderCache(folder).get("3-19") == b"body 3 19"


@pytest.mark.slow
def test_processes_share_a_folder(folder: Path) -> None:
    FolderCache(folder).set("before", b"the fork")
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=use, args=(folder, worker)) for worker in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    assert FolderCache(folder).get("2-19") == b"body 2 19"


def test_nothing_stays_open(folder: Path, nothing_left: None) -> None:
    use(folder, 1)
    assert threading.active_count() >= 1
