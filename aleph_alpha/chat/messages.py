"""Messages of a chat: texts, images and tool calls, and how they are sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from aleph_alpha._call.checks import describe
from aleph_alpha._call.exact_json import exact_json
from aleph_alpha._call.fields import given, known
from aleph_alpha._call.reading import from_json, given_model, response_error
from aleph_alpha._call.short_repr import ShortRepr
from aleph_alpha.errors import InvalidRequestError, ResponseError

if TYPE_CHECKING:
    import PIL.Image

    from aleph_alpha.prompt.image import Image
    from aleph_alpha_api import models as api

    Part: TypeAlias = str | Image | PIL.Image.Image
    Content: TypeAlias = Part | Sequence[Part]
    AnyMessage: TypeAlias = "ChatMessage | Mapping[str, Any]"
else:  # so that pydantic can read annotations: without PIL, and without a schema of ChatMessage
    Content = AnyMessage = Any

__all__ = [
    "AnyMessage",
    "ChatMessage",
    "FunctionCall",
    "Message",
    "OpenEnum",
    "Role",
    "TextMessage",
    "ToolCall",
    "has_pictures",
    "message_model",
    "text_message",
]

M = TypeVar("M")


class OpenEnum(str, Enum):  # noqa: UP042 - str() of members stays that of the vendor's package
    """Takes values it does not know, as an API may have new ones: such a value is a member of its own."""

    @classmethod
    def _missing_(cls, value: object) -> OpenEnum | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = member._value_ = str(value)
        return member


class Role(OpenEnum):
    """Who says a message; ``Tool`` is the result of a function that the model asked for.

    >>> Role("assistant"), Role.User == "user"
    (<Role.Assistant: 'assistant'>, True)
    """

    User = "user"
    Assistant = "assistant"
    System = "system"
    Tool = "tool"


@dataclass(frozen=True)
class FunctionCall:
    """A function that the model wants called.

    Parameters:
        name: which one of ``ChatRequest.tools``.
        arguments: a JSON object as the model wrote it: it may be empty, or not valid JSON at all.
    """

    name: str
    arguments: str


@dataclass(frozen=True)
class ToolCall:
    """A call that the model asks for; answer with ``Message(Role.Tool, result, tool_call_id=call.id)``.

    Parameters:
        id: names the call in the response.
        type: ``"function"``.
        function: what to call.

    >>> call = ToolCall("call-1", "function", FunctionCall("get_weather", '{"location": "Paris"}'))
    >>> call.name, call.arguments
    ('get_weather', {'location': 'Paris'})
    """

    id: str
    type: str
    function: FunctionCall

    @property
    def name(self) -> str:
        """Name of the function."""
        return self.function.name

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments, read from their JSON; ``{}`` where the model gave none. Integers of any length are exact.

        Raises:
            ResponseError: they are not a JSON object; the message shows them.
        """
        text = self.function.arguments
        if not text.strip():
            return {}
        try:
            arguments = exact_json(text)
        except ValueError as error:
            problem = f"are not valid JSON ({error})"
        else:
            if arguments is None:
                return {}
            if isinstance(arguments, dict):
                return arguments
            problem = "are not a JSON object"
        message = f"the arguments for {self.function.name} {problem}: {text}"
        raise ResponseError(message, path="function.arguments", body=text.encode("utf-8", "replace"))

    @staticmethod
    def from_json(json: Mapping[str, Any]) -> ToolCall:
        """The call of its JSON.

        Raises:
            ResponseError: what was asked for is missing or cannot be read; `path` says where.
        """
        from aleph_alpha_api.models import ChatRequestMessageToolCall as Model

        return from_json("ToolCall", Model.from_dict, json, tool_call)

    def to_json(self) -> Mapping[str, Any]:
        """The call as the API sends and takes it."""
        return _tool_call_model(self).to_dict()


def tool_call(model: api.ChatRequestMessageToolCall) -> ToolCall:
    """The call of its generated model."""
    return ToolCall(model.id, str(model.type_), FunctionCall(model.function.name, model.function.arguments))


def _tool_call_model(call: ToolCall) -> api.ChatRequestMessageToolCall:
    from aleph_alpha_api import models as api

    function = api.FunctionCall(name=call.function.name, arguments=call.function.arguments)
    return api.ChatRequestMessageToolCall(id=call.id, type_=api.ToolType(call.type), function=function)


