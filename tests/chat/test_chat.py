"""Requests and responses of chats."""

from __future__ import annotations

import base64
import copy
import dataclasses
import inspect
import io
import json
import pickle
import sys
from typing import Any

import PIL.Image
import pytest
from pydantic import BaseModel

from aleph_alpha import (
    ChatRequest,
    ChatResponse,
    Cropping,
    FinishReason,
    FunctionCall,
    Image,
    ImageControl,
    InvalidRequestError,
    JSONSchema,
    Message,
    ResponseError,
    Role,
    StreamOptions,
    TextMessage,
    Tool,
    ToolCall,
    ToolFunction,
)
from aleph_alpha._call.call import Defaults
from aleph_alpha.chat import chat_call
from aleph_alpha_api.models import ChatRequest as Model

HELLO = [Message(Role.User, "Hello!")]
ANSWER = ChatResponse(FinishReason.Stop, TextMessage(Role.Assistant, "Hi"))


def sent(request: ChatRequest, model: str | None = None, **defaults: Any) -> Any:
    body = chat_call(request, model, Defaults(**defaults)).body
    assert body is not None
    return json.loads(bytes(body))


def refused(request: Any, pattern: str) -> None:
    with pytest.raises(InvalidRequestError, match=pattern):
        chat_call(request, None, Defaults())


# --- the request -----------------------------------------------------------------------------------


def test_fields_have_the_positions_of_the_vendors_client() -> None:
    names = [field.name for field in dataclasses.fields(ChatRequest)]
    assert names[:12] == [
        *("model", "messages", "maximum_tokens", "temperature", "top_k", "top_p", "stream_options"),
        *("steering_concepts", "response_format", "tools", "tool_choice", "parallel_tool_calls"),
    ]
    assert [field.name for field in dataclasses.fields(Message)] == ["role", "content", "tool_call_id", "tool_calls"]
    assert [field.name for field in dataclasses.fields(TextMessage)] == ["role", "content", "tool_calls"]
    assert [field.name for field in dataclasses.fields(ChatResponse)][:2] == ["finish_reason", "message"]


def test_the_constructor_has_the_fields_and_their_defaults() -> None:
    """It is written by hand, beside the fields."""
    parameters = inspect.signature(ChatRequest).parameters
    fields = {field.name: field for field in dataclasses.fields(ChatRequest)}
    assert [*parameters] == [*fields, "max_tokens"]
    for name, field in fields.items():
        default = inspect.Parameter.empty if field.default is dataclasses.MISSING else field.default
        assert parameters[name].default == default
        assert parameters[name].annotation == field.type


def test_there_is_a_field_for_each_of_the_contract() -> None:
    ours = {field.name for field in dataclasses.fields(ChatRequest)} | {"max_tokens"}
    # Settings of a client, and what the methods decide.
    assert {name for name in Model.__annotations__ if name not in ours} == {
        *("hosting", "tags", "stream", "additional_properties"),
    }


def test_every_field_is_sent() -> None:
    everything: dict[str, Any] = {
        "temperature": 0.5,
        "top_k": 3,
        "top_p": 0.9,
        "stream_options": StreamOptions(include_usage=True),
        "steering_concepts": ["_worker/slang"],
        "parallel_tool_calls": False,
        "frequency_penalty": 0.5,
        "presence_penalty": -1,
        "logit_bias": {7: 1.5},
        "logprobs": True,
        "top_logprobs": 2,
        "n": 2,
        "stop": ["###"],
        "seed": 7,
        "service_tier": "auto",
        "user": "me",
        "tool_choice": "auto",
    }
    body = sent(ChatRequest("some-model", HELLO, max_tokens=5, **everything), hosting="aleph-alpha", tags=("a",))
    assert body == {
        **everything,
        "model": "some-model",
        "messages": [{"role": "user", "content": "Hello!"}],
        "max_tokens": 5,
        "stream_options": {"include_usage": True},
        "logit_bias": {"7": 1.5},
        "hosting": "aleph-alpha",
        "tags": ["a"],
    }


