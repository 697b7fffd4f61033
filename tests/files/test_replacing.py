"""Files of the package are written whole or not at all: what was there stays until the new one is complete."""

from __future__ import annotations

import contextlib
import errno
import os
import resource
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tokenizers import Tokenizer
from tokenizers.models import WordLevel

from aleph_alpha._runtime.files import replace_file
from aleph_alpha.bulk.report import Report
from aleph_alpha.cli.files import write_private
from aleph_alpha.cli.profile_file import change_profile
from aleph_alpha.service import tokenizers
from aleph_alpha.testing.replay.file import CassetteFile, Interaction
from aleph_alpha.views import view as view_module
from tests.views.samples import VIEWS

BEFORE = b"# before\n"
LIMIT = 40  # bytes of a file, fewer than any of these writes
CALL = Interaction("GET", "http://127.0.0.1/version", {}, b"", 200, "OK", {}, b'"1"' * 20)
WRITERS: dict[str, tuple[str, Callable[[Path], object]]] = {
    **{kind: (f"view.{kind}", VIEWS["explanation"].save) for kind in ("html", "svg", "png", "txt")},
    "conversation": ("saved.json", lambda path: write_private(path, "x" * 100)),
    "profile": ("config.toml", lambda path: change_profile(path, "default", {"model": "x" * 50})),
    "cassette": ("test.yaml", lambda path: CassetteFile("here", [CALL]).write(path, max_kilobytes=10)),
    "report": ("report.json", lambda path: Report("out", 1, 1, 0, 0, {}, 1, 1, 0, 1, 1, 0.5).write(path.parent)),
}
every_writer = pytest.mark.parametrize(("name", "write"), WRITERS.values(), ids=WRITERS)


@contextlib.contextmanager
def full_disk() -> Iterator[None]:
    """No file of this process grows beyond the limit: a write fails after a part of it."""
    before, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before, most))


