"""Tokenize and detokenize."""

from __future__ import annotations

from typing import Any

from aleph_alpha.testing.server.call import Handler, ServerCall, ServerResponse
from aleph_alpha.testing.server.catalogue import Capability
from aleph_alpha.testing.server.model.context import check_ids
from aleph_alpha.testing.server.state import TaskUsage


def _tokenize(call: ServerCall) -> ServerResponse:
    model = call.model(Capability.TOKENIZE)
    bpe = call.server.model.bpe
    ids = bpe.encode(call.body["prompt"]).ids
    call.usage = TaskUsage(model.name, len(ids))
    response: dict[str, Any] = {}
    if call.body["tokens"]:
        response["tokens"] = [bpe.symbol(token) for token in ids]
    if call.body["token_ids"]:
        response["token_ids"] = ids
    return response


def _detokenize(call: ServerCall) -> ServerResponse:
    model = call.model(Capability.TOKENIZE)
    bpe = call.server.model.bpe
    ids = check_ids(call.body["token_ids"], bpe, "/token_ids")
    call.usage = TaskUsage(model.name, len(ids))
    return {"result": bpe.decode(ids)}


HANDLERS: dict[str, Handler] = {"tokenize": _tokenize, "detokenize": _detokenize}
