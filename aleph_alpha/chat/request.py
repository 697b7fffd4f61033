"""Chats: conversations that a model goes on with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from aleph_alpha._call.call import NO_DEFAULTS, Defaults, hosting, tags
from aleph_alpha._call.checks import (
    check_fields,
    check_model,
    check_request,
    describe,
    flag,
    integer,
    is_sequence,
    mapping_of,
    number,
    optional,
    sequence_of,
    text,
)
from aleph_alpha._call.fields import given, own_fields, unset
from aleph_alpha._call.reading import given_model
from aleph_alpha.chat.messages import (
    AnyMessage,
    has_pictures,
    message_model,
)
from aleph_alpha.chat.tools import Tool, ToolLike, as_tool, tool_model
from aleph_alpha.errors import InvalidRequestError
from aleph_alpha.structured_output.response_format import ResponseFormat, response_format_model

if TYPE_CHECKING:
    from aleph_alpha_api import models as api

__all__ = ["ChatRequest", "StreamOptions", "ToolFunction", "checked_model", "takes_long"]


@dataclass(frozen=True)
class StreamOptions:
    """Details of a streamed answer.

    Parameters:
        include_usage: let the stream end with the tokens that it took, as a ``Usage`` event;
            ``.usage`` of the final response is ``None`` otherwise.

    >>> request = ChatRequest("llama", [Message("user", "Hi")], stream_options=StreamOptions(include_usage=True))
    >>> request.to_json()["stream_options"]
    {'include_usage': True}
    """

    include_usage: bool


@dataclass(frozen=True)
class ToolFunction:
    """As ``ChatRequest.tool_choice``: the one function that the model has to ask for.

    Parameters:
        type: ``"function"``.
        function: ``{"name": ...}``.
    """

    type: Literal["function"]
    function: Any

    @classmethod
    def named(cls, name: str) -> ToolFunction:
        """The choice of a function by its name.

        >>> ToolFunction.named("get_weather")
        ToolFunction(type='function', function={'name': 'get_weather'})
        """
        return cls("function", {"name": name})


ToolChoice: TypeAlias = Literal["auto", "required", "none"] | ToolFunction | ToolLike


@dataclass(frozen=True, init=False)
class ChatRequest:
    """Asks a model to go on with a conversation.

    ``None`` for any field leaves it out of what is sent, and so to the API. Bounds are the API's
    own and not checked here.

    Parameters:
        model: name of a model that can chat; what is passed to ``Client.chat`` goes before it.
        messages: the conversation so far, oldest first; answers can go back in as they came.
            Messages may be dicts, too, as the API takes them.
        maximum_tokens: most tokens to generate, 1 or more; `max_tokens`, as the API calls it, is
            another name of it.
        temperature: 0.0 (close to repeatable) to 2.0.
        top_k: sample from this many of the likeliest tokens. Not in the API's documentation.
        top_p: sample from the fewest likeliest tokens that together have this probability, 0.0 to 1.0.
        stream_options: details of a stream.
        steering_concepts: ids of concepts that push the answer in a direction, at most one.
        response_format: makes the answer JSON: a ``JSONSchema``, or the dataclass or pydantic model
            to read it into (see ``ChatResponse.parsed``).
        tools: functions that the model may ask to have called, at most 128: Python functions,
            ``Tool``, pydantic models, or dicts as the API takes them.
        tool_choice: ``"auto"`` leaves it to the model, ``"required"`` wants at least one call,
            ``"none"`` wants none; one of `tools`, or a ``ToolFunction``, wants just this one.
        parallel_tool_calls: refused by the API.
        frequency_penalty: -2.0 to 2.0; makes tokens less likely the more often they have occurred.
        presence_penalty: -2.0 to 2.0; makes tokens less likely that have occurred.
        logit_bias: token id to what is added to its logit, -100 to 100.
        logprobs: return the log probability of each token.
        top_logprobs: return those of this many likely tokens at each place, too: 0 to 20.
        n: answers to generate.
        stop: a text, or several, that end the answer; they are not part of it.
        seed, service_tier, user: ignored by the API.

    Raises:
        ValueError: `maximum_tokens` and `max_tokens` are both given, and differ.

    >>> request = ChatRequest("llama-3.1-8b-instruct", [Message("user", "Hello!")], max_tokens=64)
    >>> request.to_json()
    {'messages': [{'role': 'user', 'content': 'Hello!'}], 'model': 'llama-3.1-8b-instruct', 'max_tokens': 64}
    """

    model: str
    messages: Sequence[AnyMessage]
    maximum_tokens: int | None = None
    temperature: float | None = None
    top_k: int | None = None
    top_p: float | None = None
    stream_options: StreamOptions | None = None
    steering_concepts: Sequence[str] | None = None
    response_format: ResponseFormat | Mapping[str, Any] | None = None
    tools: Sequence[ToolLike] | None = None
    tool_choice: ToolChoice | None = None
    parallel_tool_calls: bool | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    logit_bias: Mapping[int, float] | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = None
    n: int | None = None
    stop: str | Sequence[str] | None = None
    seed: Any = None
    service_tier: Any = None
    user: Any = None

    # By hand because of `max_tokens`: as an InitVar it would get in the way of dataclasses.replace.
    def __init__(
        self,
        model: str,
        messages: Sequence[AnyMessage],
        maximum_tokens: int | None = None,
        temperature: float | None = None,
        top_k: int | None = None,
        top_p: float | None = None,
        stream_options: StreamOptions | None = None,
        steering_concepts: Sequence[str] | None = None,
        response_format: ResponseFormat | Mapping[str, Any] | None = None,
        tools: Sequence[ToolLike] | None = None,
        tool_choice: ToolChoice | None = None,
        parallel_tool_calls: bool | None = None,
        frequency_penalty: float | None = None,
        presence_penalty: float | None = None,
        logit_bias: Mapping[int, float] | None = None,
        logprobs: bool | None = None,
        top_logprobs: int | None = None,
        n: int | None = None,
        stop: str | Sequence[str] | None = None,
        seed: Any = None,
        service_tier: Any = None,
        user: Any = None,
        *,
        max_tokens: int | None = None,
    ) -> None:
        if maximum_tokens is not None and max_tokens is not None and maximum_tokens != max_tokens:
            names = f"maximum_tokens={maximum_tokens} and max_tokens={max_tokens}"
            raise ValueError(f"{names} are two names of one field: pass one of them")
        vars(self).update(
            model=model,
            messages=messages,
            maximum_tokens=max_tokens if maximum_tokens is None else maximum_tokens,
            temperature=temperature,
            top_k=top_k,
            top_p=top_p,
            stream_options=stream_options,
            steering_concepts=steering_concepts,
            response_format=response_format,
            tools=tools,
            tool_choice=tool_choice,
            parallel_tool_calls=parallel_tool_calls,
            frequency_penalty=frequency_penalty,
            presence_penalty=presence_penalty,
            logit_bias=logit_bias,
            logprobs=logprobs,
            top_logprobs=top_logprobs,
            n=n,
            stop=stop,
            seed=seed,
            service_tier=service_tier,
            user=user,
        )

    @property
    def max_tokens(self) -> int | None:
        """Another name of `maximum_tokens`, the API's own."""
        return self.maximum_tokens

    def to_json(self) -> Mapping[str, Any]:
        """The request as the API takes it; fields that are ``None`` are left out."""
        return request_model(self, self.model, NO_DEFAULTS).to_dict()