def test_none_is_left_out() -> None:
    names = [field.name for field in dataclasses.fields(ChatRequest)][2:]
    request = ChatRequest("some-model", HELLO, **dict.fromkeys(names))
    assert sent(request) == {"model": "some-model", "messages": [{"role": "user", "content": "Hello!"}]}


def test_max_tokens_is_another_name_of_maximum_tokens() -> None:
    assert (
        ChatRequest("m", HELLO, 5) == ChatRequest("m", HELLO, max_tokens=5) == ChatRequest("m", HELLO, 5, max_tokens=5)
    )
    assert (ChatRequest("m", HELLO, max_tokens=5).maximum_tokens, ChatRequest("m", HELLO, 5).max_tokens) == (5, 5)
    with pytest.raises(ValueError, match=r"maximum_tokens=5 and max_tokens=6"):
        ChatRequest("m", HELLO, 5, max_tokens=6)
    request = dataclasses.replace(ChatRequest("m", HELLO, max_tokens=5), maximum_tokens=6)
    assert (request.max_tokens, sent(request)["max_tokens"]) == (6, 6)
    assert "maximum_tokens" not in sent(request)


@dataclasses.dataclass(frozen=True)
class Cached(ChatRequest):
    cache: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Slotted(ChatRequest):
    cache: bool = False


@dataclasses.dataclass(frozen=True, kw_only=True)
class Marked(Cached):
    mark: int


COPIED = [
    ChatRequest("m", HELLO),
    ChatRequest("m", HELLO, 5),
    ChatRequest("m", HELLO, max_tokens=5, temperature=0.5),
    Cached("m", HELLO, 5, cache=True),
    Cached("m", HELLO, max_tokens=5, cache=True),
    Slotted("m", HELLO, max_tokens=5, cache=True),
    Marked("m", HELLO, max_tokens=5, mark=1),
]


@pytest.mark.parametrize("request_", COPIED, ids=lambda request: type(request).__name__)
def test_a_copy_takes_either_name(request_: Any) -> None:
    changes: list[dict[str, Any]] = [{"max_tokens": 7}, {"maximum_tokens": 7}]
    for change in changes:
        copied = dataclasses.replace(request_, **change)
        assert (type(copied), copied.max_tokens, sent(copied)["max_tokens"]) == (type(request_), 7, 7)
        assert dataclasses.replace(copied, maximum_tokens=request_.maximum_tokens) == request_
    assert dataclasses.replace(request_, max_tokens=None).maximum_tokens is None
    assert dataclasses.replace(request_, temperature=1.0).max_tokens == request_.max_tokens
    if sys.version_info >= (3, 13):
        assert copy.replace(request_, max_tokens=7).max_tokens == 7
    assert pickle.loads(pickle.dumps(request_)) == copy.copy(request_) == copy.deepcopy(request_) == request_
    assert type(request_)(**dataclasses.asdict(request_) | {"messages": HELLO}) == request_
    assert list(inspect.signature(type(request_)).parameters)[-1] == "max_tokens"


def test_a_subclass_with_a_constructor_of_its_own_keeps_it() -> None:
    class Question(ChatRequest):
        def __init__(self, question: str, **options: Any) -> None:
            super().__init__("m", [Message("user", question)], **options)

    assert Question("Who?", max_tokens=3) == Question("Who?", maximum_tokens=3)
    assert list(inspect.signature(Question).parameters) == ["question", "options"]


def test_the_model_of_the_call_goes_before_that_of_the_request() -> None:
    assert sent(ChatRequest("one", HELLO), "another")["model"] == "another"
    assert sent(ChatRequest("one", HELLO))["model"] == "one"


def test_requests_are_plain_frozen_dataclasses() -> None:
    request = ChatRequest("m", HELLO, max_tokens=5, tools=[{"type": "function", "function": {"name": "now"}}])
    assert ChatRequest(**vars(request)) == request
    assert copy.deepcopy(request) == pickle.loads(pickle.dumps(request)) == request
    assert dataclasses.asdict(request)["messages"][0]["content"] == "Hello!"
    with pytest.raises(dataclasses.FrozenInstanceError):
        request.model = "other"  # type: ignore[misc]


