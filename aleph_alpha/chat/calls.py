"""The calls of a chat: plain and streamed."""

from __future__ import annotations

from dataclasses import replace

from aleph_alpha._call.call import Call, Defaults, call, nice
from aleph_alpha._call.events import EVENT_STREAM
from aleph_alpha._call.reading import decoder
from aleph_alpha.chat.chunks import OPERATION
from aleph_alpha.chat.request import ChatRequest, checked_model
from aleph_alpha.chat.response import ChatResponse, response

__all__ = ["chat_call", "chat_stream_call"]


def chat_call(request: ChatRequest, model: str | None, defaults: Defaults) -> Call[ChatResponse]:
    """The call that goes on with a conversation.

    Raises:
        InvalidRequestError: a field that cannot be sent, by its name.

    >>> from aleph_alpha.chat import Message
    >>> chat_call(ChatRequest("llama", [Message("user", "Hi")], temperature="high"), None, Defaults())
    Traceback (most recent call last):
    aleph_alpha.errors.InvalidRequestError: ChatRequest.temperature must be a number or None, not str 'high'
    """
    from aleph_alpha_api.api.tasks import chat_completions

    parts = chat_completions.build_request(body=checked_model(request, model, defaults, "chat"), nice=nice(defaults))
    parse = decoder("chatCompletions", chat_completions.parse_response, response)
    wanted = request.response_format
    if wanted is None:
        return call("chatCompletions", parts, parse)
    return call("chatCompletions", parts, lambda body: replace(parse(body), response_format=wanted))


def chat_stream_call(request: ChatRequest, model: str | None, defaults: Defaults) -> Call[None]:
    """The call that goes on with a conversation and streams the response.

    Raises:
        InvalidRequestError: a field that cannot be sent, by its name.
    """
    from aleph_alpha_api.api.tasks import chat_completions

    body = checked_model(request, model, defaults, "stream_chat")
    body.stream = True
    parts = chat_completions.build_request(body=body, nice=nice(defaults))
    return call(OPERATION, parts, lambda body: None, EVENT_STREAM)