def request_model(request: ChatRequest, model: str, defaults: Defaults) -> api.ChatRequest:
    """The generated model of a request."""
    from aleph_alpha_api import models as api

    options, tools = request.stream_options, request.tools
    body = api.ChatRequest(
        model=model,
        messages=[message_model(one, f"ChatRequest.messages[{i}]") for i, one in enumerate(request.messages)],
        hosting=hosting(defaults),
        tags=tags(defaults),
        max_tokens=given(request.maximum_tokens),
        temperature=given(request.temperature),
        top_k=given(request.top_k),
        top_p=given(request.top_p),
        stream_options=given(None if options is None else api.ChatStreamOptions(include_usage=options.include_usage)),
        steering_concepts=given(None if request.steering_concepts is None else list(request.steering_concepts)),
        response_format=unset()
        if request.response_format is None
        else response_format_model(request.response_format, "ChatRequest.response_format"),
        tools=given(
            None if tools is None else [tool_model(one, f"ChatRequest.tools[{i}]") for i, one in enumerate(tools)]
        ),
        tool_choice=_tool_choice(request.tool_choice),
        parallel_tool_calls=given(request.parallel_tool_calls),
        frequency_penalty=given(request.frequency_penalty),
        presence_penalty=given(request.presence_penalty),
        logit_bias=_logit_bias(request.logit_bias),
        logprobs=given(request.logprobs),
        top_logprobs=given(request.top_logprobs),
        n=given(request.n),
        stop=given(request.stop if request.stop is None or isinstance(request.stop, str) else list(request.stop)),
        seed=given(request.seed),
        service_tier=given(request.service_tier),
        user=given(request.user),
    )
    body.additional_properties = own_fields(request, ChatRequest)
    return body