def test_a_subclass_may_have_fields_of_its_own() -> None:
    @dataclasses.dataclass(frozen=True)
    class Extended(ChatRequest):
        cache: bool = False

    assert sent(Extended("m", HELLO, 5, cache=True)) == {**sent(ChatRequest("m", HELLO, 5)), "cache": True}


def test_a_pydantic_model_can_be_made_of_a_request() -> None:
    """As intelligence-layer does with completions."""

    class Input(BaseModel, ChatRequest, frozen=True):
        pass

    assert sent(ChatRequest(**Input(model="m", messages=HELLO).__dict__))["model"] == "m"


@pytest.mark.parametrize(
    ("arguments", "pattern"),
    [
        ({"temperature": "hot"}, "ChatRequest.temperature must be a number"),
        ({"temperature": float("nan")}, "ChatRequest.temperature must be a finite number"),
        ({"maximum_tokens": 1.5}, "ChatRequest.maximum_tokens must be an int"),
        ({"top_k": True}, "ChatRequest.top_k must be an int"),
        ({"n": "2"}, "ChatRequest.n must be an int"),
        ({"stop": [1]}, "ChatRequest.stop must be a list of strings"),
        ({"logit_bias": {"x": 1}}, "ChatRequest.logit_bias"),
        ({"logit_bias": {1: float("inf")}}, "ChatRequest.logit_bias"),
        ({"stream_options": {"include_usage": True}}, "ChatRequest.stream_options must be StreamOptions"),
        ({"tool_choice": 7}, "ChatRequest.tool_choice must be"),
        ({"tool_choice": {"type": "function"}}, r"ChatRequest.tool_choice.function"),
        ({"tools": {"a": 1}}, "ChatRequest.tools must be a list"),
        ({"tools": [7]}, r"ChatRequest.tools\[0\] must be a Tool, a function"),
        ({"tools": [{"type": "function", "function": {}}]}, r"ChatRequest.tools\[0\].function.name"),
        ({"response_format": "json"}, "ChatRequest.response_format must be a JSONSchema"),
        ({"response_format": {"type": "json_schema"}}, "ChatRequest.response_format.json_schema"),
        ({"messages": []}, "ChatRequest.messages is empty"),
        ({"messages": "Hello"}, "ChatRequest.messages must be a list"),
        ({"messages": ["Hello"]}, r"ChatRequest.messages\[0\] must be a Message, not str"),
        (
            {"messages": [ChatResponse(FinishReason.Stop, TextMessage(Role.Assistant, "Hi"))]},
            r"ChatRequest.messages\[0\] must be a Message, not ChatResponse\(.*: pass its .message",
        ),
        ({"messages": HELLO[0]}, r"ChatRequest.messages must be a list, not Message\("),
        (
            {"response_format": {"type": "object", "properties": {}}},
            r"is a bare schema: pass JSONSchema\(",
        ),
        ({"messages": [Message("user", 7)]}, r"ChatRequest.messages\[0\].content must be a text, an image"),  # type: ignore[arg-type]
        ({"messages": [Message("user", [7])]}, r"ChatRequest.messages\[0\].content\[0\] must be a text or"),  # type: ignore[list-item]
        ({"messages": [Message(7, "Hi")]}, r"ChatRequest.messages\[0\].role must be a Role"),  # type: ignore[arg-type]
        ({"messages": [Message("user", "Hi", tool_calls=[7])]}, r"messages\[0\].tool_calls\[0\] must be a ToolCall"),  # type: ignore[list-item]
        ({"messages": [{"role": "user"}]}, r"ChatRequest.messages\[0\].content"),
        ({"messages": [Message("user", "\ud800")]}, r"messages\[0\].content cannot be sent as JSON"),
        ({"model": ""}, "chat: model must be the name of a model"),
    ],
)
def test_what_cannot_be_sent_is_refused_by_name(arguments: dict[str, Any], pattern: str) -> None:
    refused(ChatRequest(**{"model": "m", "messages": HELLO, **arguments}), pattern)


def test_something_else_than_a_request_is_refused() -> None:
    refused({"messages": []}, "chat takes a ChatRequest, not dict")


