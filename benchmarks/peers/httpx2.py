"""httpx2, with the code that is written for httpx: their classes have the same names."""

from __future__ import annotations

from benchmarks.peers import httpx
from benchmarks.peers.httpx import (
    batch_lists,
    built,
    chat_stream,
    concurrent,
    first_call,
    image_prompt,
    imported,
    sequential,
    threads,
)

__all__ = [
    "batch_lists",
    "built",
    "chat_stream",
    "concurrent",
    "first_call",
    "image_prompt",
    "imported",
    "sequential",
    "threads",
]

httpx.LIBRARY = "httpx2"
