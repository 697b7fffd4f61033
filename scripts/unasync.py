"""Makes the sync client, and its tests, from the async ones.

    python scripts/unasync.py            rewrite aleph_alpha/_sync and tests/_sync
    python scripts/unasync.py --check    only say which files are not what they should be

Three kinds of change are made, and nothing else:

- the keywords ``async`` and ``await`` are deleted, in code and in the docstrings' examples;
- names are replaced, whole, after the table ``NAMES``;
- in docstrings and comments, words are replaced after the table ``WORDS``.

A rule that changes nothing any more is an error, so that the tables stay true.
"""

from __future__ import annotations

import argparse
import io
import re
import shutil
import subprocess
import sys
import tokenize
from pathlib import Path

from aleph_alpha._runtime.terminal import show_anything

ROOT = Path(__file__).resolve().parent.parent

ROOMS = {
    ROOT / "aleph_alpha" / "_async": ROOT / "aleph_alpha" / "_sync",
    ROOT / "tests" / "_async": ROOT / "tests" / "_sync",
}

# Whole identifiers.
NAMES = {
    "AsyncClient": "Client",
    "AsyncSender": "Sender",
    "AsyncConnections": "SyncConnections",
    "AsyncBody": "Body",
    "AsyncStream": "Stream",
    "AsyncIterator": "Iterator",
    "aleph_alpha_async_client": "aleph_alpha_client",
    "aiter": "iter",
    "aiter_bytes": "iter_bytes",
    "anext": "next",
    "_async": "_sync",
    "aio": "threads",
    "aclose": "close",
    "__aenter__": "__enter__",
    "__aexit__": "__exit__",
    "__aiter__": "__iter__",
    "__anext__": "__next__",
    "StopAsyncIteration": "StopIteration",
}

# Inside docstrings and comments, in this order.
WORDS = {
    r"Written by hand; `scripts/unasync\.py` makes `_sync` from it\.": "Made from `_async` by `scripts/unasync.py`.",
    r"\bAsyncClient\b": "Client",
    r"\bAsyncSender\b": "Sender",
    r"\bAsync(Body|Stream)\b": r"\1",
    r", for asyncio\.": ".",
    r", also outside an event loop; it": "; it",
    r" from several tasks and threads, and from one event loop after another\.": " from several threads.",
    r" \(it may be async\)": "",
    r"\baclosing\b": "closing",
    r"\basync (with|for|def)\b": r"\1",
    r"\bawait ": "",
}

BANNER = "# Made from {source} by scripts/unasync.py: change it there, then run `make fix`.\n"


class UnusedRule(Exception):
    """A rule of the tables that changed nothing."""


class Converter:
    """Turns async sources into sync ones and remembers which rules were of use."""

    def __init__(self) -> None:
        self.used: set[str] = set()

    def convert(self, source: str) -> str:
        """The sync version of one module's source."""
        lines: list[str] = source.splitlines(keepends=True)
        edits: list[tuple[tuple[int, int], tuple[int, int], str]] = []
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
        for token, following in zip(tokens, [*tokens[1:], tokens[-1]], strict=True):
            if token.type == tokenize.NAME and token.string in ("async", "await"):
                edits.append((token.start, following.start, ""))
            elif token.type == tokenize.NAME and token.string in NAMES:
                self.used.add(token.string)
                edits.append((token.start, token.end, NAMES[token.string]))
            elif token.type in (tokenize.STRING, tokenize.COMMENT):
                changed = self._words(token.string)
                if changed != token.string:
                    edits.append((token.start, token.end, changed))
        for start, end, text in reversed(edits):
            before, after = lines[start[0] - 1][: start[1]], lines[end[0] - 1][end[1] :]
            lines[start[0] - 1 : end[0]] = [before + text + after]
        return "".join(lines)

    def _words(self, text: str) -> str:
        for pattern, replacement in WORDS.items():
            text, count = re.subn(pattern, replacement, text)
            if count:
                self.used.add(pattern)
        return text

    def check_rules(self) -> None:
        """Raise when a rule was of no use."""
        unused = sorted((set(NAMES) | set(WORDS)) - self.used)
        if unused:
            raise UnusedRule("rules that change nothing: " + ", ".join(unused))


def versions() -> dict[Path, str]:
    """Every file that is to be there, with its text, formatted."""
    converter = Converter()
    made: dict[Path, str] = {}
    for source_room, target_room in ROOMS.items():
        for source in sorted(source_room.rglob("*.py")):
            banner = BANNER.format(source=source.relative_to(ROOT).as_posix())
            made[target_room / source.relative_to(source_room)] = banner + converter.convert(source.read_text("utf-8"))
    converter.check_rules()
    return {path: formatted(path, text) for path, text in made.items()}


def formatted(path: Path, text: str) -> str:
    """The text as ruff sorts its imports and lays it out."""
    for arguments in (["check", "--fix-only", "--select=I,F401", "--quiet"], ["format", "--quiet"]):
        command = [ruff(), *arguments, "--no-cache", "--stdin-filename", str(path), "-"]
        text = subprocess.run(command, input=text, capture_output=True, encoding="utf-8", check=True, cwd=ROOT).stdout
    return text


def ruff() -> str:
    """The ruff beside this Python, else the one on PATH."""
    beside = Path(sys.executable).with_name("ruff")
    found = str(beside) if beside.exists() else shutil.which("ruff")
    if found is None:
        raise FileNotFoundError("ruff is not installed: run `make install`")
    return found


def main(arguments: list[str] | None = None) -> int:
    """Command line; exit status 1 when --check finds a difference, 2 when the rules are wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing, say what differs")
    check = parser.parse_args(arguments).check
    try:
        wanted = versions()
    except UnusedRule as error:
        print(error, file=sys.stderr)
        return 2
    present = {path for room in ROOMS.values() if room.exists() for path in room.rglob("*.py")}
    stale = sorted(present - wanted.keys())
    changed = sorted(path for path, text in wanted.items() if not path.exists() or path.read_text("utf-8") != text)
    if check:
        for path in (*changed, *stale):
            print(f"{path.relative_to(ROOT)} is not what scripts/unasync.py makes: run `make fix`", file=sys.stderr)
        return 1 if changed or stale else 0
    for path in stale:
        path.unlink()
    for path in changed:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted[path], "utf-8")
        print(path.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    show_anything()
    sys.exit(main())
