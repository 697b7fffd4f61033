"""What a handler gets and gives: a request that was checked, and a response."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from starlette.responses import Response

from aleph_alpha.testing.server import catalogue
from aleph_alpha.testing.server.catalogue import Capability, ToyModel
from aleph_alpha.testing.server.state import ServerState, TaskUsage


@dataclass(slots=True)
class ServerCall:
    """A request that follows the document, to a server."""

    operation: str
    server: ServerState
    body: Any = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    parts: Mapping[str, bytes] = field(default_factory=dict)
    usage: TaskUsage | None = None
    """Set by the handlers of tasks: what the request cost."""

    def model(self, capability: Capability, *, name: str | None = None) -> ToyModel:
        """The model that the request names, if it can do what is asked; the first that can, if it names none."""
        wanted = name if name is not None else self.body.get("model")
        model = catalogue.first_with(capability) if wanted is None else catalogue.find(wanted)
        model.require(capability)
        return model


@dataclass(frozen=True, slots=True)
class Events:
    """A response that is streamed: the payload of each `data:` line, JSON or a text."""

    payloads: AsyncIterator[Any]


ServerResponse: TypeAlias = Response | Events | Mapping[str, Any] | list[Any]
Handler: TypeAlias = Callable[[ServerCall], ServerResponse]


async def give_way() -> None:
    """Lets the other requests of the server have their turn; a stream does so after each piece."""
    await asyncio.sleep(0)