# --- messages --------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.User, "user"])
def test_a_role_may_be_a_string(role: Role | str) -> None:
    assert Message(role, "Hi").to_json() == {"role": "user", "content": "Hi"}
    assert Message(role, "Hi") == Message("user", "Hi")


def test_messages_may_be_dicts() -> None:
    message = {"role": "user", "content": [{"type": "text", "text": "Hi"}]}
    assert sent(ChatRequest("m", [message]))["messages"] == [message]


def test_answers_of_tools_and_calls_are_sent() -> None:
    call = ToolCall("call-1", "function", FunctionCall("now", "{}"))
    as_json = {"id": "call-1", "type": "function", "function": {"name": "now", "arguments": "{}"}}
    assert Message(Role.Assistant, "", tool_calls=[call]).to_json() == {
        "role": "assistant",
        "content": "",
        "tool_calls": [as_json],
    }
    assert TextMessage(Role.Assistant, "", [call]).to_json()["tool_calls"] == [as_json]
    assert Message(Role.Tool, "noon", tool_call_id="call-1").to_json() == {
        "role": "tool",
        "content": "noon",
        "tool_call_id": "call-1",
    }
    assert ToolCall.from_json(as_json) == call
    assert call.to_json() == as_json


def picture(format: str, mode: str = "RGB") -> bytes:
    buffer = io.BytesIO()
    PIL.Image.new(mode, (3, 2), "red" if mode == "RGB" else None).save(buffer, format=format)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("format", "media_type"),
    [
        ("PNG", "image/png"),
        ("JPEG", "image/jpeg"),
        ("GIF", "image/gif"),
        ("BMP", "image/bmp"),
        ("WEBP", "image/webp"),
        ("TIFF", "image/tiff"),
    ],
)
def test_our_images_keep_their_bytes(format: str, media_type: str) -> None:
    original = picture(format)
    part: Any = Message("user", ["What is it?", Image.from_bytes(original)]).to_json()["content"][1]
    head, _, encoded = part["image_url"]["url"].partition(",")
    assert (part["type"], head) == ("image_url", f"data:{media_type};base64")
    assert base64.b64decode(encoded) == original


def test_an_image_alone_is_a_content() -> None:
    image = Image.from_bytes(picture("PNG"))
    assert Message("user", image).to_json() == Message("user", [image]).to_json()
    pil = PIL.Image.new("RGB", (1, 1))
    assert Message("user", pil).to_json() == Message("user", [pil]).to_json()


@pytest.mark.parametrize(
    ("image", "pattern"),
    [
        (Image.from_bytes(picture("PNG"), cropping=Cropping(0, 0, 1)), r"content\[0\]\.cropping: .*crop the image"),
        (Image.from_bytes(picture("PNG"), controls=[ImageControl(0, 0, 1, 1, 0.5)]), r"content\[0\]\.controls: "),
        (Image("data:image/png;base64,xx"), r"content\[0\]\.base_64 must be base64 alone"),
    ],
)
def test_what_a_chat_cannot_do_with_an_image_is_refused(image: Image, pattern: str) -> None:
    refused(ChatRequest("m", [Message("user", [image])]), pattern)


def test_pil_images_are_encoded_once_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    image, saved = PIL.Image.new("RGB", (3, 2), "red"), []
    original = PIL.Image.Image.save

    def save(self: PIL.Image.Image, *arguments: Any, **options: Any) -> None:
        saved.append(1)
        original(self, *arguments, **options)

    monkeypatch.setattr(PIL.Image.Image, "save", save)
    message = Message("user", ["What is it?", image])
    request = ChatRequest("m", [message])
    bodies = [sent(request), sent(request), sent(ChatRequest("m", [message, *HELLO]))]
    assert len(saved) == 1
    url = bodies[0]["messages"][0]["content"][1]["image_url"]["url"]
    assert PIL.Image.open(io.BytesIO(base64.b64decode(url.removeprefix("data:image/png;base64,")))).size == (3, 2)
    assert bodies[2]["messages"][0] == bodies[0]["messages"][0]
    assert set(vars(message)) == {"role", "content", "tool_call_id", "tool_calls"}
    assert Message(**vars(message)) == message == copy.deepcopy(message)


