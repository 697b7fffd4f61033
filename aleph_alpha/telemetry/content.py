"""The texts of requests and responses, where they were asked for, in the form of the conventions.

Each text is cut to a length, images and other data are told by their size and type, and the API token is
in none of it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any, get_args
from urllib.parse import urlsplit

import orjson

from aleph_alpha._observe.events import CallEnded, ObservedCall
from aleph_alpha._observe.telemetry import Capture, Telemetry

__all__ = ["Content", "capture"]

Part = dict[str, Any]

_VARIABLE = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"


def capture(telemetry: Telemetry) -> tuple[bool, bool, bool]:
    """Whether content goes to spans and to events, and whether there are events at all."""
    mode: str = telemetry.content or os.environ.get(_VARIABLE, "").strip().upper()
    if mode not in get_args(Capture):
        mode = "NO_CONTENT"
    on_events = mode in ("EVENT_ONLY", "SPAN_AND_EVENT")
    emit = os.environ.get("OTEL_INSTRUMENTATION_GENAI_EMIT_EVENT", "").strip().lower()
    return mode in ("SPAN_ONLY", "SPAN_AND_EVENT"), on_events, emit == "true" or (on_events and emit != "false")


class Content:
    """Makes messages of what a call sent and got."""

    def __init__(self, length: int, *, finish_reasons: bool) -> None:
        self._length = length
        self._finish_reasons = finish_reasons

    def attributes(self, event: CallEnded) -> dict[str, list[dict[str, Any]]]:
        """The attributes of content, as they are where structure is possible."""
        clean = self._cleaner(event.call)
        made = {
            "gen_ai.input.messages": self._input(event.call, clean),
            "gen_ai.output.messages": self._output(event, clean),
            "gen_ai.tool.definitions": _tools(event.call, clean),
        }
        return {name: value for name, value in made.items() if value}

    def _cleaner(self, call: ObservedCall) -> Callable[[str], str]:
        def clean(text: str) -> str:
            text = call.redact(text)
            return text if len(text) <= self._length else f"{text[: self._length]}... ({len(text)} characters)"

        return clean

    def _input(self, call: ObservedCall, clean: Callable[[str], str]) -> list[dict[str, Any]]:
        request = call.request or {}
        if "messages" in request:
            return [self._message(message, clean) for message in request["messages"] or ()]
        prompt = request.get("prompt")
        return [] if prompt is None else [{"role": "user", "parts": _parts(prompt, clean)}]

    def _message(self, message: Mapping[str, Any], clean: Callable[[str], str]) -> dict[str, Any]:
        role = str(message.get("role") or "user")
        if role == "tool":
            result = clean(_joined(message.get("content")))
            parts = [{"type": "tool_call_response", "id": message.get("tool_call_id"), "response": result}]
        else:
            parts = _parts(message.get("content"), clean)
        calls = message.get("tool_calls") or ()
        return {"role": role, "parts": [*parts, *(self._call(one, clean) for one in calls)]}

    def _call(self, call: Any, clean: Callable[[str], str]) -> Part:
        """A tool call, of a request's JSON or of a response."""
        function = _get(call, "function")
        text = str(_get(function, "arguments") or "")
        arguments: Any = clean(text)
        if len(text) <= self._length:
            with suppress(ValueError):  # a model may write what is not JSON
                arguments = orjson.loads(arguments)
        name = str(_get(function, "name") or "")
        return {"type": "tool_call", "id": _get(call, "id"), "name": name, "arguments": arguments}

    def _output(self, event: CallEnded, clean: Callable[[str], str]) -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = []
        listed = getattr(event.response, "choices", None) or getattr(event.response, "completions", None) or ()
        for index, one in enumerate(listed):
            said = getattr(one, "message", None)
            text = getattr(one, "completion", None) if said is None else getattr(said, "content", None)
            parts = _parts(text, clean)
            parts += [self._call(call, clean) for call in getattr(said, "tool_calls", None) or ()]
            message: dict[str, Any] = {"role": "assistant", "parts": parts}
            if self._finish_reasons:
                reason = event.outcome.finish_reasons[index]
                message["finish_reason"] = _FINISH_REASONS.get(reason, reason)
            messages.append(message)
        return messages


def _get(thing: Any, name: str) -> Any:
    return thing.get(name) if isinstance(thing, Mapping) else getattr(thing, name, None)


_FINISH_REASONS = {
    "tool_calls": "tool_call",
    "maximum_tokens": "length",
    "end_of_text": "stop",
    "stop_sequence_reached": "stop",
}


def _parts(content: Any, clean: Callable[[str], str]) -> list[Part]:
    if content is None or content == "":
        return []
    if isinstance(content, str):
        return [{"type": "text", "content": clean(content)}]
    return [_part(item, clean) for item in content]


def _part(item: Any, clean: Callable[[str], str]) -> Part:
    kind = str(item.get("type") or "unknown") if isinstance(item, Mapping) else "unknown"
    if kind == "text":
        return {"type": "text", "content": clean(str(item.get("data", item.get("text", ""))))}
    if kind == "token_ids":
        return {"type": "token_ids", "count": len(item.get("data") or ())}
    if kind == "image":
        return _image(str(item.get("data") or ""), None)
    if kind == "image_url":
        given = item.get("image_url")
        url = str(given.get("url", "") if isinstance(given, Mapping) else given or "")
        if not url.startswith("data:"):
            return {"type": "uri", "modality": "image", "mime_type": None, "uri": clean(_without_secrets(url))}
        head, _, data = url[5:].partition(",")
        return _image(data, head.partition(";")[0] or None)
    return {"type": kind}  # what it holds is not known, and so not recorded


_SIGNATURES = (
    ("iVBORw0KGgo", "image/png"),
    ("/9j/", "image/jpeg"),
    ("R0lGOD", "image/gif"),
    ("UklGR", "image/webp"),
    ("Qk", "image/bmp"),
)


def _image(data: str, mime_type: str | None) -> Part:
    """An image in base64 by its type and its size in bytes."""
    if mime_type is None:
        mime_type = next((kind for start, kind in _SIGNATURES if data.startswith(start)), None)
    size = len(data) * 3 // 4 - data[-2:].count("=")
    return {"type": "image", "modality": "image", "mime_type": mime_type, "size": max(size, 0)}


def _without_secrets(url: str) -> str:
    """A URL without what signs it: user and password, query and fragment."""
    try:
        parts = urlsplit(url)
        return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()
    except ValueError:
        return ""


def _joined(content: Any) -> str:
    if isinstance(content, str) or content is None:
        return content or ""
    texts: Iterable[Any] = (item.get("text", "") for item in content if isinstance(item, Mapping))
    return "".join(map(str, texts))


def _tools(call: ObservedCall, clean: Callable[[str], str]) -> list[dict[str, Any]]:
    """Type and name of each tool; the rest can be large, and the conventions advise against it."""
    tools = (call.request or {}).get("tools") or ()
    return [
        {"type": str(tool.get("type", "function")), "name": clean(str((tool.get("function") or tool).get("name", "")))}
        for tool in tools
    ]
