"""The chat model."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any, ClassVar

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import LangSmithParams, LanguageModelInput
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable, RunnableConfig
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import Field, SecretStr, model_validator

from aleph_alpha import ChatRequest, StreamOptions
from aleph_alpha.integrations.connection import STRICT, Connection
from aleph_alpha.integrations.langchain.batches import at_once
from aleph_alpha.integrations.langchain.messages import chat_result, chunk_of, last_chunk, message_json
from aleph_alpha.integrations.langchain.structured import Method, structured

__all__ = ["ChatAlephAlpha"]

_SENT = {field.name for field in fields(ChatRequest)} - {"messages", "stream_options", "maximum_tokens"}


class ChatAlephAlpha(Connection, BaseChatModel):
    """A model that goes on with conversations.

    Besides what is listed here it takes the settings of :class:`Connection` (`model`, `token`,
    `host`, ...) and those of every chat model of LangChain. Whatever is ``None`` is left to the API.

    Parameters:
        max_tokens: most tokens to generate, 1 or more. Also ``maximum_tokens``.
        temperature, top_k, top_p, frequency_penalty, presence_penalty, logit_bias, n, stop,
            steering_concepts: as of ``ChatRequest``. Also ``stop_sequences``.
        logprobs, top_logprobs: as of ``ChatRequest``; they are in the message's ``response_metadata``.
        streaming: let ``invoke`` collect a stream.
        stream_usage: let streams end with the tokens that they took.
        model_kwargs: further fields of ``ChatRequest``, by name. They may be passed by themselves, too.

    >>> model = ChatAlephAlpha(model="toy-chat", max_tokens=8)
    >>> model.invoke("Hello!").usage_metadata["output_tokens"]
    8
    """

    model_config = STRICT

    if TYPE_CHECKING:  # other names are taken, too, and tokens as text

        def __init__(self, *, token: str | SecretStr | None = None, **settings: Any) -> None: ...

    max_tokens: int | None = None
    temperature: float | None = None
    top_k: int | None = None
    top_p: float | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    logit_bias: dict[int, float] | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = None
    n: int | None = None
    stop: list[str] | str | None = None
    steering_concepts: list[str] | None = None
    streaming: bool = False
    stream_usage: bool = True
    model_kwargs: dict[str, Any] = Field(default_factory=dict)

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
        further = {name: value for name, value in given.items() if name in _SENT - cls.model_fields.keys()}
        if not further:
            return given
        others = {name: value for name, value in given.items() if name not in further}
        return {**others, "model_kwargs": {**given.get("model_kwargs", {}), **further}}

    @property
    def _llm_type(self) -> str:
        return "chat-aleph-alpha"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model": self.model, "host": self.host, **self._defaults()}

    def _defaults(self) -> dict[str, Any]:
        """The fields of requests that were given when the model was built."""
        own = {
            "max_tokens": self.max_tokens,
            "temperature": self.temperature,
            "top_k": self.top_k,
            "top_p": self.top_p,
            "frequency_penalty": self.frequency_penalty,
            "presence_penalty": self.presence_penalty,
            "logit_bias": self.logit_bias,
            "logprobs": self.logprobs,
            "top_logprobs": self.top_logprobs,
            "n": self.n,
            "stop": self.stop or None,
            "steering_concepts": self.steering_concepts,
        }
        return {**{name: value for name, value in own.items() if value is not None}, **self.model_kwargs}

    def _get_ls_params(self, stop: list[str] | None = None, **kwargs: Any) -> LangSmithParams:
        params = super()._get_ls_params(stop=stop or _listed(self.stop), **kwargs)
        params["ls_provider"] = "aleph_alpha"
        maximum = kwargs.get("max_tokens", kwargs.get("maximum_tokens", self.max_tokens))
        if maximum is not None:
            params["ls_max_tokens"] = maximum
        return params

    def _request(
        self, messages: list[BaseMessage], stop: list[str] | None, given: Mapping[str, Any], *, streams: bool = False
    ) -> ChatRequest:
        """The request of a call; what is given to the call goes before what the model was built with."""
        sent = {**self._defaults(), **{name: value for name, value in given.items() if value is not None}}
        if stop:
            sent["stop"] = stop
        if "maximum_tokens" in sent:
            sent["max_tokens"] = sent.pop("maximum_tokens")
        with_usage = sent.pop("stream_usage", self.stream_usage)
        sent.pop("parallel_tool_calls", None)  # the API refuses it; see `_one_call`
        unknown = set(sent) - _SENT - {"max_tokens"}
        if unknown:
            raise TypeError(f"the API has no field {sorted(unknown)[0]!r} for chats; it has {', '.join(sorted(_SENT))}")
        if streams and (sent.get("n") or 1) > 1:
            raise ValueError(f"n must be 1 for streams of LangChain, got {sent['n']}")
        if streams and with_usage:
            sent["stream_options"] = StreamOptions(include_usage=True)
        model = sent.pop("model", self.model)
        return ChatRequest(model, [message_json(message) for message in messages], **sent)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        request = self._request(messages, stop, kwargs)
        return _one_call(chat_result(self.sync_client().chat(request), request.model), kwargs)

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        request = self._request(messages, stop, kwargs)
        return _one_call(chat_result(await self.asyncio_client().chat(request), request.model), kwargs)

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        request = self._request(messages, stop, kwargs, streams=True)
        with self.sync_client().stream_chat(request) as stream:
            for event in stream:
                chunk = chunk_of(event)
                if chunk is None or _further_call(chunk, kwargs):
                    continue
                if run_manager is not None:
                    run_manager.on_llm_new_token(chunk.text, chunk=chunk)
                yield chunk
            chunk = last_chunk(stream.final(), request.model)
        if run_manager is not None:
            run_manager.on_llm_new_token("", chunk=chunk)
        yield chunk

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        request = self._request(messages, stop, kwargs, streams=True)
        async with self.asyncio_client().stream_chat(request) as stream:
            async for event in stream:
                chunk = chunk_of(event)
                if chunk is None or _further_call(chunk, kwargs):
                    continue
                if run_manager is not None:
                    await run_manager.on_llm_new_token(chunk.text, chunk=chunk)
                yield chunk
            chunk = last_chunk(await stream.final(), request.model)
        if run_manager is not None:
            await run_manager.on_llm_new_token("", chunk=chunk)
        yield chunk

    def batch(
        self,
        inputs: list[LanguageModelInput],
        config: RunnableConfig | list[RunnableConfig] | None = None,
        **kwargs: Any,
    ) -> list[AIMessage]:
        """Many conversations, `num_concurrent_requests` at once unless the config has a ``max_concurrency``."""
        return super().batch(inputs, at_once(config, self.num_concurrent_requests), **kwargs)

    async def abatch(
        self,
        inputs: list[LanguageModelInput],
        config: RunnableConfig | list[RunnableConfig] | None = None,
        **kwargs: Any,
    ) -> list[AIMessage]:
        """Many conversations, `num_concurrent_requests` at once unless the config has a ``max_concurrency``."""
        return await super().abatch(inputs, at_once(config, self.num_concurrent_requests), **kwargs)

    def get_token_ids(self, text: str) -> list[int]:
        """Ids of the tokens of a text, by the model's own tokenizer."""
        if self.custom_get_token_ids is not None:
            return self.custom_get_token_ids(text)
        return list(self.sync_client().tokenizer(self.model).encode(text).ids)

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: dict[str, Any] | str | bool | None = None,
        strict: bool | None = None,
        parallel_tool_calls: bool | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """The model with tools that it may ask to have called.

        Args:
            tools: functions, tools of LangChain, pydantic models, TypedDicts or JSON schemas.
            tool_choice: the name of the one to call; ``"any"``, ``"required"`` or ``True`` for any of
                them; ``"auto"`` leaves it to the model, ``"none"`` wants none.
            strict: hold the model to the schemas of the arguments, where it can be.
            parallel_tool_calls: ``False`` keeps the first call of each message only: the API itself
                has no such field.
            kwargs: further fields of requests.

        Raises:
            ValueError: a choice that is none of these.
        """
        described = [convert_to_openai_tool(tool, strict=strict) for tool in tools]
        bound: dict[str, Any] = {"tools": described, **kwargs}
        if tool_choice:
            bound["tool_choice"] = _choice(tool_choice, [tool["function"]["name"] for tool in described])
        if parallel_tool_calls is not None:
            bound["parallel_tool_calls"] = parallel_tool_calls
        return super().bind(**bound)

    def with_structured_output(
        self,
        schema: dict[str, Any] | type | None = None,
        *,
        method: Method = "json_schema",
        include_raw: bool = False,
        strict: bool | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, Any]:
        """The model, made to respond with JSON of a shape that is read.

        Args:
            schema: a pydantic model (the result is one), a TypedDict or a JSON schema (it is a dict).
            method: ``"json_schema"`` holds the response to the schema; ``"json_mode"`` gives the schema
                as a wish, any JSON object without one; ``"function_calling"`` asks for the arguments of a call.
            include_raw: the result is a dict of ``raw`` (the message), ``parsed`` and ``parsing_error``;
                what cannot be read is no exception.
            strict: hold the model to the schema, or do not.
            kwargs: further fields of requests.

        Raises:
            ValueError: an unknown method, or no schema.
        """
        return structured(self, schema, method, include_raw=include_raw, strict=strict, options=kwargs)


def _listed(stop: list[str] | str | None) -> list[str] | None:
    return [stop] if isinstance(stop, str) else stop or None


def _choice(choice: dict[str, Any] | str | bool, names: list[str]) -> Any:
    if isinstance(choice, dict):
        return choice
    if choice is True or choice in ("any", "required"):
        return "required"
    if choice in ("auto", "none"):
        return choice
    if choice not in names:
        raise ValueError(f"tool_choice {choice!r} is none of the tools: {', '.join(names)}")
    return {"type": "function", "function": {"name": choice}}


def _one_call(result: ChatResult, given: Mapping[str, Any]) -> ChatResult:
    """The result, with one call a message where no more are wanted."""
    if given.get("parallel_tool_calls") is False:
        for generation in result.generations:
            message = generation.message
            if isinstance(message, AIMessage) and message.tool_calls:
                message.tool_calls = message.tool_calls[:1]
                message.invalid_tool_calls = []
    return result


def _further_call(chunk: ChatGenerationChunk, given: Mapping[str, Any]) -> bool:
    """Whether the chunk is of a call after the first, where one alone is wanted."""
    pieces = getattr(chunk.message, "tool_call_chunks", ())
    return given.get("parallel_tool_calls") is False and any(piece["index"] for piece in pieces)
