"""The methods of the client for chats."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from aleph_alpha._async.methods import Methods, many
from aleph_alpha._async.streams import AsyncStream, Events
from aleph_alpha._runtime.aio import CAN_WAIT, Items, in_background, resolve

if TYPE_CHECKING:
    from aleph_alpha.chat.events import ChatEvent
    from aleph_alpha.chat.messages import Message, ToolCall
    from aleph_alpha.chat.request import ChatRequest
    from aleph_alpha.chat.response import ChatResponse
    from aleph_alpha.chat.tool_loop import ToolLoop, ToolRun
    from aleph_alpha.chat.tools import ToolLike
    from aleph_alpha.chat.vendor_stream import ChatItem

    ChatStream: TypeAlias = AsyncStream[ChatEvent, ChatResponse]

__all__ = ["ChatMethods"]


class ChatMethods(Methods):
    """Chats: whole, as a stream, with tools, and many at once."""

    async def chat(self, request: ChatRequest, model: str | None = None) -> ChatResponse:
        """Let a model go on with a conversation.

        Args:
            request: the conversation and how to go on with it.
            model: name of the model; that of the request unless given.

        Raises:
            InvalidRequestError: a field that cannot be sent; nothing was sent.
            APIStatusError: the API refused (``MISSING_CAPABILITY`` for a model that cannot chat, ...).
            APIConnectionError: no whole response arrived, ``APITimeoutError`` if not in time.
            ResponseError: a response that is not what the contract says.

        >>> from aleph_alpha import ChatRequest, Message
        >>> request = ChatRequest("toy-chat", [Message("user", "Hello!")], max_tokens=8)
        >>> response = await client.chat(request)
        >>> response.message.role, response.finish_reason, response.usage.completion_tokens
        (<Role.Assistant: 'assistant'>, <FinishReason.Length: 'length'>, 8)
        """
        from aleph_alpha.chat.calls import chat_call
        from aleph_alpha.chat.request import takes_long

        if takes_long(request):
            return await self._send(await in_background(chat_call, request, model, self._defaults))
        return await self._send(chat_call(request, model, self._defaults))

    chat_many, iter_chat_many = many(chat)("""Let a model go on with many conversations.

        >>> from aleph_alpha import ChatRequest, Message
        >>> requests = [ChatRequest("toy-chat", [Message("user", text)], max_tokens=4) for text in ("Hello!", "Bye!")]
        >>> [response.finish_reason for response in await client.chat_many(requests)]
        [<FinishReason.Length: 'length'>, <FinishReason.Length: 'length'>]
        """)

    def stream_chat(self, request: ChatRequest, model: str | None = None) -> ChatStream:
        """Let a model go on with a conversation, and get its response while it comes.

        The stream is a context manager and an iterator of events: ``TextDelta``, ``ToolCallDelta``,
        ``ToolCallEnd``, ``ChoiceEnd`` and ``Usage`` (of :mod:`aleph_alpha.streaming`), each with
        the ``index`` of its response; ``.text()`` gives the text alone, ``.final()`` the whole response.

        The request's time limit counts until the first event, and from event to event. A stream
        is tried again until it has begun, and never after.

        Args:
            request: the conversation and how to go on with it. For the tokens that it took, ask
                with ``stream_options=StreamOptions(include_usage=True)``.
            model: name of the model; that of the request unless given.

        Raises:
            As :meth:`chat` when the stream is entered; ``StreamError`` while events come.

        >>> from aleph_alpha import ChatRequest, Message
        >>> request = ChatRequest("toy-chat", [Message("user", "Hello!")], max_tokens=8)
        >>> async with client.stream_chat(request) as stream:
        ...     async for piece in stream.text():
        ...         assert piece
        ...     response = await stream.final()
        >>> response.finish_reason
        <FinishReason.Length: 'length'>
        """
        from aleph_alpha.chat.stream import ChatStreamReader

        reader = ChatStreamReader(getattr(request, "response_format", None))
        return AsyncStream(self._sender, self._settings, self._chat_stream_call(request, model), reader)

    async def chat_with_streaming(self, request: ChatRequest, model: str | None = None) -> Items[ChatItem]:
        """Let a model go on with a conversation, and iterate over its response while it comes.

        Texts come as ``ChatStreamChunk``, tool calls as whole ``ToolCall`` before the
        ``FinishReason``, and ``Usage`` where it was asked for. Of several responses (``n``) only
        chunks say to which they belong: :meth:`stream_chat` tells more.

        Raises:
            As :meth:`stream_chat`.

        >>> from aleph_alpha import ChatRequest, Message
        >>> request = ChatRequest("toy-chat", [Message("user", "Hello!")], max_tokens=8)
        >>> items = [item async for item in client.chat_with_streaming(request)]
        >>> items[-1]
        <FinishReason.Length: 'length'>
        """
        from aleph_alpha.chat.vendor_stream import ChatItemsReader

        describe = self._chat_stream_call(request, model)
        async with Events(self._sender, self._settings, describe, ChatItemsReader()) as stream:
            async for item in stream:
                yield item

    def _chat_stream_call(self, request: ChatRequest, model: str | None) -> Callable[[], Any]:
        async def describe() -> Any:
            from aleph_alpha.chat.calls import chat_stream_call
            from aleph_alpha.chat.request import takes_long

            if takes_long(request):
                return await in_background(chat_stream_call, request, model, self._defaults)
            return chat_stream_call(request, model, self._defaults)

        return describe

    async def chat_with_tools(
        self,
        request: ChatRequest,
        model: str | None = None,
        *,
        tools: Sequence[ToolLike] | None = None,
        max_rounds: int = 8,
    ) -> ToolRun:
        """Chat, run the functions that the model asks for, tell it what came of them, and go on.

        Only functions that were passed are ever called: those of `tools`, or of the request's own.
        What a function raises, a name that there is none for and arguments that do not fit are
        told to the model, which may try again. A call of a tool that is only described (a dict, a
        pydantic model) ends the run without any call of that round being made: they are in
        ``.response.tool_calls``.

        Calls are made one after the other. The asyncio client awaits async functions and runs all
        others in a thread, with the context variables of the caller, so that its event loop goes on;
        a thread that is still at it when the run is cancelled ends by itself, and unheard. The other
        client runs functions in the thread of the caller, and refuses async ones before the first call.

        Args:
            request: the conversation.
            model: name of the model; that of the request unless given.
            tools: functions that may be called, as in ``ChatRequest.tools``, in place of its own.
            max_rounds: how often the model may be asked, 1 or more.

        Returns:
            The last response, and the whole conversation to go on with.

        Raises:
            ToolLoopError: the model still asks for calls after the last round.
            And as :meth:`chat`. Whatever ends the run, be it a lost connection, a deadline, a
            cancellation or a ``KeyboardInterrupt``, carries the conversation so far as ``.run``.

        >>> from aleph_alpha import ChatRequest, Message
        >>> def get_weather(location: str) -> str:
        ...     '''The weather in a place.'''
        ...     return f"It rains in {location}."
        >>> request = ChatRequest("toy-chat", [Message("user", "What is the weather in Paris?")])
        >>> run = await client.chat_with_tools(request, tools=[get_weather])
        >>> [message.role for message in run.messages][-2:]
        [<Role.Tool: 'tool'>, <Role.Assistant: 'assistant'>]
        """
        from aleph_alpha.chat.tool_loop import ToolLoop

        loop = ToolLoop(request, max_rounds)
        try:
            loop.begin(tools, can_wait=CAN_WAIT)
            while calls := loop.answered(await self.chat(loop.request, model)):
                for call in calls:
                    loop.add(await _result(loop, call))
        except BaseException as error:
            object.__setattr__(error, "run", loop.run)  # whatever class it is, and however that sets attributes
            raise
        return loop.run


async def _result(loop: ToolLoop, call: ToolCall) -> Message:
    made = loop.make(call) if loop.is_async(call) else await in_background(loop.make, call)
    if not inspect.isawaitable(made):
        return made
    try:
        return loop.told(call, await resolve(made))
    except Exception as error:
        return loop.failed(call, error)
