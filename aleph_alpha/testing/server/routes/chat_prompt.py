"""Turns a conversation into a prompt that ends where the assistant's next turn begins."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from aleph_alpha.testing.server.model import images
from aleph_alpha.testing.server.problems import Rule, invalid

_DATA_URL = re.compile(r"data:[^,]*;base64,(.*)", re.DOTALL)
_NAMES = {"system": "System", "user": "User", "assistant": "Assistant", "tool": "Tool"}


def prompt_of(messages: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The items of the prompt."""
    items: list[dict[str, Any]] = []
    text = ""
    for index, message in enumerate(messages):
        text += f"{_NAMES[message['role']]}:"
        for kind, content in _parts(message, f"/messages/{index}/content"):
            if kind == "text":
                text += f" {content}"
                continue
            items.append({"type": "text", "data": text})
            items.append({"type": "image", "data": content})
            text = ""
        for call in message.get("tool_calls", ()):
            text += f" {call['function']['name']} {call['function']['arguments']}"
        text += "\n"
    items.append({"type": "text", "data": text + "Assistant:"})
    return items


def said_last(messages: Sequence[Mapping[str, Any]]) -> str:
    """The text of the last message."""
    return " ".join(content for kind, content in _parts(messages[-1], "/messages") if kind == "text")


def _parts(message: Mapping[str, Any], pointer: str) -> Iterator[tuple[str, str]]:
    """Kind and content of each part: a text, or an image in base64."""
    if isinstance(message["content"], str):
        yield "text", message["content"]
        return
    for index, part in enumerate(message["content"]):
        if part["type"] == "text":
            yield "text", part["text"]
            continue
        found = _DATA_URL.fullmatch(part["image_url"]["url"])
        if found is None:
            reason = "has to be a data: URL in base64; this server fetches nothing."
            raise invalid(f"{pointer}/{index}/image_url/url", reason, Rule.IMAGE_URL)
        images.decode(found.group(1), f"{pointer}/{index}/image_url/url")  # refuses with the right pointer
        yield "image", found.group(1)
