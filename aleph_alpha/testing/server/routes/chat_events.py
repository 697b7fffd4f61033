"""The event stream of a chat: role, pieces, last piece with the finish reason, usage if asked for, `[DONE]`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from aleph_alpha.testing.server.call import give_way
from aleph_alpha.testing.server.catalogue import MODEL_VERSION

if TYPE_CHECKING:
    from aleph_alpha.testing.server.model.generation import Piece
    from aleph_alpha.testing.server.routes.conversation import Choice, Conversation


async def stream(conversation: Conversation) -> AsyncIterator[Any]:
    """The payloads of the stream; choices take turns."""
    running = {choice.index: _deltas(conversation, choice) for choice in conversation.choices}
    while running:
        for index in list(running):
            entry = next(running[index], None)
            if entry is None:
                del running[index]
                continue
            last = entry["finish_reason"] is not None
            chunk = conversation.envelope("chat.completion.chunk", MODEL_VERSION if last else None)
            yield {**chunk, "choices": [entry]}
        await give_way()
    usage = conversation.usage()
    if conversation.body.get("stream_options", {}).get("include_usage", False):
        yield {**conversation.envelope("chat.completion.chunk", MODEL_VERSION), "usage": usage}
    yield "[DONE]"


def _deltas(conversation: Conversation, choice: Choice) -> Iterator[dict[str, Any]]:
    def entry(delta: dict[str, Any], logprobs: Any = None, finish_reason: str | None = None) -> dict[str, Any]:
        return {"finish_reason": finish_reason, "index": choice.index, "delta": delta, "logprobs": logprobs}

    yield entry({"role": "assistant", "content": ""})
    if choice.telling is not None:
        first = True
        for text, piece in _begun(choice.telling):
            yield entry({"content": text}, conversation.logprobs(piece.tokens, first=first))
            first = False
    for place, call in enumerate(choice.tool_calls):
        function = {"name": call.name, "arguments": ""}
        yield entry({"tool_calls": [{"index": place, "id": call.id, "type": "function", "function": function}]})
        for text, _ in _begun(call.telling):
            yield entry({"tool_calls": [{"index": place, "function": {"arguments": text}}]})
    yield entry({}, finish_reason=choice.finish_reason)


def _begun(telling: Iterable[Piece]) -> Iterator[tuple[str, Piece]]:
    """The texts of the pieces, without the space that follows `Assistant:`."""
    begun = False
    for piece in telling:
        yield piece.text if begun else piece.text.removeprefix(" "), piece
        begun = begun or bool(piece.text)