class ChatMessage:
    """What ``Message`` and ``TextMessage`` are, so that a list of both has a type."""

    # The data URLs of PIL images. A slot: neither field nor in `__dict__`.
    __slots__ = ("_urls",)

    role: Role | str
    content: Any
    tool_calls: Sequence[ToolCall] | None

    def __getstate__(self) -> dict[str, Any]:
        return dict(vars(self))  # copies and pickles encode anew


@dataclass(frozen=True, repr=False)
class Message(ChatMessage, ShortRepr):
    """A message of a chat.

    Parameters:
        role: who says it, a ``Role`` or its name.
        content: a text, an image, or a list of both. An ``Image`` is sent as the bytes it holds;
            chats look at whole images, so it must have neither cropping nor controls. A PIL image
            is encoded as PNG, upright and with 8 bits a channel, once for each message: later
            changes to it are not seen.
        tool_call_id: which call a message of the role ``Tool`` answers.
        tool_calls: calls that a message of the role ``Assistant`` asked for.

    >>> from aleph_alpha import Image
    >>> Message("user", ["What is this?", Image("iVBORw0KGgo=")]).to_json()["content"][1]
    {'type': 'image_url', 'image_url': {'url': 'data:image/png;base64,iVBORw0KGgo='}}
    """

    role: Role | str
    content: Content
    tool_call_id: str | None = None
    tool_calls: Sequence[ToolCall] | None = None

    @staticmethod
    def from_json(json: Mapping[str, Any]) -> Message:
        """The message of its JSON, as :meth:`to_json` and the API make it.

        Raises:
            ResponseError: a field is missing or has the wrong type, or an image is not in the message
                itself (a data URL); `path` says which.

        >>> Message.from_json({"role": "user", "content": [{"type": "text", "text": "Hi"}]}).content
        ['Hi']
        """
        from aleph_alpha_api.errors import DecodeError

        try:
            model = _request_model(json)
        except DecodeError as error:
            raise response_error("Message", error, b"") from None
        return _message(model)

    def to_json(self) -> Mapping[str, Any]:
        """The message as the API takes it.

        Raises:
            InvalidRequestError: a part of the content is neither text nor image.
        """
        return message_model(self, "Message").to_dict()


@dataclass(frozen=True, repr=False)
class TextMessage(ChatMessage, ShortRepr):
    """A message that is text only, as every response of a model is.

    Parameters:
        role: who says it.
        content: the text; empty where the response has none, as beside tool calls.
        tool_calls: calls that the model asks for.

    >>> TextMessage.from_json({"role": "assistant", "content": "Hi"})
    TextMessage(role=<Role.Assistant: 'assistant'>, content='Hi', tool_calls=None)
    """

    role: Role | str
    content: str
    tool_calls: Sequence[ToolCall] | None = None

    @staticmethod
    def from_json(json: Mapping[str, Any]) -> TextMessage:
        """The message of its JSON.

        Raises:
            ResponseError: what was asked for is missing or cannot be read; `path` says where.
        """
        from aleph_alpha_api.models import ChatAssistantMessage as Model

        return from_json("TextMessage", Model.from_dict, json, text_message)

    def to_json(self) -> Mapping[str, Any]:
        """The message as the API takes it."""
        return message_model(self, "TextMessage").to_dict()


def text_message(model: api.ChatAssistantMessage) -> TextMessage:
    """The message of its generated model."""
    calls = model.tool_calls
    return TextMessage(
        role=Role(str(model.role)),
        content=model.content if isinstance(model.content, str) else "",
        tool_calls=[tool_call(one) for one in calls] if isinstance(calls, list) else None,
    )


def _request_model(json: Any) -> api.ChatRequestMessage:
    """As responses have them, too: without content beside tool calls, with fields that are null."""
    from aleph_alpha_api.models import ChatRequestMessage as Model

    if isinstance(json, Mapping):
        json = {"content": ""} | {name: value for name, value in json.items() if value is not None}
    return Model.from_dict(json)


def _message(model: api.ChatRequestMessage) -> Message:
    content = model.content
    calls = known(model.tool_calls)
    return Message(
        role=Role(str(model.role)),
        content=content if isinstance(content, str) else [_part(part, i) for i, part in enumerate(content)],
        tool_call_id=known(model.tool_call_id),
        tool_calls=None if calls is None else [tool_call(one) for one in calls],
    )


