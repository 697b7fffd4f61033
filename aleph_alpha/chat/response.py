"""The response side of a chat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar, overload

from aleph_alpha._call.fields import known, promised
from aleph_alpha._call.meta import WithMeta
from aleph_alpha._call.reading import from_json, note
from aleph_alpha._call.short_repr import ShortRepr
from aleph_alpha._call.viewable import Viewable, builder
from aleph_alpha.chat.messages import OpenEnum, TextMessage, ToolCall, text_message
from aleph_alpha.errors import ResponseError
from aleph_alpha.structured_output.response_format import parse_text

if TYPE_CHECKING:
    from aleph_alpha.views.view import View
    from aleph_alpha_api import models as api
    from aleph_alpha_api.types import Unset

__all__ = ["ChatChoice", "ChatResponse", "FinishReason", "TokenLogprob", "TopLogprob", "Usage"]

T = TypeVar("T")


class FinishReason(OpenEnum):
    """Why a response ended.

    ``Stop``: the model was done, or came to a stop sequence. ``Length``: it reached the most
    tokens it may generate. ``ToolCalls``: it wants functions called. ``ContentFilter``: any other
    reason. The API may come to have more; such a one is a member named as the API calls it.

    >>> FinishReason("stop"), FinishReason("out_of_ink") == "out_of_ink"
    (<FinishReason.Stop: 'stop'>, True)
    """

    Stop = "stop"
    Length = "length"
    ContentFilter = "content_filter"
    ToolCalls = "tool_calls"


@dataclass(frozen=True)
class Usage:
    """Tokens that a response took.

    Parameters:
        completion_tokens: generated.
        prompt_tokens: in the conversation before the response.
        total_tokens: both.
    """

    type: ClassVar[Literal["usage"]] = "usage"  # tells events of a stream apart

    completion_tokens: int
    prompt_tokens: int
    total_tokens: int

    @staticmethod
    def from_json(json: Mapping[str, Any]) -> Usage:
        """The usage of its JSON.

        Raises:
            ResponseError: what was asked for is missing or cannot be read; `path` says where.
        """
        from aleph_alpha_api.models import Usage as Model

        return from_json("Usage", Model.from_dict, json, usage)

    def to_json(self) -> Mapping[str, Any]:
        """The usage as the API sends it."""
        return {
            "completion_tokens": self.completion_tokens,
            "prompt_tokens": self.prompt_tokens,
            "total_tokens": self.total_tokens,
        }


def usage(model: api.Usage) -> Usage:
    """The usage of its generated model."""
    return Usage(promised(model.completion_tokens), promised(model.prompt_tokens), promised(model.total_tokens))


@dataclass(frozen=True)
class TopLogprob:
    """A token that could have stood in a place.

    Parameters:
        token: its text.
        logprob: natural logarithm of its probability.
        bytes: its text in UTF-8, also where it is part of a character only.
    """

    token: str
    logprob: float
    bytes: list[int]


@dataclass(frozen=True)
class TokenLogprob:
    """A token of a response, and the likely ones in its place.

    Parameters:
        token: its text.
        logprob: natural logarithm of its probability.
        bytes: its text in UTF-8, also where it is part of a character only.
        top_logprobs: as many as ``ChatRequest.top_logprobs`` asked for, likeliest first.
    """

    token: str
    logprob: float
    bytes: list[int]
    top_logprobs: list[TopLogprob]


def token_logprobs(model: api.ChatLogprobs | Unset | None) -> list[TokenLogprob] | None:
    """The log probabilities of their generated model."""
    if not model:
        return None
    return [
        TokenLogprob(
            one.token,
            one.logprob,
            promised(one.bytes_),
            [TopLogprob(top.token, top.logprob, promised(top.bytes_)) for top in one.top_logprobs],
        )
        for one in model.content or ()
    ]


@dataclass(frozen=True, repr=False)
class ChatChoice(ShortRepr):
    """One of the responses.

    Parameters:
        index: which of ``ChatRequest.n`` it is, from 0.
        message: what the model says; it can go into the next request as it is.
        finish_reason: why it ended.
        logprobs: one for each token, where ``ChatRequest.logprobs`` asked for them.
    """

    index: int
    message: TextMessage
    finish_reason: FinishReason | None
    logprobs: list[TokenLogprob] | None = None

    def to_json(self) -> Mapping[str, Any]:
        """The choice as the API sends it."""
        return {
            "index": self.index,
            "message": self.message.to_json(),
            "finish_reason": None if self.finish_reason is None else self.finish_reason.value,
            "logprobs": None if self.logprobs is None else {"content": [_logprob_json(one) for one in self.logprobs]},
        }


def _logprob_json(one: TokenLogprob) -> Mapping[str, Any]:
    return {**vars(one), "top_logprobs": [dict(vars(top)) for top in one.top_logprobs]}


def choice(model: api.ChatResponseMessage) -> ChatChoice:
    """The choice of its generated model."""
    reason = known(model.finish_reason)
    return ChatChoice(
        index=model.index,
        message=text_message(model.message),
        finish_reason=FinishReason(str(reason)) if reason else None,
        logprobs=token_logprobs(model.logprobs),
    )


@dataclass(frozen=True, repr=False)
class ChatResponse(WithMeta, Viewable, ShortRepr):
    """What the model says.

    Parameters:
        finish_reason: why the first response ended.
        message: the first response; it can go into the next request as it is.
        choices: all responses, as many as ``ChatRequest.n``.
        usage: tokens that it took.
        id: names the response on the server.
        created: when it was made, in seconds since 1970 (UTC).
        model: the model that answered.
        system_fingerprint: names the deployment, where the server says.
        object: ``"chat.completion"``.
        response_format: what the request asked for, which :meth:`parsed` reads by. Not part of
            the response's JSON.

    >>> response = ChatResponse.from_json({"choices": [
    ...     {"index": 0, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}]})
    >>> response.message.content, response.finish_reason
    ('Hi', <FinishReason.Stop: 'stop'>)
    """

    finish_reason: FinishReason | None
    message: TextMessage
    choices: Sequence[ChatChoice] = ()
    usage: Usage | None = None
    id: str | None = None
    created: int | None = None
    model: str | None = None
    system_fingerprint: str | None = None
    object: str | None = None
    response_format: Any = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.choices:  # made by hand, as in a test
            choices = [ChatChoice(0, self.message, self.finish_reason)]
            self.__dict__["choices"] = choices  # frozen, but not yet in anybody's hands

    @property
    def tool_calls(self) -> Sequence[ToolCall]:
        """Calls that the first response asks for; empty where it asks for none."""
        return self.message.tool_calls or ()

    @staticmethod
    def from_json(json: Mapping[str, Any]) -> ChatResponse:
        """The response of its JSON.

        Raises:
            ResponseError: what was asked for is missing or cannot be read; `path` says where.
        """
        from aleph_alpha_api.models import ChatResponse as Model

        return from_json("ChatResponse", Model.from_dict, json, response)

    def view(self) -> View:
        """Something to look at: the text, its tokens coloured by their probability where ``logprobs`` were asked for.

        The other likely tokens of a place show when the pointer is on it, and in the table. There is a
        switch between several choices.

        >>> print(ChatResponse(FinishReason.Stop, TextMessage("assistant", "Hi there")).view().text())
        Chat
        ended by stop
        Hi there
        """
        view: View = builder("probabilities").of_chat(self.choices)
        return view

    def to_json(self) -> Mapping[str, Any]:
        """The response as the API sends it; :meth:`from_json` reads it back."""
        return {
            "id": self.id,
            "choices": [one.to_json() for one in self.choices],
            "created": self.created,
            "model": self.model,
            "system_fingerprint": self.system_fingerprint,
            "object": self.object,
            "usage": None if self.usage is None else self.usage.to_json(),
        }

    @overload
    def parsed(self, kind: type[T], *, index: int = 0) -> T: ...
    @overload
    def parsed(self, kind: None = None, *, index: int = 0) -> Any: ...

    def parsed(self, kind: Any = None, *, index: int = 0) -> Any:
        """A response that is JSON, read into what the request's ``response_format`` was made from.

        Thoughts that a reasoning model puts before it between ``<think>`` and ``</think>``, and a
        Markdown fence around it, are passed over.

        Args:
            kind: a dataclass, TypedDict or pydantic model to read it into instead.
            index: which of several responses.

        Returns:
            The object; the decoded JSON where the format was a ``JSONSchema`` or a dict.

        Raises:
            ResponseError: it is not valid JSON, or does not fit; the message shows the text.

        >>> response = ChatResponse(FinishReason.Stop, TextMessage("assistant", '{"nemo": "a clownfish"}'))
        >>> response.parsed()
        {'nemo': 'a clownfish'}
        """
        choice = self.choices[index]
        kind = self.response_format if kind is None else kind
        return parse_text(choice.message.content, kind, choice.finish_reason)


def response(model: api.ChatResponse) -> ChatResponse:
    """The response of its generated model."""
    choices = [choice(one) for one in model.choices]
    if not choices:
        raise ResponseError("chatCompletions: there is no response in it", path="choices")
    for place, one in enumerate(model.choices):
        _note_silence(one, f"choices[{place}].message.content")
    used, kind = known(model.usage), known(model.object_)
    return ChatResponse(
        finish_reason=choices[0].finish_reason,
        message=choices[0].message,
        choices=choices,
        usage=None if used is None else usage(used),
        id=known(model.id),
        created=known(model.created),
        model=known(model.model),
        system_fingerprint=known(model.system_fingerprint),
        object=None if kind is None else str(kind),
    )


def _note_silence(model: api.ChatResponseMessage, path: str) -> None:
    """Note a message that says nothing: neither text nor calls nor, as thoughts and refusals, text of another name."""
    message = model.message
    others = (value for value in message.additional_properties.values() if isinstance(value, str))
    said = isinstance(message.content, str) or bool(message.tool_calls) or any(others)
    if not said and known(model.finish_reason) != "content_filter":
        note([(path, "a string, as there are no tool calls", "nothing")])