def _tool_choice(choice: ToolChoice | None) -> Any:
    from aleph_alpha_api import models as api

    if choice is None:
        return unset()
    if isinstance(choice, str):
        return api.ChatToolChoiceMode(choice)
    if isinstance(choice, Tool) or callable(choice):
        choice = ToolFunction.named(as_tool(choice, "ChatRequest.tool_choice").name)
    if isinstance(choice, ToolFunction):
        choice = {"type": choice.type, "function": choice.function}
    return given_model(api.ChatNamedToolChoice.from_dict, choice, "ChatRequest.tool_choice")


def _logit_bias(biases: Mapping[int, float] | None) -> Any:
    from aleph_alpha_api import models as api

    if biases is None:
        return unset()
    model = api.ChatLogitBias()
    model.additional_properties = {str(token): bias for token, bias in biases.items()}
    return model


def _choice(value: Any) -> str | None:
    known = isinstance(value, (str, ToolFunction, Tool, Mapping)) or callable(value)
    return None if known else "must be 'auto', 'required', 'none', a ToolFunction, one of the tools"


def _stop(value: Any) -> str | None:
    return None if isinstance(value, str) else sequence_of(text, "strings")(value)


def _options(value: Any) -> str | None:
    return None if isinstance(value, StreamOptions) else "must be StreamOptions"


def _token_id(value: Any) -> str | None:
    return None if integer(value) is None or (isinstance(value, str) and value.isdecimal()) else "must be a token id"


_CHECKS = {
    "maximum_tokens": optional(integer),
    "temperature": optional(number),
    "top_k": optional(integer),
    "top_p": optional(number),
    "stream_options": optional(_options),
    "steering_concepts": optional(sequence_of(text, "strings")),
    "tool_choice": optional(_choice),
    "parallel_tool_calls": optional(flag),
    "frequency_penalty": optional(number),
    "presence_penalty": optional(number),
    "logit_bias": optional(mapping_of(_token_id, number, "token ids and finite numbers")),
    "logprobs": optional(flag),
    "top_logprobs": optional(integer),
    "n": optional(integer),
    "stop": optional(_stop),
}


def checked_model(request: ChatRequest, model: str | None, defaults: Defaults, operation: str) -> api.ChatRequest:
    """The generated model of a request that was looked through.

    Raises:
        InvalidRequestError: a field that cannot be sent, by its name.
    """
    check_request(request, ChatRequest, operation)
    model = request.model if model is None else model
    check_model(model, operation)
    for name, value in (("messages", request.messages), ("tools", request.tools or ())):
        if not is_sequence(value):
            raise InvalidRequestError(f"ChatRequest.{name} must be a list, not {describe(value)}")
    if not len(request.messages):
        raise InvalidRequestError("ChatRequest.messages is empty")
    check_fields(request, ChatRequest, _CHECKS)
    return request_model(request, model, defaults)


def takes_long(request: ChatRequest) -> bool:
    """Whether making the call of a request is work for a background thread: encoding of pictures."""
    return (
        isinstance(request, ChatRequest) and is_sequence(request.messages) and any(map(has_pictures, request.messages))
    )
