"""Which responses are kept, and under what key."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson

from aleph_alpha._call.call import Call

__all__ = ["cache_key"]

_FORMAT = b"aleph_alpha response 1\n"

# The same model gives the same response to the same request.
_DETERMINISTIC = frozenset(
    {
        *("batchSemanticEmbed", "embed", "embeddings", "instructableEmbed", "semanticEmbed"),
        *("detokenize", "evaluate", "explain", "rerank", "tokenize"),
    }
)


def _greedy_completion(body: Mapping[str, Any]) -> bool:
    return not any(body.get(name) for name in ("temperature", "top_k", "top_p", "stream"))


def _greedy_chat(body: Mapping[str, Any]) -> bool:
    """Where it says so: without a temperature the model's own is used."""
    temperature = body.get("temperature")
    return temperature is not None and not temperature and body.get("top_p") is None and not body.get("stream")


_GREEDY = {"complete": _greedy_completion, "completeJson": _greedy_completion, "chatCompletions": _greedy_chat}


def cache_key(call: Call[Any], host: str) -> str | None:
    """The hash of what the response depends on: deployment, operation, and the body, which names the model.

    ``None`` for what is not deterministic, or not a response of a model. Of the rest of a request ``nice`` changes when
    the response comes, not what it is; the token changes whether there is one.
    """
    if call.confidential or call.body is None:
        return None
    if call.operation not in _DETERMINISTIC:
        greedy = _GREEDY.get(call.operation)
        if greedy is None or not greedy(orjson.loads(bytes(call.body))):
            return None
    digest = hashlib.sha256(_FORMAT)
    digest.update(f"{host.rstrip('/')}\n{call.operation}\n{call.accept}\n".encode())
    for part in [call.body] if isinstance(call.body, bytes) else call.body:
        digest.update(part)
    return digest.hexdigest()
