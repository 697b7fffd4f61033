"""A chat while it is being answered: its choices and their tool calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aleph_alpha.testing.server.call import ServerCall
from aleph_alpha.testing.server.catalogue import ToyModel
from aleph_alpha.testing.server.model.context import Context
from aleph_alpha.testing.server.model.generation import MAXIMUM_TOKENS, Dictation, Generation, TokenInfo
from aleph_alpha.testing.server.model.language_model import LanguageModel
from aleph_alpha.testing.server.state import TaskUsage

__all__ = ["Choice", "Conversation", "ToolCall"]


@dataclass(slots=True)
class ToolCall:
    """A call that the response asks for; its arguments are the text of the telling."""

    id: str
    name: str
    telling: Dictation

    @property
    def arguments(self) -> str:
        """The arguments, as far as they have been told."""
        return self.telling.result.text.removeprefix(" ")


@dataclass(slots=True)
class Choice:
    """One of `n` answers under way: a telling of its content, or the calls that it asks for."""

    index: int
    telling: Generation | Dictation | None = None
    tool_calls: Sequence[ToolCall] = ()

    @property
    def tellings(self) -> Sequence[Generation | Dictation]:
        """All that is told, in this order."""
        return [call.telling for call in self.tool_calls] if self.telling is None else [self.telling]

    @property
    def token_count(self) -> int:
        """Tokens told so far."""
        return sum(telling.result.token_count for telling in self.tellings)

    @property
    def finish_reason(self) -> str:
        """Why it ended, in the words of chat."""
        if self.tellings[-1].result.finish_reason == MAXIMUM_TOKENS:
            return "length"
        return "tool_calls" if self.tool_calls else "stop"

    @property
    def text(self) -> str:
        """The text without the space that follows `Assistant:`; empty beside calls."""
        return "" if self.telling is None else self.telling.result.text.removeprefix(" ")


@dataclass(frozen=True, slots=True)
class Conversation:
    """A chat request, ready to be answered."""

    call: ServerCall
    toy: ToyModel
    context: Context
    choices: Sequence[Choice]
    id: str
    created: int

    @property
    def body(self) -> Mapping[str, Any]:
        """The request."""
        body: Mapping[str, Any] = self.call.body
        return body

    @property
    def lists_tool_calls(self) -> bool:
        """Whether a message has `tool_calls` though it calls nothing, as recorded with tools and response formats."""
        return bool(self.body.get("tools")) or "response_format" in self.body

    def envelope(self, kind: str, fingerprint: str | None) -> dict[str, Any]:
        """What a response and all chunks of a stream share; the caller fills `choices` and `usage` in."""
        return {
            "id": self.id,
            "choices": [],
            "created": self.created,
            "model": self.toy.name,
            "system_fingerprint": fingerprint,
            "object": kind,
            "usage": None,
        }

    def usage(self) -> dict[str, int]:
        """Token counts, once all is generated. The prompt is counted once."""
        generated = sum(choice.token_count for choice in self.choices)
        read = len(self.context.ids)
        self.call.usage = TaskUsage(self.toy.name, read, generated, self.context.image_count)
        return {"prompt_tokens": read, "completion_tokens": generated, "total_tokens": read + generated}

    def logprobs(self, tokens: Sequence[TokenInfo], *, first: bool) -> dict[str, Any] | None:
        """The log-probabilities of tokens, if asked for. The first one's leading space is not in the text."""
        if not self.body.get("logprobs", False):
            return None
        model = self.call.server.model
        return {"content": [_logprob(model, info, first and i == 0) for i, info in enumerate(tokens)]}


def _logprob(model: LanguageModel, info: TokenInfo, strip: bool) -> dict[str, Any]:
    def described(token: int, value: float | None) -> dict[str, Any]:
        content = model.bpe.token_bytes[token]
        content = content.removeprefix(b" ") if strip else content
        return {"token": content.decode("utf-8", "replace"), "logprob": value, "bytes": list(content)}

    top = [described(token, value) for token, value in info.top]
    return {**described(info.id, info.log_probability), "top_logprobs": top}