@every_writer
def test_a_full_disk_leaves_the_file_from_before_and_nothing_beside_it(
    name: str, write: Callable[[Path], object], tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(BEFORE)
    with full_disk(), pytest.raises(Exception, match="File too large"):
        write(tmp_path / name)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {name: BEFORE}
    write(tmp_path / name)
    assert (tmp_path / name).read_bytes() != BEFORE
    assert [file.name for file in tmp_path.iterdir()] == [name]


@every_writer
def test_a_full_disk_leaves_nothing_of_a_new_file(name: str, write: Callable[[Path], object], tmp_path: Path) -> None:
    with full_disk(), pytest.raises(Exception, match="File too large"):
        write(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@every_writer
@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(errno.EIO, "Input/output error")], ids=repr)
def test_whatever_interrupts_it_the_file_from_before_stays(
    error: BaseException,
    name: str,
    write: Callable[[Path], object],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> None:
        raise error

    (tmp_path / name).write_bytes(BEFORE)
    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises((type(error), Exception)):
        write(tmp_path / name)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {name: BEFORE}


def test_a_tokenizer_that_a_full_disk_does_not_take_is_used_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AA_CACHE", str(tmp_path))
    body = Tokenizer(WordLevel({"a": 0}, unk_token="a")).to_str().encode()
    with full_disk():
        assert tokenizers.keep("http://127.0.0.1", "model", body).get_vocab() == {"a": 0}
    assert [*(tmp_path / "tokenizers").iterdir()] == []
    tokenizers.keep("http://127.0.0.1", "model", body)
    assert sorted(file.suffix for file in (tmp_path / "tokenizers").iterdir()) == [".json", ".of"]


@pytest.mark.parametrize("error", [ImportError("no Pillow"), MemoryError(), ZeroDivisionError()], ids=repr)
def test_a_view_that_cannot_be_drawn_leaves_the_file_from_before(
    error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> bytes:
        raise error

    monkeypatch.setattr(view_module, "png", fail)
    (tmp_path / "view.png").write_bytes(BEFORE)
    with pytest.raises(type(error)):
        VIEWS["explanation"].save(tmp_path / "view.png")
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {"view.png": BEFORE}


@pytest.mark.parametrize("private", [False, True])
def test_a_link_stays_and_what_it_leads_to_is_replaced(private: bool, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    link = tmp_path / "link"
    link.symlink_to("folder/file")
    for content in (b"new", b"newer"):  # where there is no file yet, and where there is one
        replace_file(link, content, private=private)
        assert link.readlink() == Path("folder/file")
        assert link.read_bytes() == content
    assert sorted(one.name for one in tmp_path.rglob("*")) == ["file", "folder", "link"]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755, 0o666])
def test_permissions_stay_and_those_of_a_private_file_are_its_owners(mode: int, tmp_path: Path) -> None:
    file = tmp_path / "file"
    for private in (False, True):
        file.write_bytes(BEFORE)
        file.chmod(mode)
        replace_file(file, b"new", private=private)
        assert stat.S_IMODE(file.stat().st_mode) == (0o600 if private else mode)


@pytest.mark.parametrize("umask", [0o022, 0o077, 0o002])
def test_a_new_file_has_the_permissions_that_the_process_gives(umask: int, tmp_path: Path) -> None:
    before = os.umask(umask)
    try:
        replace_file(tmp_path / "file", b"new")
        replace_file(tmp_path / "private", b"new", private=True)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o666 & ~umask
    assert stat.S_IMODE((tmp_path / "private").stat().st_mode) == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_the_owner_stays(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(BEFORE)
    os.chown(file, 1234, 2345)
    replace_file(file, b"new")
    assert (file.stat().st_uid, file.stat().st_gid, file.read_bytes()) == (1234, 2345, b"new")


@pytest.mark.parametrize("name", ["replace", "chmod"])
@pytest.mark.parametrize("code", [errno.EACCES, errno.EPERM, errno.EROFS, errno.EBUSY])
def test_what_cannot_be_replaced_is_written_in_place_if_it_is_not_private(
    name: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(code, os.strerror(code), "something else")

    file = tmp_path / "file"
    file.write_bytes(BEFORE)
    place = file.stat().st_ino
    monkeypatch.setattr(os, name, fail)
    replace_file(file, b"new")
    assert (file.read_bytes(), file.stat().st_ino) == (b"new", place)
    if name == "replace":
        with pytest.raises(OSError, match=os.strerror(code)) as caught:
            replace_file(file, b"newer", private=True)
        assert (caught.value.filename, file.read_bytes()) == (str(file), b"new")
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_that_must_not_be_written_is_not_replaced_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "file"
    file.write_bytes(BEFORE)
    file.chmod(0o444)
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write everything
    with pytest.raises(PermissionError) as caught:
        replace_file(file, b"new")
    assert (caught.value.filename, file.read_bytes()) == (str(file), BEFORE)


@pytest.mark.parametrize(
    ("name", "error"),
    [("none/file", FileNotFoundError), ("", IsADirectoryError), ("file/file", NotADirectoryError)],
)
def test_an_error_names_the_file(name: str, error: type[OSError], tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(BEFORE)
    with pytest.raises(error) as caught:
        replace_file(tmp_path / name, b"new")
    assert caught.value.filename == str(tmp_path / name)
    assert [one.name for one in tmp_path.iterdir()] == ["file"]


def test_a_pipe_with_a_name_stays_one(tmp_path: Path) -> None:
    pipe = tmp_path / "view.txt"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    VIEWS["prompt"].save(pipe)
    reader.join()
    assert read == [f"{VIEWS['prompt'].text()}\n".encode()]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_device_stays_one() -> None:
    replace_file(os.devnull, b"new")
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)
    with pytest.raises(OSError, match="No space left"):
        replace_file("/dev/full", b"new")


@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "link"])
@pytest.mark.parametrize("kind", ["pipe", "file"])
def test_standard_output_gets_it(kind: str, name: str, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/dev/stdout")
    code = (
        "import sys; from aleph_alpha._runtime.files import replace_file;"
        "replace_file(sys.argv[1], b'written\\n'); sys.stdout.write('more\\n')"
    )
    command: list[Any] = [sys.executable, "-c", code, name]
    if kind == "pipe":
        shown = subprocess.run(command, cwd=tmp_path, stdout=subprocess.PIPE, check=True).stdout
        assert shown == b"written\nmore\n"
        return
    with (tmp_path / "out").open("ab") as out:
        place = os.fstat(out.fileno()).st_ino
        subprocess.run(command, cwd=tmp_path, stdout=out, check=True)
    assert (tmp_path / "out").read_bytes() == b"written\nmore\n"  # what comes later goes to the same file
    assert (tmp_path / "out").stat().st_ino == place
    assert sorted(one.name for one in tmp_path.iterdir()) == ["link", "out"]


def test_many_who_write_at_once_leave_one_whole_file(tmp_path: Path) -> None:
    file = tmp_path / "file"
    contents = [bytes([number]) * 100_000 for number in range(8)]
    threads = [threading.Thread(target=replace_file, args=(file, content)) for content in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert file.read_bytes() in contents
    assert list(tmp_path.iterdir()) == [file]
