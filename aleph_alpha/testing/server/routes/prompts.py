"""Prompts of requests, as the model named in them reads them."""

from __future__ import annotations

from typing import Any

from aleph_alpha.testing.server.call import ServerCall
from aleph_alpha.testing.server.catalogue import CONTEXT_SIZE, Capability, ToyModel
from aleph_alpha.testing.server.model.context import Context, ControlRules, read_prompt


def read(call: ServerCall, model: ToyModel, prompt: Any, pointer: str) -> Context:
    """Reads a prompt with the control rules of the request."""
    if not isinstance(prompt, str) and any(item["type"] == "image" for item in prompt):
        model.require(Capability.IMAGES)
    return read_prompt(prompt, call.server.model.bpe, CONTEXT_SIZE, pointer, ControlRules.of(call.body))
