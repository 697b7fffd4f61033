"""Messages of LlamaIndex as the API takes them, and what the API says as responses of LlamaIndex."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from llama_index.core.base.llms.types import (
    ChatMessage,
    ChatResponse as IndexChatResponse,
    CompletionResponse as IndexCompletionResponse,
    ContentBlock,
    ImageBlock,
    LogProb,
    MessageRole,
    TextBlock,
    ThinkingBlock,
    ToolCallBlock,
)

from aleph_alpha import ChatResponse, CompletionResponse, ResponseError, TextDelta, ToolCall, ToolCallDelta

__all__ = ["Growing", "chat_response", "completion_response", "message_json", "tool_json"]

_ROLES = {
    MessageRole.SYSTEM: "system",
    MessageRole.DEVELOPER: "system",
    MessageRole.USER: "user",
    MessageRole.ASSISTANT: "assistant",
    MessageRole.CHATBOT: "assistant",
    MessageRole.MODEL: "assistant",
    MessageRole.TOOL: "tool",
    MessageRole.FUNCTION: "tool",
}


def message_json(message: ChatMessage) -> dict[str, Any]:
    """The message as the API takes it.

    Raises:
        ValueError: content that the API does not take.
    """
    role = _ROLES[message.role]
    calls = [block for block in message.blocks if isinstance(block, ToolCallBlock)]
    parts = [part for block in message.blocks if (part := _part(block)) is not None]
    text_only = role != "user" or len(parts) < 2
    content: Any = parts
    if text_only and all(part["type"] == "text" for part in parts):
        content = "".join(part["text"] for part in parts)
    said: dict[str, Any] = {"role": role, "content": content}
    if calls:
        said["tool_calls"] = [_call_json(call) for call in calls]
    if role == "tool":
        said["tool_call_id"] = str(message.additional_kwargs.get("tool_call_id") or "")
    return said


def _part(block: ContentBlock) -> dict[str, Any] | None:
    match block:
        case TextBlock():
            return {"type": "text", "text": block.text}
        case ImageBlock():
            return {"type": "image_url", "image_url": {"url": _image_url(block)}}
        case ToolCallBlock() | ThinkingBlock():
            return None
    raise ValueError(f"content must be texts and images, not {block.block_type!r}: the API takes nothing else")


def _image_url(block: ImageBlock) -> str:
    if block.url is not None and block.image is None:
        return str(block.url)
    if block.image_mimetype is None:  # what bytes do not say is guessed as most pictures are
        block = block.model_copy(update={"image_mimetype": "image/png"})
    return block.inline_url()


def _call_json(call: ToolCallBlock) -> dict[str, Any]:
    arguments = call.tool_kwargs
    text = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
    return {
        "id": call.tool_call_id or "",
        "type": "function",
        "function": {"name": call.tool_name, "arguments": text},
    }


def tool_json(tool: Any) -> dict[str, Any]:
    """A tool of LlamaIndex as the API takes it."""
    described: dict[str, Any] = tool.metadata.to_openai_tool(skip_length_check=True)
    return described


def _call_block(call: ToolCall) -> ToolCallBlock:
    try:
        arguments: Any = call.arguments
    except ResponseError:  # not JSON: the text as it is
        arguments = call.function.arguments
    return ToolCallBlock(tool_call_id=call.id, tool_name=call.name, tool_kwargs=arguments)


def _said(text: str, calls: Sequence[ToolCallBlock]) -> ChatMessage:
    """A message of the model. Calls are told twice, as parts of LlamaIndex look for them in either place."""
    blocks: list[ContentBlock] = [TextBlock(text=text)] if text or not calls else []
    also = {"tool_calls": [_call_json(call) for call in calls]} if calls else {}
    return ChatMessage(role=MessageRole.ASSISTANT, blocks=[*blocks, *calls], additional_kwargs=also)


def chat_response(response: ChatResponse, delta: str | None = None) -> IndexChatResponse:
    """The first choice of a response."""
    choice = response.choices[0]
    calls = [_call_block(call) for call in choice.message.tool_calls or ()]
    return IndexChatResponse(
        message=_said(choice.message.content, calls),
        raw=dict(response.to_json()),
        delta=delta,
        logprobs=None if choice.logprobs is None else list(map(_of_token, choice.logprobs)),
        additional_kwargs=_about(response),
    )


def _of_token(token: Any) -> list[LogProb]:
    """The likely ones in its place, where they were asked for, else itself."""
    return [
        LogProb(token=one.token, logprob=one.logprob, bytes=list(one.bytes)) for one in token.top_logprobs or [token]
    ]


def _about(response: ChatResponse) -> dict[str, Any]:
    reason = response.finish_reason
    used = {} if response.usage is None else dict(response.usage.to_json())
    return {**used, "finish_reason": None if reason is None else reason.value}


class Growing:
    """What a stream has said so far."""

    def __init__(self) -> None:
        self.text = ""
        self._calls: dict[int, tuple[str, str, str]] = {}  # id, name and arguments

    def add(self, event: object) -> IndexChatResponse | None:
        """The message with what an event adds to it; ``None`` where that is nothing."""
        match event:
            case TextDelta(index=0):
                self.text += event.text
                delta = event.text
            case ToolCallDelta(index=0):
                name, called, arguments = self._calls.get(event.call, ("", "", ""))
                self._calls[event.call] = (
                    event.id or name,
                    event.name or called,
                    arguments + event.arguments,
                )
                delta = ""
            case _:
                return None
        calls = [
            ToolCallBlock(tool_call_id=name, tool_name=called, tool_kwargs=arguments)
            for name, called, arguments in self._calls.values()
        ]
        return IndexChatResponse(message=_said(self.text, calls), delta=delta, raw=event)


def completion_response(response: CompletionResponse) -> IndexCompletionResponse:
    """The first completion of a response."""
    first = response.completions[0]
    maps = first.log_probs
    return IndexCompletionResponse(
        text=first.completion or "",
        raw=dict(response.to_json()),
        logprobs=None if maps is None else [_log_probs(one) for one in maps],
        additional_kwargs={
            "prompt_tokens": response.num_tokens_prompt_total,
            "completion_tokens": response.num_tokens_generated,
            "total_tokens": response.num_tokens_prompt_total + response.num_tokens_generated,
            "finish_reason": first.finish_reason,
        },
    )


def _log_probs(one: dict[str, float | None]) -> list[LogProb]:
    return [LogProb(token=token, logprob=value) for token, value in one.items() if value is not None]
