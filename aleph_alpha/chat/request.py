"""Chats: conversations that a model goes on with."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from aleph_alpha._call.call import NO_DEFAULTS, Defaults
from aleph_alpha._call.checks import (
    Rule,
    check_model,
    check_request,
    describe,
    is_sequence,
    sequence_of,
    text,
)
from aleph_alpha._call.reading import given_model
from aleph_alpha._call.request import RequestFields, token_biases
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
    """Details of a streamed response.

    Parameters:
        include_usage: let the stream end with the tokens that it took, as a ``Usage`` event;
            ``.usage`` of the final response is ``None`` otherwise.

    >>> from aleph_alpha.chat import Message
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


_NOT_GIVEN: Any = object()


class _TwoNames:
    """Lets a request be built with `max_tokens`, the API's name for `maximum_tokens`, and be read by it.

    It is not a field of its own, which would be in ``asdict``, ``fields`` and comparisons. Subclasses that
    are dataclasses have constructors of their own: each is extended before it is first called.
    """

    if not TYPE_CHECKING:

        def __new__(cls, *args: Any, **words: Any) -> Any:
            for kind in cls.__mro__:
                if "__dataclass_fields__" in vars(kind) and "__init__" in vars(kind):
                    _take_max_tokens(kind)
            return super().__new__(cls)

        @property
        def max_tokens(self) -> int | None:
            """The API's name for `maximum_tokens`."""
            return self.maximum_tokens


def _take_max_tokens(kind: Any) -> None:
    """Let the constructor of a dataclass take `max_tokens`."""
    plain = kind.__init__
    if hasattr(plain, "_takes_max_tokens"):
        return
    signature = inspect.signature(plain)
    names = [name for name in signature.parameters if name != "self"]

    @functools.wraps(plain)
    def init(self: Any, *args: Any, max_tokens: int | None = _NOT_GIVEN, **words: Any) -> None:
        # Where all fields are named it is a copy, as of dataclasses.replace: what is beside them is the change.
        copied = not args and words.keys() >= set(names)
        if max_tokens is _NOT_GIVEN or (max_tokens is None and not copied):
            plain(self, *args, **words)
            return
        given = dict(zip(names, args, strict=False)) | words
        maximum = given.get("maximum_tokens")
        if maximum not in (None, max_tokens) and not copied:
            both = f"maximum_tokens={maximum} and max_tokens={max_tokens}"
            raise InvalidRequestError(f"{both} are two names of one field: pass one of them")
        plain(self, **{**given, "maximum_tokens": max_tokens})

    word = inspect.Parameter("max_tokens", inspect.Parameter.KEYWORD_ONLY, default=None, annotation="int | None")
    changed: Any = init
    changed.__signature__ = signature.replace(parameters=[*signature.parameters.values(), word])
    changed._takes_max_tokens = True
    kind.__init__ = init


ToolChoice: TypeAlias = Literal["auto", "required", "none"] | ToolFunction | ToolLike


