"""How a command starts: what it imports, and that what it does not need stays unread."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from aleph_alpha.testing import LocalServer
from tests.cli.calls import CALLS, Call
from tests.cli.running import start
from tests.cli.test_contract import words_of

pytestmark = pytest.mark.slow  # each starts a program

HEAVY = {
    "PIL", "asyncio", "click", "concurrent", "distributed", "fsspec", "httpx2", "keyring", "liquid", "numpy", "pandas",
    "pyarrow", "pydantic", "pygments", "ray", "rich", "shtab", "starlette", "tokenizers", "tqdm", "uvicorn", "yaml",
}  # fmt: skip
# What a command needs of these; jobs need a lot.
NEEDED: Mapping[str, set[str]] = {"check": {"yaml"}, "serve": {"asyncio", "concurrent", "starlette", "uvicorn"}}
# The packages of tasks; a command loads those of its own.
TASKS = {
    "chat", "completion", "detokenization", "embedding", "evaluation", "explanation", "prompt", "reranking", "service",
    "structured_output", "tokenization", "transcription", "translation",
}  # fmt: skip
OWN: Mapping[str, set[str]] = {
    "complete": {"completion", "prompt"},
    "chat": {"chat", "structured_output"},
    "embed": {"embedding", "prompt"},
    "evaluate": {"evaluation", "prompt"},
    "explain": {"explanation", "prompt"},
    "tokenize": {"tokenization"},
    "detokenize": {"detokenization"},
    "rerank": {"reranking"},
    "translate": {"translation"},
    "transcribe": {"transcription"},
    "schema": {"completion", "prompt"},
    **{name: {"service"} for name in ("models", "model", "tokens list", "tokens create", "tokens delete", "whoami")},
    **{name: {"service"} for name in ("requests", "check")},
}
LIGHT = {"aleph_alpha.bulk", "aleph_alpha.views", "aleph_alpha.testing", "aleph_alpha._async", "httpx"}

_PROGRAM = """
import sys
from aleph_alpha.cli.main import program
code = program()
sys.stdout.flush()
print("\\n" + " ".join(sys.modules), file=sys.stderr)
sys.exit(code)
"""


def modules_of(*words: str, stdin: str = "", depth: int = 1) -> set[str]:
    """The modules that a command has loaded at its end, down to so many dots in their names."""
    done = subprocess.run([sys.executable, "-c", _PROGRAM, *words], capture_output=True, text=True, input=stdin)
    assert done.returncode == 0, done.stderr
    return {name for name in done.stderr.splitlines()[-1].split() if name.count(".") <= depth}


@pytest.mark.parametrize(
    ("name", "call"),
    [pytest.param(*each, id=each[0]) for each in CALLS.items() if each[0] != "serve" and not each[1].slow],
)
def test_a_command_loads_nothing_heavy_that_it_does_not_use(name: str, call: Call, server: LocalServer) -> None:
    loaded = modules_of(*words_of(name, call, server), stdin=call.stdin)
    assert loaded & HEAVY - NEEDED.get(name, set()) == set()
    if call.path is None:
        assert loaded & LIGHT == set()
    elif name != "explain":
        assert loaded & {"aleph_alpha.bulk", "aleph_alpha.views", "aleph_alpha.testing"} == set()
    assert {task for task in TASKS if f"aleph_alpha.{task}" in loaded} == OWN.get(name, set())


USED: Mapping[str, tuple[list[str], set[str]]] = {
    "a template": (["complete", "--model=toy-base", "--template=question.txt", "--var=name=x"], {"liquid"}),
    "an image": (["chat", "x", "--model=toy-multimodal", "--image=picture.png", "--max-tokens=2"], {"PIL"}),
    "a drawing": (["explain", "x", "--target=y", "--model=toy-base", "--save=x.png", "--quiet"], {"PIL"}),
    "a page": (["explain", "x", "--target=y", "--model=toy-base", "--save=x.html", "--quiet"], set()),
}


@pytest.mark.parametrize("name", USED)
def test_what_is_used_is_loaded_and_no_more(name: str) -> None:
    words, used = USED[name]
    extra: set[Any] = {"asyncio", "concurrent"} if "liquid" in used else set()  # liquid's own
    assert modules_of(*words) & HEAVY - extra == used


def test_a_streamed_chat_loads_the_generated_classes_of_what_it_sends_and_gets() -> None:
    words = ["chat", "Hello", "--model=toy-chat", "--max-tokens=2", "--stream"]
    loaded = modules_of(*words, depth=2)
    unused = {"chat_response", "chat_request_tool", "response_format", "chat_delta_tool_call", "error"}
    assert {f"aleph_alpha_api.models.{name}" for name in ("chat_request", "chat_stream_chunk")} <= loaded
    assert loaded & {f"aleph_alpha_api.models.{name}" for name in unused} == set()
    assert "aleph_alpha.prompt.image" not in loaded


@pytest.mark.parametrize("name", ["", *CALLS])
def test_help_loads_neither_the_client_nor_anything_heavy(name: str) -> None:
    loaded = modules_of(*name.split(), "--help")
    assert loaded & (HEAVY | LIGHT | {"ssl", "unicodedata"}) == set()
    families = {one for one in loaded if one.startswith("aleph_alpha.cli.")}
    assert name or "aleph_alpha.cli.chat" not in families


def test_a_stream_is_shown_while_it_comes(server: LocalServer) -> None:
    from aleph_alpha.testing.faults import Stall

    with (
        server.faults.add(Stall("body"), path="/chat/completions"),
        start(["chat", "Hello", "--model=toy-chat", "--max-tokens=64", "--stream"]) as process,
    ):
        assert process.stdout is not None
        first = process.stdout.read(1)
        process.kill()
    assert first


_WATCHED = """
import sys

found = []

class Watch:
    def find_spec(self, name, path=None, target=None):
        parser = sys.modules.get("orjson")
        if parser is not None and parser.__spec__._initializing and not name.startswith("orjson"):
            found.append(name)

sys.meta_path.insert(0, Watch())
from aleph_alpha.cli.main import main
code = main(["chat", "Hello", "--model=m", "--host=http://127.0.0.1:1", "--retries=0"])
print(code, "orjson" in sys.modules, found)
"""


def test_nothing_that_ctrl_c_could_interrupt_is_loaded_while_orjson_is() -> None:
    # What it cannot load crashes Python.
    done = subprocess.run([sys.executable, "-c", _WATCHED], capture_output=True, text=True, env={"AA_TOKEN": "any"})
    assert done.stdout.split(maxsplit=2) == ["1", "True", "[]\n"]