# --- the response ------------------------------------------------------------------------------------


def answer(**choice: Any) -> dict[str, Any]:
    return {
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop", **choice}]
    }


def test_all_choices_are_there_and_the_first_is_at_hand() -> None:
    two = [
        {"index": index, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        for index, text in enumerate("ab")
    ]
    response = ChatResponse.from_json({"choices": two})
    assert [choice.message.content for choice in response.choices] == ["a", "b"]
    assert (response.message, response.finish_reason) == (response.choices[0].message, FinishReason.Stop)


@pytest.mark.parametrize(
    ("choice", "content", "reason"),
    [
        ({"finish_reason": "brand_new"}, "Hi", "brand_new"),
        ({"finish_reason": None}, "Hi", None),
        ({"message": {"role": "assistant"}}, "", "stop"),
        ({"message": {"role": "assistant", "content": None}}, "", "stop"),
        ({"message": {"content": "Hm"}, "index": None}, "Hm", "stop"),
        ({"message": {"role": "oracle", "content": "Hm", "mood": 1}}, "Hm", "stop"),
    ],
)
def test_what_is_new_or_missing_is_tolerated(choice: dict[str, Any], content: str, reason: str | None) -> None:
    response = ChatResponse.from_json(answer(**choice))
    assert (response.message.content, response.finish_reason) == (content, reason)
    assert response.message.to_json()["content"] == content  # and can go back
    assert pickle.loads(pickle.dumps(response)) == copy.deepcopy(response) == response


def test_log_probabilities() -> None:
    token = {"token": "Hi", "logprob": -0.5, "bytes": [72, 105]}
    logprobs = {"content": [{**token, "top_logprobs": [token, {**token, "token": "Ho"}]}]}
    read = ChatResponse.from_json(answer(logprobs=logprobs)).choices[0].logprobs
    assert read is not None
    (one,) = read
    assert (one.token, one.logprob, bytes(one.bytes), [top.token for top in one.top_logprobs]) == (
        *("Hi", -0.5, b"Hi"),
        ["Hi", "Ho"],
    )


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "choices"),
        ({"choices": []}, "choices"),
        ({"choices": [{}]}, "choices[0].message"),
        (answer(message="Hi"), "choices[0].message"),
        (answer(message=None), "choices[0].message"),
        (answer(message={"role": "assistant", "content": 3}), "choices[0].message.content"),
        (answer(message={"role": "assistant", "tool_calls": [{}]}), "choices[0].message.tool_calls[0].function"),
    ],
)
def test_what_is_no_answer_says_where(body: Any, path: str) -> None:
    with pytest.raises(ResponseError) as caught:
        ChatResponse.from_json(body)
    assert caught.value.path == path


def test_a_response_can_be_made_as_with_the_vendors_client() -> None:
    response = ChatResponse(FinishReason.Stop, TextMessage(Role.Assistant, "Hi"))
    assert [choice.message for choice in response.choices] == [response.message]
    assert ChatResponse(**vars(response)) == response
    assert dataclasses.replace(response, id="1").choices == response.choices


def test_tool_choices() -> None:
    def now() -> str:
        return "noon"

    tool = Tool("now")
    named = {"type": "function", "function": {"name": "now"}}
    for choice in (tool, now, ToolFunction.named("now"), ToolFunction("function", {"name": "now"}), named):
        assert sent(ChatRequest("m", HELLO, tools=[tool], tool_choice=choice))["tool_choice"] == named
    assert sent(ChatRequest("m", HELLO, tool_choice="required"))["tool_choice"] == "required"


def test_a_schema_is_sent_as_the_vendors_client_sends_it() -> None:
    schema = JSONSchema({"type": "object"}, "thing")
    assert sent(ChatRequest("m", HELLO, response_format=schema))["response_format"] == {
        "type": "json_schema",
        "json_schema": {"schema": {"type": "object"}, "name": "thing", "description": None, "strict": False},
    }
