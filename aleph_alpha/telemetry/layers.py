"""Whether somebody else tells of a call already, or wants nobody to."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from typing import Any

from opentelemetry import context, trace
from opentelemetry.context import Context

from aleph_alpha._observe.events import ObservedCall
from aleph_alpha.telemetry.conventions import Family

__all__ = ["is_told_elsewhere"]

_INSTRUMENTOR = "opentelemetry.instrumentation.alephalpha"  # of the vendor's client

# What layers above put into the context: OpenTelemetry's instrumentations (by the API's key, and by its name),
# OpenLLMetry's, and util-genai, by operation.
_SUPPRESSED = (
    "suppress_instrumentation",
    getattr(context, "_SUPPRESS_INSTRUMENTATION_KEY", "suppress_instrumentation"),
    "suppress_language_model_instrumentation",
)
_OPEN: Mapping[Family, str] = {
    "inference": "opentelemetry.genai.client.inference.context",
    "embeddings": "opentelemetry.genai.client.embedding.context",
}
_OPERATIONS: Mapping[Family, frozenset[str]] = {
    "inference": frozenset({"chat", "text_completion", "generate_content"}),
    "embeddings": frozenset({"embeddings"}),
}


def is_told_elsewhere(call: ObservedCall, family: Family, current: Context) -> bool:
    """Whether a span of this call would be one too many."""
    if current:
        for key in _SUPPRESSED:
            if current.get(key):
                return True
        if family != "other" and (current.get(_OPEN[family]) is not None or _is_within(current, family)):
            return True
    return _INSTRUMENTOR in sys.modules and _is_instrumented(call)


def _is_within(current: Context, family: Family) -> bool:
    """Whether the current span is one of such an operation: what makes it calls this client for it."""
    span: Any = trace.get_current_span(current)
    if not span.is_recording():
        return False
    attributes = getattr(span, "attributes", None) or {}
    return attributes.get("gen_ai.operation.name") in _OPERATIONS[family] or (
        family == "inference" and attributes.get("llm.request.type") in ("chat", "completion")
    )


def _is_instrumented(call: ObservedCall) -> bool:
    """Whether the instrumentor of the vendor's client was pointed at this one; it knows one method, a sync one."""
    if call.operation != "complete" or call.stream:
        return False
    module = sys.modules.get("aleph_alpha._sync.client")
    method = getattr(getattr(module, "Client", None), "complete", None)
    if not hasattr(method, "__wrapped__"):
        return False
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return True
    return False