@dataclass(frozen=True)
class ChatRequest(_TwoNames):
    """Asks a model to go on with a conversation.

    ``None`` for any field leaves it out of what is sent, and so to the API. Bounds are the API's
    own and not checked here.

    Parameters:
        model: name of a model that can chat; what is passed to ``Client.chat`` goes before it.
        messages: the conversation so far, oldest first; responses can go back in as they came.
            Messages may be dicts, too, as the API takes them.
        maximum_tokens: most tokens to generate, 1 or more; `max_tokens`, as the API calls it, is
            another name of it.
        temperature: 0.0 (close to repeatable) to 2.0.
        top_k: sample from this many of the likeliest tokens. Not in the API's documentation.
        top_p: sample from the fewest likeliest tokens that together have this probability, 0.0 to 1.0.
        stream_options: details of a stream.
        steering_concepts: ids of concepts that push the response in a direction, at most one.
        response_format: makes the response JSON: a ``JSONSchema``, or the dataclass or pydantic model
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
        n: responses to generate.
        stop: a text, or several, that end the response; they are not part of it.
        seed, service_tier, user: ignored by the API.

    Raises:
        InvalidRequestError: `maximum_tokens` and `max_tokens` are both given, and differ.

    >>> from aleph_alpha.chat import Message
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

    if TYPE_CHECKING:
        max_tokens: int | None = field(default=None, kw_only=True)

    def to_json(self) -> Mapping[str, Any]:
        """The request as the API takes it; fields that are ``None`` are left out."""
        return request_model(self, self.model, NO_DEFAULTS).to_dict()


_take_max_tokens(ChatRequest)


def _messages(messages: Any, field: str) -> list[Any]:
    if not is_sequence(messages):
        raise InvalidRequestError(f"{field} must be a list, not {describe(messages)}")
    if not len(messages):
        raise InvalidRequestError(f"{field} is empty")
    return _message_models(messages, field)


def _message_models(messages: Any, field: str) -> list[Any]:
    return [message_model(one, f"{field}[{i}]") for i, one in enumerate(messages)]


def _tools(tools: Any, field: str) -> list[Any]:
    if not is_sequence(tools):
        raise InvalidRequestError(f"{field} must be a list, not {describe(tools)}")
    return [tool_model(one, f"{field}[{i}]") for i, one in enumerate(tools)]


def _choice(value: Any) -> str | None:
    known = isinstance(value, (str, ToolFunction, Tool, Mapping)) or callable(value)
    return None if known else "must be 'auto', 'required', 'none', a ToolFunction, one of the tools"


def _choice_model(choice: ToolChoice, field: str) -> Any:
    from aleph_alpha_api import models as api

    if isinstance(choice, str):
        return api.ChatToolChoiceMode(choice)
    if isinstance(choice, Tool) or callable(choice):
        choice = ToolFunction.named(as_tool(choice, field).name)
    if isinstance(choice, ToolFunction):
        choice = {"type": choice.type, "function": choice.function}
    return given_model(api.ChatNamedToolChoice.from_dict, choice, field)


def _stop(value: Any) -> str | None:
    return None if isinstance(value, str) else sequence_of(text, "strings")(value)


def _options(value: Any) -> str | None:
    return None if isinstance(value, StreamOptions) else "must be StreamOptions"


def _options_model(options: StreamOptions, field: str) -> api.ChatStreamOptions:
    from aleph_alpha_api.models import ChatStreamOptions

    return ChatStreamOptions(include_usage=options.include_usage)


_FIELDS = RequestFields(
    ChatRequest,
    {
        "messages": Rule(convert=_messages, unsent=_message_models),
        "stream_options": Rule(_options, _options_model),
        "response_format": Rule(convert=response_format_model),
        "tools": Rule(convert=_tools),
        "tool_choice": Rule(_choice, _choice_model),
        "logit_bias": token_biases("ChatLogitBias"),
        "stop": Rule(_stop, lambda stop, field: stop if isinstance(stop, str) else list(stop)),
    },
    names={"maximum_tokens": "max_tokens"},
)


def request_model(request: ChatRequest, model: str, defaults: Defaults) -> api.ChatRequest:
    """The generated model of a request.

    Raises:
        InvalidRequestError: a field that cannot be sent, by its name.
    """
    from aleph_alpha_api import models as api

    return _FIELDS.model(api.ChatRequest, request, defaults, model=model)


def checked_model(request: ChatRequest, model: str | None, defaults: Defaults, operation: str) -> api.ChatRequest:
    """The generated model of a request that was looked through.

    Raises:
        InvalidRequestError: a field that cannot be sent, by its name.
    """
    check_request(request, ChatRequest, operation)
    model = request.model if model is None else model
    check_model(model, operation)
    return request_model(request, model, defaults)


def takes_long(request: ChatRequest) -> bool:
    """Whether making the call of a request is work for a background thread: encoding of images."""
    return (
        isinstance(request, ChatRequest) and is_sequence(request.messages) and any(map(has_pictures, request.messages))
    )
