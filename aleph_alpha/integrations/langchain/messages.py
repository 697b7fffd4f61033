"""Messages of LangChain as the API takes them, and what the API says as messages of LangChain."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    BaseMessage,
    ChatMessage,
    FunctionMessage,
    HumanMessage,
    InvalidToolCall,
    SystemMessage,
    ToolCall,
    ToolMessage,
)
from langchain_core.messages.ai import UsageMetadata
from langchain_core.messages.tool import invalid_tool_call, tool_call, tool_call_chunk
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult

from aleph_alpha import (
    ChatChoice,
    ChatResponse,
    ResponseError,
    TextDelta,
    ToolCall as ApiToolCall,
    ToolCallDelta,
    Usage,
)

__all__ = ["chat_result", "chunk_of", "last_chunk", "message_json"]


def message_json(message: BaseMessage) -> dict[str, Any]:
    """The message as the API takes it.

    Raises:
        ValueError: a kind of message, or of content, that the API does not take.
    """
    match message:
        case HumanMessage():
            return {"role": "user", "content": _content(message)}
        case SystemMessage():
            return {"role": "system", "content": _content(message)}
        case AIMessage():
            said = {"role": "assistant", "content": message.text}
            calls = [*map(_call_json, message.tool_calls), *map(_call_json, message.invalid_tool_calls)]
            return {**said, "tool_calls": calls} if calls else said
        case ToolMessage():
            return {"role": "tool", "content": _content(message), "tool_call_id": message.tool_call_id}
        case ChatMessage():
            return {"role": message.role, "content": _content(message)}
        case FunctionMessage():
            return {"role": "tool", "content": _content(message), "tool_call_id": message.name}
    raise ValueError(f"a message must be one of LangChain's usual kinds, not {type(message).__name__}")


def _call_json(call: ToolCall | InvalidToolCall) -> dict[str, Any]:
    arguments = call["args"]
    text = (arguments or "") if isinstance(arguments, str | None) else json.dumps(arguments, ensure_ascii=False)
    function = {"name": call["name"] or "", "arguments": text}
    return {"id": call["id"] or "", "type": "function", "function": function}


def _content(message: BaseMessage) -> str | list[dict[str, Any]]:
    if isinstance(message.content, str):
        return message.content
    parts = list(_parts(message))
    if all(part["type"] == "text" for part in parts) and len(parts) <= 1:
        return "".join(part["text"] for part in parts)
    return parts


def _parts(message: BaseMessage) -> Iterator[dict[str, Any]]:
    for block in message.content:
        if isinstance(block, str):
            yield {"type": "text", "text": block}
            continue
        match block.get("type"):
            case "text":
                yield {"type": "text", "text": block["text"]}
            case "image_url" | "image":
                yield {"type": "image_url", "image_url": {"url": _image_url(block)}}
            case _ if isinstance(message, ToolMessage):  # whatever a tool gave back
                yield {"type": "text", "text": json.dumps(block, ensure_ascii=False, default=str)}
            case kind:
                raise ValueError(f"content must be texts and images, not {kind!r}: the API takes nothing else")


def _image_url(block: Mapping[str, Any]) -> str:
    """The URL of an image, as LangChain's versions, OpenAI and Anthropic write it."""
    if block["type"] == "image_url":
        url = block["image_url"]
        return str(url["url"] if isinstance(url, Mapping) else url)
    source = block.get("source")
    if isinstance(source, Mapping):
        block = {**source, "mime_type": source.get("media_type")}
    if block.get("url"):
        return str(block["url"])
    data = block.get("base64") or block.get("data")
    if not isinstance(data, str):
        raise ValueError("an image must have its data in base64, or a URL; ids of files are not known to the API")
    return f"data:{block.get('mime_type') or 'image/png'};base64,{data}"


def chat_result(response: ChatResponse, model: str) -> ChatResult:
    """All choices of a response; `model` is the name that was asked for."""
    used = None if response.usage is None else dict(response.usage.to_json())
    return ChatResult(
        generations=[_generation(choice, response, model) for choice in response.choices],
        llm_output={"token_usage": used, "model_name": response.model or model},
    )


def _generation(choice: ChatChoice, response: ChatResponse, model: str) -> ChatGeneration:
    calls: list[ToolCall] = []
    invalid: list[InvalidToolCall] = []
    for call in choice.message.tool_calls or ():
        read = _tool_call(call)
        if isinstance(read, str):
            wrong = call.function
            invalid.append(invalid_tool_call(name=wrong.name, args=wrong.arguments, id=call.id, error=read))
        else:
            calls.append(read)
    metadata = _metadata(choice, response, model)
    if choice.logprobs is not None:
        metadata["logprobs"] = {"content": [asdict(one) for one in choice.logprobs]}
    message = AIMessage(
        content=choice.message.content,
        tool_calls=calls,
        invalid_tool_calls=invalid,
        usage_metadata=_usage(response.usage),
        response_metadata=metadata,
    )
    return ChatGeneration(message=message, generation_info={"finish_reason": metadata["finish_reason"]})


def _tool_call(call: ApiToolCall) -> ToolCall | str:
    """The call, or why its arguments cannot be read."""
    try:
        return tool_call(name=call.name, args=call.arguments, id=call.id)
    except ResponseError as error:
        return str(error)


def _usage(usage: Usage | None) -> UsageMetadata | None:
    if usage is None:
        return None
    return UsageMetadata(
        input_tokens=usage.prompt_tokens, output_tokens=usage.completion_tokens, total_tokens=usage.total_tokens
    )


def _metadata(choice: ChatChoice, response: ChatResponse, model: str) -> dict[str, Any]:
    metadata: dict[str, Any] = {
        "model_name": response.model or model,
        "model_provider": "aleph_alpha",
        "finish_reason": None if choice.finish_reason is None else choice.finish_reason.value,
    }
    others = {"id": response.id, "system_fingerprint": response.system_fingerprint, "created": response.created}
    return metadata | {name: value for name, value in others.items() if value is not None}


def chunk_of(event: object) -> ChatGenerationChunk | None:
    """What an event of a stream adds to the message; the last chunk has the rest."""
    match event:
        case TextDelta(index=0):
            metadata = {}
            if event.logprobs:
                metadata = {"logprobs": {"content": [asdict(one) for one in event.logprobs]}}
            message = AIMessageChunk(content=event.text, response_metadata=metadata)
            return ChatGenerationChunk(message=message, generation_info=metadata or None)
        case ToolCallDelta(index=0):
            piece = tool_call_chunk(name=event.name, args=event.arguments, id=event.id, index=event.call)
            return ChatGenerationChunk(message=AIMessageChunk(content="", tool_call_chunks=[piece]))
    return None


def last_chunk(response: ChatResponse, model: str) -> ChatGenerationChunk:
    """What is known when a stream has ended."""
    metadata = _metadata(response.choices[0], response, model)
    message = AIMessageChunk(
        content="",
        usage_metadata=_usage(response.usage),
        response_metadata=metadata,
        chunk_position="last",
    )
    return ChatGenerationChunk(message=message, generation_info={"finish_reason": metadata["finish_reason"]})
