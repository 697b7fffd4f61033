"""A reference server, and a folder with what the commands of the tests read."""

from __future__ import annotations

import base64
import io
import json
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest

from aleph_alpha.cli.main import main
from aleph_alpha.testing import LocalServer
from tests.cli.running import Ended, Here

TOKEN = "good"
PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgYGAAAAAEAAH2FzhVAAAAAElFTkSuQmCC")


@pytest.fixture(scope="module")
def server() -> Iterator[LocalServer]:
    with LocalServer(token=TOKEN) as server:
        yield server


@pytest.fixture(autouse=True)
def folder(server: LocalServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The folder that commands run in."""
    for name in ("AA_PROFILE", "AA_MODEL", "AA_DEADLINE", "AA_RETRIES", "NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AA_TOKEN", TOKEN)
    monkeypatch.setenv("AA_HOST", server.url)
    monkeypatch.setenv("AA_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.chdir(tmp_path)
    write_files(tmp_path)
    return tmp_path


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    """Runs a command in this process."""

    def run(*words: str, stdin: bytes | str = b"") -> Ended:
        data = stdin.encode() if isinstance(stdin, str) else stdin
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data), "utf-8"))
        capsys.readouterr()
        code = main(words)
        shown = capsys.readouterr()
        return Ended(code, shown.out, shown.err)

    return run


def write_files(folder: Path) -> None:
    """What the examples of the commands name."""
    texts = {
        "question.txt": "Question of {{ name }}:",
        "prompt.txt": "Good morning\n",
        "report.txt": "The harbour was full of ships. Nobody could leave.\n",
        "token.txt": f"{TOKEN}\n",
        "documents.txt": "Brasilia is Brazil's.\nFrance has Paris.\n",
        "prompts.jsonl": '{"id": "a", "prompt": "The sun is"}\n{"id": "b", "prompt": "The sea is"}\n',
    }
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    (folder / "picture.png").write_bytes(PIXEL)
    with wave.open(audio := io.BytesIO(), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(16000))
    (folder / "speech.wav").write_bytes(audio.getvalue())
    rows = [
        {"id": number, "text": f"Text {number}", "expected": " and", "documents": ["one", "two"]} for number in range(6)
    ]
    (folder / "docs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