def _part(part: api.ChatTextContent | api.ChatImageContent, index: int) -> str | Image:
    from aleph_alpha.prompt.data_url import image_of_url
    from aleph_alpha_api.models import ChatTextContent

    if isinstance(part, ChatTextContent):
        return part.text
    path = f"content[{index}].image_url.url"
    image = image_of_url(part.image_url.url)
    if image is None:
        raise ResponseError(f"{path} is not a data URL in base64; load the image with Image.from_url", path=path)
    return image


def message_model(message: AnyMessage, field: str) -> api.ChatRequestMessage:
    """The generated model of a message; `field` names it in errors.

    Raises:
        InvalidRequestError: a part of it that cannot be sent.
    """
    from aleph_alpha_api import models as api

    if isinstance(message, Mapping):
        return given_model(api.ChatRequestMessage.from_dict, message, field)
    if not isinstance(message, (Message, TextMessage)):
        hint = ": pass its .message" if hasattr(message, "message") else ""
        raise InvalidRequestError(f"{field} must be a Message, not {describe(message)}{hint}")
    if not isinstance(message.role, str) or not message.role:
        raise InvalidRequestError(f"{field}.role must be a Role or its name, not {describe(message.role)}")
    role = message.role.value if isinstance(message.role, Role) else message.role
    call_id = message.tool_call_id if isinstance(message, Message) else None
    calls = message.tool_calls
    for index, call in enumerate(calls or ()):
        if not isinstance(call, ToolCall):
            raise InvalidRequestError(f"{field}.tool_calls[{index}] must be a ToolCall, not {describe(call)}")
    return api.ChatRequestMessage(
        role=api.ChatRole(role),
        content=_content(message, f"{field}.content"),
        tool_calls=given(None if calls is None else [_tool_call_model(call) for call in calls]),
        tool_call_id=given(call_id),
    )


def _content(message: ChatMessage, field: str) -> list[api.ChatImageContent | api.ChatTextContent] | str:
    content: Any = message.content
    if isinstance(content, str):
        return content
    from aleph_alpha.prompt.data_url import data_url, is_picture
    from aleph_alpha.prompt.image import Image
    from aleph_alpha_api import models as api

    if isinstance(content, Image) or is_picture(content):
        content = [content]
    if not isinstance(content, Sequence) or isinstance(content, (bytes, bytearray)):
        raise InvalidRequestError(f"{field} must be a text, an image or a list of both, not {describe(content)}")
    parts: list[api.ChatImageContent | api.ChatTextContent] = []
    for index, part in enumerate(content):
        if isinstance(part, str):
            parts.append(api.ChatTextContent(type_="text", text=part))
        elif isinstance(part, Image):
            url = data_url(part, f"{field}[{index}]")
            parts.append(api.ChatImageContent(type_="image_url", image_url=api.ChatImageUrl(url=url)))
        elif is_picture(part):
            url = _image_url(message, index, part, f"{field}[{index}]")
            parts.append(api.ChatImageContent(type_="image_url", image_url=api.ChatImageUrl(url=url)))
        else:
            raise InvalidRequestError(f"{field}[{index}] must be a text or an image, not {describe(part)}")
    return parts


def _image_url(message: ChatMessage, index: int, image: Any, field: str) -> str:
    """The data URL of a PIL image, encoded at the first use of the message."""
    from aleph_alpha.prompt.data_url import encode_image

    urls: dict[int, str] | None = getattr(message, "_urls", None)
    if urls is None:
        urls = {}
        if isinstance(message, Message):
            object.__setattr__(message, "_urls", urls)
    if index not in urls:
        urls[index] = encode_image(image, field)
    return urls[index]


def has_pictures(message: object) -> bool:
    """Whether PIL images of the message are still to be encoded, which takes a while."""
    if not isinstance(message, Message) or getattr(message, "_urls", None) is not None:
        return False
    content: Any = message.content
    if isinstance(content, str):
        return False
    from aleph_alpha.prompt.data_url import is_picture

    if isinstance(content, (list, tuple)):
        return any(map(is_picture, content))
    return is_picture(content)
