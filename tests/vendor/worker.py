"""Runs in an environment with either package and tells what its classes make of given values.

One JSON request a line on stdin, one JSON response a line on stdout. Values that JSON cannot say are
written as ``{"$new": class, "args": {...}}``, ``{"$enum": [class, member]}`` and ``{"$int_keys": {...}}``.
Uses the standard library alone, so that it runs beside any version.
"""

from __future__ import annotations

import asyncio
import dataclasses
import enum
import importlib
import inspect
import json
import sys
from typing import Any


class Package:
    """One importable package and its classes, wherever they live in it."""

    def __init__(self, name: str, modules: list[str]) -> None:
        self.modules = [importlib.import_module(f"{name}.{module}") for module in modules]

    def find(self, name: str) -> Any:
        for module in self.modules:
            if hasattr(module, name):
                return getattr(module, name)
        raise LookupError(name)

    def build(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.build(part) for part in value]
        if not isinstance(value, dict):
            return value
        if "$new" in value:
            return self.find(value["$new"])(**{name: self.build(part) for name, part in value["args"].items()})
        if "$enum" in value:
            kind, member = value["$enum"]
            return self.find(kind)[member]
        if "$int_keys" in value:
            return {int(name): self.build(part) for name, part in value["$int_keys"].items()}
        return {name: self.build(part) for name, part in value.items()}

    def answer(self, request: dict[str, Any]) -> Any:
        """What is asked: ``to_json`` of a value, what ``from_json`` makes, items of a stream, or fields of a class."""
        if request["ask"] == "to_json":
            return plain(self.build(request["value"]).to_json())
        if request["ask"] == "from_json":
            return plain(self.find(request["class"]).from_json(request["body"]))
        if request["ask"] == "stream":
            return asyncio.run(self.stream(request["chunks"]))
        if request["ask"] == "fields":
            return [*inspect.signature(self.find(request["class"])).parameters]
        raise ValueError(request["ask"])

    async def stream(self, chunks: list[Any]) -> Any:
        """The items of a streamed chat."""

        async def given() -> Any:
            for chunk in chunks:
                yield chunk

        return plain([item async for item in self.find("process_chat_stream")(given())])


def plain(value: Any) -> Any:
    """Anything as JSON: objects by class name and fields, tuples as lists, keys as text."""
    if isinstance(value, enum.Enum):
        return value.value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return {"class": type(value).__name__, **fields}
    if isinstance(value, dict):
        return {" / ".join(name) if isinstance(name, tuple) else str(name): plain(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    return {"class": type(value).__name__, **plain(vars(value))}


def main(name: str, modules: list[str]) -> None:
    package = Package(name, modules)
    for line in sys.stdin:
        try:
            answer = {"answer": package.answer(json.loads(line))}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
