"""Tokenize and detokenize."""

from __future__ import annotations

from typing import Any

from aleph_alpha.testing.server.call import Answer, Call, Handler
from aleph_alpha.testing.server.catalogue import Capability
from aleph_alpha.testing.server.model.context import check_ids
from aleph_alpha.testing.server.state import Usage


def _tokenize(call: Call) -> Answer:
    model = call.model(Capability.TOKENIZE)
    bpe = call.server.model.bpe
    ids = bpe.encode(call.body["prompt"]).ids
    call.usage = Usage(model.name, len(ids))
    answer: dict[str, Any] = {}
    if call.body["tokens"]:
        answer["tokens"] = [bpe.symbol(token) for token in ids]
    if call.body["token_ids"]:
        answer["token_ids"] = ids
    return answer


def _detokenize(call: Call) -> Answer:
    model = call.model(Capability.TOKENIZE)
    bpe = call.server.model.bpe
    ids = check_ids(call.body["token_ids"], bpe, "/token_ids")
    call.usage = Usage(model.name, len(ids))
    return {"result": bpe.decode(ids)}


HANDLERS: dict[str, Handler] = {"tokenize": _tokenize, "detokenize": _detokenize}
