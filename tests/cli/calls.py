"""One good call of each command; the contract test fails where one is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

__all__ = ["CALLS", "Call"]

_ROWS = ("docs.jsonl", "--key=id", "--column=text", "--output=out", "--limit=2")


@dataclass(frozen=True)
class Call:
    """How a command is called.

    Parameters:
        words: after the name of the command.
        path: of the request that it makes, ``None`` where it makes none.
        stdin: what it reads.
        slow: whether it takes long by nature.
    """

    words: Sequence[str] = ()
    path: str | None = None
    stdin: str = ""
    slow: bool = False


CALLS: Mapping[str, Call] = {
    "complete": Call(("An apple a day", "--model=toy-base", "--max-tokens=4"), "/complete"),
    "chat": Call(("Hello", "--model=toy-chat", "--max-tokens=4"), "/chat/completions"),
    "embed": Call(("The sun", "--model=toy-base", "--size=128"), "/semantic_embed"),
    "evaluate": Call(("The sun is", "--expected= shining", "--model=toy-base"), "/evaluate"),
    "explain": Call(("The sun is", "--target= shining", "--model=toy-base"), "/explain"),
    "tokenize": Call(("An apple", "--model=toy-base"), "/tokenize"),
    "detokenize": Call(("--model=toy-base",), "/detokenize", stdin="2 3 4"),
    "rerank": Call(("France?", "Brasilia", "Paris, France", "--model=toy-reranker"), "/rerank"),
    "translate": Call(("Good morning", "--to=de", "--model=toy-translation"), "/translate"),
    "transcribe": Call(("speech.wav", "--model=toy-transcription"), "/transcribe"),
    "models": Call((), "/model-settings"),
    "model": Call(("toy-base",), "/model-settings"),
    "tokens list": Call((), "/users/me/tokens"),
    "tokens create": Call(("for a test",), "/users/me/tokens"),
    "tokens delete": Call(("1", "--yes"), "/users/me/tokens/*"),
    "whoami": Call((), "/users/me"),
    "requests": Call((), "/users/me/requests"),
    "check": Call((), "/version"),
    "schema": Call(("complete",)),
    "config show": Call(),
    "config set": Call(("model", "toy-base")),
    "config unset": Call(("model",)),
    "config use": Call(("work",)),
    "config profiles": Call(),
    "config path": Call(),
    "completion": Call(("bash",)),
    "bulk embed": Call((*_ROWS, "--model=toy-base", "--set=compress_to_size=128"), "/batch_semantic_embed", slow=True),
    "bulk embeddings": Call((*_ROWS, "--model=toy-embedding"), "/embeddings", slow=True),
    "bulk complete": Call((*_ROWS, "--model=toy-base", "--set=maximum_tokens=2"), "/complete", slow=True),
    "bulk chat": Call((*_ROWS, "--model=toy-chat", "--set=maximum_tokens=2"), "/chat/completions", slow=True),
    "bulk evaluate": Call((*_ROWS, "--model=toy-base"), "/evaluate", slow=True),
    "bulk explain": Call((*_ROWS, "--model=toy-base", "--target=expected"), "/explain", slow=True),
    "bulk rerank": Call((*_ROWS, "--model=toy-reranker"), "/rerank", slow=True),
    "bulk translate": Call((*_ROWS, "--model=toy-translation", "--target-language=de"), "/translate", slow=True),
    "serve": Call(("--port=0",)),
}
