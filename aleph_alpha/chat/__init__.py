"""Chats: conversations that a model goes on with."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "calls": ["chat_call"],
        "messages": ["ChatMessage", "FunctionCall", "Message", "Role", "TextMessage", "ToolCall"],
        "request": ["ChatRequest", "StreamOptions", "ToolFunction"],
        "response": ["ChatChoice", "ChatResponse", "FinishReason", "TokenLogprob", "TopLogprob", "Usage"],
        "vendor_stream": ["ChatStreamChunk", "ToolCallState", "process_chat_stream", "stream_chat_item_from_json"],
    },
)
