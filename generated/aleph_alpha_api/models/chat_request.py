# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import at_item, fields_of, missing_field, not_integer, not_number, odd, wrong_type
from ..errors import DecodeError
from ..models.chat_request_message import ChatRequestMessage
from ..models.chat_tool_choice_mode import ChatToolChoiceMode
from ..models.hosting import Hosting
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.chat_logit_bias import ChatLogitBias
    from ..models.chat_named_tool_choice import ChatNamedToolChoice
    from ..models.chat_request_tool import ChatRequestTool
    from ..models.chat_stream_options import ChatStreamOptions
    from ..models.response_format import ResponseFormat


T = TypeVar("T", bound="ChatRequest")


@_attrs_define
class ChatRequest:
    """A conversation, and how to go on with it.

    Attributes:
        messages (list[ChatRequestMessage]): The conversation so far, oldest message first.
        model (str): Name of a model with chat capability.
        hosting (Hosting | None | Unset): Where a request may be computed. Null or absent allows any place.
        tags (list[str] | Unset): Labels that clients attach to a request, for the operator's own use.
        frequency_penalty (float | Unset): Makes tokens less likely the oftener they occurred; negative ones more
            likely.
        logit_bias (ChatLogitBias | Unset): Token id, as text, to what is added to its logit.
        logprobs (bool | Unset): Answers the log probability of each token.
        top_logprobs (int | Unset): How many likely tokens to return at each position. Needs `logprobs`.
        max_tokens (int | Unset): Most tokens to generate.
        maximum_tokens (int | Unset): Deprecated. What an older client sends in place of `max_tokens`.
        n (int | Unset): How many responses to generate.
        presence_penalty (float | Unset): Makes tokens that occurred less likely; negative ones more likely.
        response_format (ResponseFormat | Unset): Makes the response a JSON text of a given shape.
        seed (Any | Unset): Deprecated. Ignored.
        service_tier (Any | Unset): Deprecated. Ignored.
        stop (list[str] | str | Unset): A text, or several, that end the response where they are generated.
        stream (bool | Unset): Answers an event stream.
        stream_options (ChatStreamOptions | Unset): Details of a streamed response.
        temperature (float | Unset): 0 is close to repeatable, higher is more varied.
        top_k (int | Unset): Samples from this many of the most likely tokens.
        top_p (float | Unset): Samples from the fewest tokens that reach this probability together.
        steering_concepts (list[str] | Unset): Concepts to apply, at most one.
        tools (list[ChatRequestTool] | Unset): Functions that the model may ask to have called.
        tool_choice (ChatNamedToolChoice | ChatToolChoiceMode | Unset): Whether, or which, function is to be called.
        parallel_tool_calls (Any | Unset): Deprecated. Refused.
        user (Any | Unset): Deprecated. Ignored.
    """

    messages: list[ChatRequestMessage]
    model: str
    hosting: Hosting | None | Unset = UNSET
    tags: list[str] | Unset = UNSET
    frequency_penalty: float | Unset = UNSET
    logit_bias: ChatLogitBias | Unset = UNSET
    logprobs: bool | Unset = UNSET
    top_logprobs: int | Unset = UNSET
    max_tokens: int | Unset = UNSET
    maximum_tokens: int | Unset = UNSET
    n: int | Unset = UNSET
    presence_penalty: float | Unset = UNSET
    response_format: ResponseFormat | Unset = UNSET
    seed: Any | Unset = UNSET
    service_tier: Any | Unset = UNSET
    stop: list[str] | str | Unset = UNSET
    stream: bool | Unset = UNSET
    stream_options: ChatStreamOptions | Unset = UNSET
    temperature: float | Unset = UNSET
    top_k: int | Unset = UNSET
    top_p: float | Unset = UNSET
    steering_concepts: list[str] | Unset = UNSET
    tools: list[ChatRequestTool] | Unset = UNSET
    tool_choice: ChatNamedToolChoice | ChatToolChoiceMode | Unset = UNSET
    parallel_tool_calls: Any | Unset = UNSET
    user: Any | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {"messages": [item_.to_dict() for item_ in self.messages], "model": self.model}
        if self.hosting is not UNSET:
            json_["hosting"] = str(self.hosting) if isinstance(self.hosting, Hosting) else self.hosting
        if self.tags is not UNSET:
            json_["tags"] = self.tags
        if self.frequency_penalty is not UNSET:
            json_["frequency_penalty"] = self.frequency_penalty
        if self.logit_bias is not UNSET:
            json_["logit_bias"] = self.logit_bias.to_dict()
        if self.logprobs is not UNSET:
            json_["logprobs"] = self.logprobs
        if self.top_logprobs is not UNSET:
            json_["top_logprobs"] = self.top_logprobs
        if self.max_tokens is not UNSET:
            json_["max_tokens"] = self.max_tokens
        if self.maximum_tokens is not UNSET:
            json_["maximum_tokens"] = self.maximum_tokens
        if self.n is not UNSET:
            json_["n"] = self.n
        if self.presence_penalty is not UNSET:
            json_["presence_penalty"] = self.presence_penalty
        if self.response_format is not UNSET:
            json_["response_format"] = self.response_format.to_dict()
        if self.seed is not UNSET:
            json_["seed"] = self.seed
        if self.service_tier is not UNSET:
            json_["service_tier"] = self.service_tier
        if self.stop is not UNSET:
            json_["stop"] = self.stop
        if self.stream is not UNSET:
            json_["stream"] = self.stream
        if self.stream_options is not UNSET:
            json_["stream_options"] = self.stream_options.to_dict()
        if self.temperature is not UNSET:
            json_["temperature"] = self.temperature
        if self.top_k is not UNSET:
            json_["top_k"] = self.top_k
        if self.top_p is not UNSET:
            json_["top_p"] = self.top_p
        if self.steering_concepts is not UNSET:
            json_["steering_concepts"] = self.steering_concepts
        if self.tools is not UNSET:
            json_["tools"] = [item_.to_dict() for item_ in self.tools]
        if self.tool_choice is not UNSET:
            json_["tool_choice"] = (
                str(self.tool_choice)
                if isinstance(self.tool_choice, ChatToolChoiceMode)
                else self.tool_choice.to_dict()
            )
        if self.parallel_tool_calls is not UNSET:
            json_["parallel_tool_calls"] = self.parallel_tool_calls
        if self.user is not UNSET:
            json_["user"] = self.user
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            _messages = rest_.pop("messages")
            model = rest_.pop("model")
        except KeyError as error_:
            raise missing_field(error_) from None
        messages: list[ChatRequestMessage]
        if isinstance(_messages, list):
            messages = []
            for messages_item_data in _messages:
                messages_item: ChatRequestMessage
                try:
                    messages_item = ChatRequestMessage.from_dict(messages_item_data)
                except DecodeError as error_:
                    raise error_.within(at_item("messages", _messages, messages_item_data))
                messages.append(messages_item)
        else:
            raise wrong_type("messages", "an array", _messages)
        if not isinstance(model, str):
            raise wrong_type("model", "a string", model)
        _hosting = rest_.pop("hosting", UNSET)
        hosting: Hosting | None | Unset
        if isinstance(_hosting, str):
            hosting = Hosting(_hosting)
        elif _hosting is not None and _hosting is not UNSET:
            raise wrong_type("hosting", "a string or null", _hosting)
        else:
            hosting = _hosting
        tags = rest_.pop("tags", UNSET)
        if isinstance(tags, list):
            for tags_item in tags:
                if not isinstance(tags_item, str):
                    raise wrong_type(at_item("tags", tags, tags_item), "a string", tags_item)
        elif tags is not UNSET:
            raise wrong_type("tags", "an array", tags)
        frequency_penalty = rest_.pop("frequency_penalty", UNSET)
        if (
            type(frequency_penalty) is not float
            and type(frequency_penalty) is not int
            and frequency_penalty is not UNSET
            and not_number(frequency_penalty)
        ):
            raise wrong_type("frequency_penalty", "a number", frequency_penalty)
        _logit_bias = rest_.pop("logit_bias", UNSET)
        logit_bias: ChatLogitBias | Unset
        if isinstance(_logit_bias, dict):
            from ..models.chat_logit_bias import ChatLogitBias

            try:
                logit_bias = ChatLogitBias.from_dict(_logit_bias)
            except DecodeError as error_:
                raise error_.within("logit_bias")
        elif _logit_bias is not UNSET:
            raise wrong_type("logit_bias", "an object", _logit_bias)
        else:
            logit_bias = _logit_bias
        logprobs = rest_.pop("logprobs", UNSET)
        if not isinstance(logprobs, bool) and logprobs is not UNSET:
            raise wrong_type("logprobs", "a boolean", logprobs)
        top_logprobs = rest_.pop("top_logprobs", UNSET)
        if type(top_logprobs) is not int and top_logprobs is not UNSET and not_integer(top_logprobs):
            raise wrong_type("top_logprobs", "an integer", top_logprobs)
        max_tokens = rest_.pop("max_tokens", UNSET)
        if type(max_tokens) is not int and max_tokens is not UNSET and not_integer(max_tokens):
            raise wrong_type("max_tokens", "an integer", max_tokens)
        maximum_tokens = rest_.pop("maximum_tokens", UNSET)
        if type(maximum_tokens) is not int and maximum_tokens is not UNSET and not_integer(maximum_tokens):
            raise wrong_type("maximum_tokens", "an integer", maximum_tokens)
        n = rest_.pop("n", UNSET)
        if type(n) is not int and n is not UNSET and not_integer(n):
            raise wrong_type("n", "an integer", n)
        presence_penalty = rest_.pop("presence_penalty", UNSET)
        if (
            type(presence_penalty) is not float
            and type(presence_penalty) is not int
            and presence_penalty is not UNSET
            and not_number(presence_penalty)
        ):
            raise wrong_type("presence_penalty", "a number", presence_penalty)
        _response_format = rest_.pop("response_format", UNSET)
        response_format: ResponseFormat | Unset
        if isinstance(_response_format, dict):
            from ..models.response_format import ResponseFormat

            try:
                response_format = ResponseFormat.from_dict(_response_format)
            except DecodeError as error_:
                raise error_.within("response_format")
        elif _response_format is not UNSET:
            raise wrong_type("response_format", "an object", _response_format)
        else:
            response_format = _response_format
        seed = rest_.pop("seed", UNSET)
        service_tier = rest_.pop("service_tier", UNSET)
        stop = rest_.pop("stop", UNSET)
        if isinstance(stop, list):
            for stop_item in stop:
                if not isinstance(stop_item, str):
                    raise wrong_type(at_item("stop", stop, stop_item), "a string", stop_item)
        elif not isinstance(stop, str) and stop is not UNSET:
            raise wrong_type("stop", "a string or an array", stop)
        stream = rest_.pop("stream", UNSET)
        if not isinstance(stream, bool) and stream is not UNSET:
            raise wrong_type("stream", "a boolean", stream)
        _stream_options = rest_.pop("stream_options", UNSET)
        stream_options: ChatStreamOptions | Unset
        if isinstance(_stream_options, dict):
            from ..models.chat_stream_options import ChatStreamOptions

            try:
                stream_options = ChatStreamOptions.from_dict(_stream_options)
            except DecodeError as error_:
                raise error_.within("stream_options")
        elif _stream_options is not UNSET:
            raise wrong_type("stream_options", "an object", _stream_options)
        else:
            stream_options = _stream_options
        temperature = rest_.pop("temperature", UNSET)
        if (
            type(temperature) is not float
            and type(temperature) is not int
            and temperature is not UNSET
            and not_number(temperature)
        ):
            raise wrong_type("temperature", "a number", temperature)
        top_k = rest_.pop("top_k", UNSET)
        if type(top_k) is not int and top_k is not UNSET and not_integer(top_k):
            raise wrong_type("top_k", "an integer", top_k)
        top_p = rest_.pop("top_p", UNSET)
        if type(top_p) is not float and type(top_p) is not int and top_p is not UNSET and not_number(top_p):
            raise wrong_type("top_p", "a number", top_p)
        steering_concepts = rest_.pop("steering_concepts", UNSET)
        if isinstance(steering_concepts, list):
            for steering_concepts_item in steering_concepts:
                if not isinstance(steering_concepts_item, str):
                    raise wrong_type(
                        at_item("steering_concepts", steering_concepts, steering_concepts_item),
                        "a string",
                        steering_concepts_item,
                    )
        elif steering_concepts is not UNSET:
            raise wrong_type("steering_concepts", "an array", steering_concepts)
        _tools = rest_.pop("tools", UNSET)
        tools: list[ChatRequestTool] | Unset
        if isinstance(_tools, list):
            from ..models.chat_request_tool import ChatRequestTool

            tools = []
            for tools_item_data in _tools:
                tools_item: ChatRequestTool
                try:
                    tools_item = ChatRequestTool.from_dict(tools_item_data)
                except DecodeError as error_:
                    raise error_.within(at_item("tools", _tools, tools_item_data))
                tools.append(tools_item)
        elif _tools is not UNSET:
            raise wrong_type("tools", "an array", _tools)
        else:
            tools = _tools
        _tool_choice = rest_.pop("tool_choice", UNSET)
        tool_choice: ChatNamedToolChoice | ChatToolChoiceMode | Unset
        if isinstance(_tool_choice, dict):
            from ..models.chat_named_tool_choice import ChatNamedToolChoice

            try:
                tool_choice = ChatNamedToolChoice.from_dict(_tool_choice)
            except DecodeError as error_:
                raise error_.within("tool_choice")
        elif isinstance(_tool_choice, str):
            tool_choice = ChatToolChoiceMode(_tool_choice)
        elif _tool_choice is not UNSET:
            raise wrong_type("tool_choice", "a string or an object", _tool_choice)
        else:
            tool_choice = _tool_choice
        parallel_tool_calls = rest_.pop("parallel_tool_calls", UNSET)
        user = rest_.pop("user", UNSET)
        decoded_ = cls(
            messages=messages,
            model=model,
            hosting=hosting,
            tags=tags,
            frequency_penalty=frequency_penalty,
            logit_bias=logit_bias,
            logprobs=logprobs,
            top_logprobs=top_logprobs,
            max_tokens=max_tokens,
            maximum_tokens=maximum_tokens,
            n=n,
            presence_penalty=presence_penalty,
            response_format=response_format,
            seed=seed,
            service_tier=service_tier,
            stop=stop,
            stream=stream,
            stream_options=stream_options,
            temperature=temperature,
            top_k=top_k,
            top_p=top_p,
            steering_concepts=steering_concepts,
            tools=tools,
            tool_choice=tool_choice,
            parallel_tool_calls=parallel_tool_calls,
            user=user,
        )
        if rest_:
            decoded_.additional_properties = odd(rest_)
        return decoded_

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
