"""The model: chats, completions and tools."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any, ClassVar

from llama_index.core.base.llms.types import (
    ChatMessage,
    ChatResponse,
    ChatResponseAsyncGen,
    ChatResponseGen,
    CompletionResponse,
    CompletionResponseAsyncGen,
    CompletionResponseGen,
    LLMMetadata,
    ToolCallBlock,
)
from llama_index.core.llms.callbacks import llm_chat_callback, llm_completion_callback
from llama_index.core.llms.function_calling import FunctionCallingLLM
from llama_index.core.llms.llm import ToolSelection
from llama_index.core.llms.utils import parse_partial_json
from pydantic import Field, PrivateAttr, SecretStr, model_validator

from aleph_alpha import (
    AlephAlphaError,
    ChatRequest,
    CompletionRequest,
    ModelSettings,
    Prompt,
    StreamChunk,
    StreamOptions,
)
from aleph_alpha.integrations.connection import STRICT, Connection
from aleph_alpha.integrations.llama_index.messages import (
    Growing,
    chat_response,
    completion_response,
    message_json,
    tool_json,
)

if TYPE_CHECKING:
    from llama_index.core.tools.types import BaseTool

__all__ = ["AlephAlpha"]

_OF_CHATS = {field.name for field in fields(ChatRequest)} - {"model", "messages", "stream_options"}
_OF_COMPLETIONS = {field.name for field in fields(CompletionRequest)} - {"prompt"}
_BOTH = {"stop": "stop_sequences", "max_tokens": "maximum_tokens"}
"""Name of a field for chats -> the same one for completions."""


class AlephAlpha(Connection, FunctionCallingLLM):
    """A model of the API: chats, with tools, and completions, whole and as streams.

    Besides what is listed here it takes the settings of :class:`Connection` (`model`, `token`, `host`,
    ...) and those of every model of LlamaIndex.

    Parameters:
        temperature: 0.0 takes the likeliest token each time.
        max_tokens: most tokens to generate, 1 or more. Also ``maximum_tokens``.
        stop: texts that end what is said. Also ``stop_sequences``.
        verify_ssl: whether certificates are checked.
        context_window: tokens of the model's context, and
        is_chat_model: whether it can chat: what the API says of the model unless given.
        additional_kwargs: further fields of ``ChatRequest`` and ``CompletionRequest``. They may be passed
            by themselves, too; each is sent where there is such a field.

    >>> from llama_index.core.llms import ChatMessage
    >>> llm = AlephAlpha(model="toy-chat", max_tokens=8)
    >>> llm.chat([ChatMessage("Hello!")]).additional_kwargs["completion_tokens"]
    8
    """

    model_config = STRICT

    if TYPE_CHECKING:  # other names are taken, too, and tokens as text

        def __init__(self, *, token: str | SecretStr | None = None, **settings: Any) -> None: ...

    temperature: float | None = 0.0
    max_tokens: int = Field(default=256, ge=1)
    stop: list[str] = Field(default_factory=list)
    verify_ssl: bool = True
    context_window: int | None = Field(default=None, ge=1)
    is_chat_model: bool | None = None
    additional_kwargs: dict[str, Any] = Field(default_factory=dict)

    _told: ModelSettings | None = PrivateAttr(default=None)
    _asked: bool = PrivateAttr(default=False)

    other_names: ClassVar[Mapping[str, str]] = {
        **Connection.other_names,
        "maximum_tokens": "max_tokens",
        "stop_sequences": "stop",
    }

    @model_validator(mode="before")
    @classmethod
    def _further_fields(cls, given: Any) -> Any:
        if not isinstance(given, Mapping):
            return given
        names = (_OF_CHATS | _OF_COMPLETIONS) - cls.model_fields.keys() - cls.other_names.keys()
        further = {name: value for name, value in given.items() if name in names}
        others = {name: value for name, value in given.items() if name not in names}
        if further:
            others["additional_kwargs"] = {**(given.get("additional_kwargs") or {}), **further}
        return others

    @classmethod
    def class_name(cls) -> str:
        """Name of the class in what LlamaIndex writes down."""
        return "AlephAlpha"

    @property
    def metadata(self) -> LLMMetadata:
        """What LlamaIndex plans by. The API is asked once, at the first time, unless all is given."""
        if not self._asked and None in (self.context_window, self.is_chat_model):
            self._asked = True
            try:
                found = self.sync_client().with_options(total_retries=0, request_timeout_seconds=15).model_settings()
                self._told = next((one for one in found if one.name == self.model), None)
            except AlephAlphaError:  # one that cannot be asked may still be able to answer
                self._told = None
        told = self._told
        chats = self.is_chat_model if self.is_chat_model is not None else told is None or bool(told.chat)
        size = self.context_window or (told.max_context_size if told is not None else None)
        sized: dict[str, Any] = {} if size is None else {"context_window": size}
        return LLMMetadata(
            num_output=self.max_tokens,
            is_chat_model=chats,
            is_function_calling_model=chats,
            model_name=self.model,
            **sized,
        )

    def _options(self) -> dict[str, Any]:
        return {"verify_ssl": self.verify_ssl, **super()._options()}

    @llm_chat_callback()
    def chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        """What the model says to a conversation; `kwargs` are further fields of the request."""
        return chat_response(self.sync_client().chat(self._chat_request(messages, kwargs)))

    @llm_chat_callback()
    async def achat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        """What the model says to a conversation; `kwargs` are further fields of the request."""
        return chat_response(await self.asyncio_client().chat(self._chat_request(messages, kwargs)))

    @llm_chat_callback()
    def stream_chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponseGen:
        """What the model says, while it comes; the last response has usage and finish reason."""
        request = self._chat_request(messages, kwargs, streams=True)

        def responses() -> ChatResponseGen:
            grown = Growing()
            with self.sync_client().stream_chat(request) as stream:
                for event in stream:
                    response = grown.add(event)
                    if response is not None:
                        yield response
                yield chat_response(stream.final(), delta="")

        return responses()

    @llm_chat_callback()
    async def astream_chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponseAsyncGen:
        """What the model says, while it comes; the last response has usage and finish reason."""
        request = self._chat_request(messages, kwargs, streams=True)

        async def responses() -> ChatResponseAsyncGen:
            grown = Growing()
            async with self.asyncio_client().stream_chat(request) as stream:
                async for event in stream:
                    response = grown.add(event)
                    if response is not None:
                        yield response
                yield chat_response(await stream.final(), delta="")

        return responses()

    @llm_completion_callback()
    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        """How the model continues a text; `kwargs` are further fields of the request."""
        return completion_response(self.sync_client().complete(self._completion_request(prompt, kwargs), self.model))

    @llm_completion_callback()
    async def acomplete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        """How the model continues a text; `kwargs` are further fields of the request."""
        request = self._completion_request(prompt, kwargs)
        return completion_response(await self.asyncio_client().complete(request, self.model))

    @llm_completion_callback()
    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponseGen:
        """How the model continues a text, while it comes."""
        request = self._completion_request(prompt, kwargs)

        def responses() -> CompletionResponseGen:
            text = ""
            with self.sync_client().stream_complete(request, self.model) as stream:
                for event in stream:
                    if isinstance(event, StreamChunk) and event.index == 0:
                        text += event.completion
                        yield CompletionResponse(text=text, delta=event.completion, raw=event)

        return responses()

    @llm_completion_callback()
    async def astream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponseAsyncGen:
        """How the model continues a text, while it comes."""
        request = self._completion_request(prompt, kwargs)

        async def responses() -> CompletionResponseAsyncGen:
            text = ""
            async with self.asyncio_client().stream_complete(request, self.model) as stream:
                async for event in stream:
                    if isinstance(event, StreamChunk) and event.index == 0:
                        text += event.completion
                        yield CompletionResponse(text=text, delta=event.completion, raw=event)

        return responses()

    def _chat_request(
        self, messages: Sequence[ChatMessage], given: Mapping[str, Any], *, streams: bool = False
    ) -> ChatRequest:
        names = {other: name for name, other in _BOTH.items()}
        sent = self._fields(given, _OF_CHATS | {"max_tokens"}, names, "chats")
        sent["stop"] = sent.get("stop") or None
        if streams:
            sent["stream_options"] = StreamOptions(include_usage=True)
        return ChatRequest(self.model, [message_json(message) for message in messages], **sent)

    def _completion_request(self, prompt: str, given: Mapping[str, Any]) -> CompletionRequest:
        sent = self._fields(given, _OF_COMPLETIONS, _BOTH, "completions")
        sent["stop_sequences"] = sent.get("stop_sequences") or None
        return CompletionRequest(Prompt.from_text(prompt), **sent)

    def _fields(
        self, given: Mapping[str, Any], known: set[str], names: Mapping[str, str], about: str
    ) -> dict[str, Any]:
        """What the model was built with, as far as there are such fields; what is given to a call goes before it."""
        own = {"temperature": self.temperature, "max_tokens": self.max_tokens, "stop": self.stop}
        built = {names.get(name, name): value for name, value in {**own, **self.additional_kwargs}.items()}
        called = {names.get(name, name): value for name, value in given.items()}
        unknown = sorted(called.keys() - known)
        if unknown:
            raise TypeError(f"the API has no field {unknown[0]!r} for {about}")
        return {**{name: value for name, value in built.items() if name in known}, **called}

    def _prepare_chat_with_tools(
        self,
        tools: Sequence[BaseTool],
        user_msg: str | ChatMessage | None = None,
        chat_history: list[ChatMessage] | None = None,
        verbose: bool = False,
        allow_parallel_tool_calls: bool = False,
        tool_required: bool = False,
        tool_choice: Any = None,
        **kwargs: Any,
    ) -> dict[str, Any]:
        messages = list(chat_history or [])
        if user_msg is not None:
            messages.append(ChatMessage(user_msg) if isinstance(user_msg, str) else user_msg)
        described = [tool_json(tool) for tool in tools]
        choice = tool_choice or ("required" if tool_required else "auto")
        if choice == "any":
            choice = "required"
        if isinstance(choice, str) and choice in [tool["function"]["name"] for tool in described]:
            choice = {"type": "function", "function": {"name": choice}}
        with_tools = {"tools": described, "tool_choice": choice} if described else {}
        return {"messages": messages, **with_tools, **kwargs}

    def _validate_chat_with_tools_response(
        self,
        response: ChatResponse,
        tools: Sequence[BaseTool],
        allow_parallel_tool_calls: bool = False,
        **kwargs: Any,
    ) -> ChatResponse:
        """The response, with its first call alone where no more are wanted: the API has no such field."""
        if not allow_parallel_tool_calls:
            calls = [block for block in response.message.blocks if isinstance(block, ToolCallBlock)]
            response.message.blocks = [block for block in response.message.blocks if block not in calls[1:]]
            if calls[1:]:
                response.message.additional_kwargs["tool_calls"] = response.message.additional_kwargs["tool_calls"][:1]
        return response

    def get_tool_calls_from_response(
        self, response: ChatResponse, error_on_no_tool_call: bool = True, **kwargs: Any
    ) -> list[ToolSelection]:
        """The calls that a response asks for; of one that is still coming, the arguments that are there.

        Raises:
            ValueError: there are none, and `error_on_no_tool_call`.
        """
        calls = [block for block in response.message.blocks if isinstance(block, ToolCallBlock)]
        if not calls and error_on_no_tool_call:
            raise ValueError(f"the model asked for no tool: {response.message.content!r}")
        return [
            ToolSelection(
                tool_id=call.tool_call_id or "", tool_name=call.tool_name, tool_kwargs=_arguments(call.tool_kwargs)
            )
            for call in calls
        ]


def _arguments(arguments: dict[str, Any] | str) -> dict[str, Any]:
    if not isinstance(arguments, str):
        return arguments
    try:
        read = parse_partial_json(arguments) if arguments.strip() else {}
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}
