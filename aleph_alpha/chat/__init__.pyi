# Made from __init__.py by scripts/faces.py: change it there, then run `make fix`.
from .calls import chat_call as chat_call
from .messages import (
    ChatMessage as ChatMessage,
    FunctionCall as FunctionCall,
    Message as Message,
    Role as Role,
    TextMessage as TextMessage,
    ToolCall as ToolCall,
)
from .request import ChatRequest as ChatRequest, StreamOptions as StreamOptions, ToolFunction as ToolFunction
from .response import (
    ChatChoice as ChatChoice,
    ChatResponse as ChatResponse,
    FinishReason as FinishReason,
    TokenLogprob as TokenLogprob,
    TopLogprob as TopLogprob,
    Usage as Usage,
)
from .vendor_stream import (
    ChatStreamChunk as ChatStreamChunk,
    ToolCallState as ToolCallState,
    process_chat_stream as process_chat_stream,
    stream_chat_item_from_json as stream_chat_item_from_json,
)

__all__ = [
    "ChatChoice",
    "ChatMessage",
    "ChatRequest",
    "ChatResponse",
    "ChatStreamChunk",
    "FinishReason",
    "FunctionCall",
    "Message",
    "Role",
    "StreamOptions",
    "TextMessage",
    "TokenLogprob",
    "ToolCall",
    "ToolCallState",
    "ToolFunction",
    "TopLogprob",
    "Usage",
    "chat_call",
    "process_chat_stream",
    "stream_chat_item_from_json",
]
