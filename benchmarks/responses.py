"""The stub server's answers, shaped like those of the live API and the same in every run."""

from __future__ import annotations

import base64
import json
import random
import struct
from pathlib import Path
from typing import NamedTuple

from benchmarks.meter import MODEL

# As many prompts as the API takes in one request; whatever is sent, a response has this many vectors.
BATCH = 100


class StubResponse(NamedTuple):
    """A body and its type; a list is sent in chunks, one element each."""

    content_type: bytes
    body: bytes | list[bytes]


def answers(work: str, sizes: dict[str, int], file: str) -> dict[bytes, StubResponse]:
    """The answers of a work by their paths."""
    routes = {b"/complete": _json(COMPLETION), b"/version": StubResponse(b"text/plain", b"4.7.0")}
    if "dimensions" in sizes:
        routes |= _vectors(sizes["dimensions"], sizes.get("batch", BATCH))
    if work == "chat_stream":
        routes[b"/chat/completions"] = StubResponse(b"text/event-stream", _events(sizes["events"]))
    elif work == "image_chat":
        routes[b"/chat/completions"] = _json(CHAT)
    elif work == "tokenizer":
        routes[b"/models/%b/tokenizer" % MODEL.encode()] = StubResponse(b"application/json", Path(file).read_bytes())
    return routes


def _json(value: object) -> StubResponse:
    return StubResponse(b"application/json", encoded(value))


def encoded(value: object) -> bytes:
    """JSON without spaces, as the API writes it."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


COMPLETION = {
    "completions": [
        {
            "index": 0,
            "completion": "! I’m back with another post. I’m sorry I’ve been away for so long. I’ve been busy.",
            "finish_reason": "maximum_tokens",
        }
    ],
    "model_version": "2022-04",
    "num_tokens_prompt_total": 2,
    "num_tokens_generated": 32,
}

_CHAT_HEAD = {"id": "76f82911-1a9f-46c5-b1a0-0d5490bc4972", "created": 1754484240, "model": "llama-3.1-8b-instruct"}

CHAT = {
    **_CHAT_HEAD,
    "choices": [
        {
            "finish_reason": "stop",
            "index": 0,
            "message": {"role": "assistant", "content": "A picture of noise."},
            "logprobs": None,
        }
    ],
    "system_fingerprint": ".unknown.",
    "object": "chat.completion",
    "usage": {"prompt_tokens": 16, "completion_tokens": 5, "total_tokens": 21},
}


def _events(count: int) -> list[bytes]:
    """A stream of `count` events in all, its end not counted."""
    words = ("I", "'m", " just", " a", " program", ",", " so", " I", " don", "'t", " have", " feelings", ".")
    deltas = [{"role": "assistant", "content": ""}, *({"content": words[i % len(words)]} for i in range(count - 2)), {}]
    events = []
    for delta in deltas:
        choice = {"finish_reason": None if delta else "stop", "index": 0, "delta": delta, "logprobs": None}
        chunk = {"id": _CHAT_HEAD["id"], "choices": [choice], **_CHAT_HEAD, "system_fingerprint": None}
        events.append(b"data: %b\n\n" % encoded({**chunk, "object": "chat.completion.chunk", "usage": None}))
    return [*events, b"data: [DONE]\n\n"]


def _vectors(dimensions: int, batch: int) -> dict[bytes, StubResponse]:
    """Vectors as both endpoints send them: float32, in JSON with up to eight digits, or in base64."""
    source = random.Random(6)  # noqa: S311
    rows = [[source.gauss(0, 3) for _ in range(dimensions)] for _ in range(batch)]
    written = ",".join("[" + ",".join(f"{number:.8g}" for number in row) + "]" for row in rows)
    tail = f'],"num_tokens_prompt_total":{batch * 5}}}'
    batch_body = f'{{"model_version":"2022-04","embeddings":[{written}{tail}'.encode()
    data = [
        {
            "object": "embedding",
            "embedding": base64.b64encode(struct.pack(f"<{dimensions}f", *row)).decode(),
            "index": index,
        }
        for index, row in enumerate(rows)
    ]
    usage = {"prompt_tokens": batch * 5, "total_tokens": batch * 5}
    return {
        b"/batch_semantic_embed": StubResponse(b"application/json", batch_body),
        b"/embeddings": _json({"object": "list", "data": data, "model": MODEL, "usage": usage}),
    }


def explanation(scores: int) -> bytes:
    """The body of an explanation of a prompt of words, four letters and a space each."""
    source = random.Random(7)  # noqa: S311
    found = [{"start": 5 * index, "length": 4, "score": round(source.uniform(-1, 2), 8)} for index in range(scores)]
    items = [{"type": "text", "scores": found}, {"type": "target", "scores": []}]
    return encoded({"model_version": "2022-04", "explanations": [{"target": " pizza", "items": items}]})
