"""Texts: completions and chats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import orjson
import pyarrow as pa

from aleph_alpha.bulk.task import Row
from aleph_alpha.bulk.tasks.prompts import PromptTask, check_fields
from aleph_alpha.bulk.tasks.structured import structured_columns, structured_values
from aleph_alpha.chat.messages import Message
from aleph_alpha.chat.request import ChatRequest
from aleph_alpha.chat.response import ChatResponse
from aleph_alpha.completion.request import CompletionRequest
from aleph_alpha.completion.response import CompletionResponse
from aleph_alpha.errors import InvalidRequestError, ResponseError
from aleph_alpha.prompt.prompt import Prompt
from aleph_alpha.prompt.text import Text

if TYPE_CHECKING:
    from aleph_alpha import AsyncClient

__all__ = ["Chat", "Complete"]


@dataclass(frozen=True)
class Complete(PromptTask):
    """Completions: columns ``completion``, ``finish_reason``, and ``log_probs`` (JSON) where they are asked for.

    Parameters:
        model: name of the model.
        column, template, image: where prompts come from, see ``PromptColumns``.
        fields: other fields of ``CompletionRequest``, such as ``{"maximum_tokens": 32}``; `n` is 1.

    Raises:
        InvalidRequestError: an argument that cannot work.

    >>> Complete("toy-base", template="{{ question }} Answer:", fields={"maximum_tokens": 8}).inputs()
    {'question': 'any'}
    """

    name = "complete"
    rows_per_request = 1

    def __post_init__(self) -> None:
        check_fields(self.fields, CompletionRequest, ("prompt",))
        _one_response(self.fields)
        self.settings()

    def outputs(self) -> Mapping[str, pa.DataType]:
        """The columns that it makes."""
        log_probs = {"log_probs": pa.string()} if self.fields.get("log_probs") is not None else {}
        return {"completion": pa.string(), "finish_reason": pa.string(), **log_probs, **_COSTS}

    def settings(self) -> Mapping[str, Any]:
        """What makes results different."""
        body = dict(CompletionRequest(Prompt.from_text(""), **self.fields).to_json())
        del body["prompt"]
        return {"model": self.model, **self.prompts.settings(), **body}

    def request(self, rows: Sequence[Row]) -> CompletionRequest:
        """The request of a row."""
        return CompletionRequest(self.prompts.prompt(rows[0]), **self.fields)

    async def send(self, client: AsyncClient, request: CompletionRequest) -> CompletionResponse:
        """Its completion."""
        return await client.complete(request, self.model)

    def columns(self, request: CompletionRequest, response: CompletionResponse) -> Mapping[str, Any]:
        """The completion, and what it cost."""
        if not response.completions:
            raise ResponseError("complete: there is no completion in it", path="completions")
        first = response.completions[0]
        columns: dict[str, Any] = {
            "completion": [first.completion],
            "finish_reason": [first.finish_reason],
            "num_tokens_prompt": [response.num_tokens_prompt_total],
            "num_tokens_generated": [response.num_tokens_generated],
            "model_version": [response.model_version],
        }
        if self.fields.get("log_probs") is not None:
            columns["log_probs"] = [orjson.dumps(first.log_probs).decode()]
        return columns


@dataclass(frozen=True)
class Chat(PromptTask):
    """Answers of a chat: ``completion``, ``finish_reason``, and a column for each property of structured output.

    Parameters:
        model: name of a model that can chat.
        column, template, image: what the user says, see ``PromptColumns``.
        system: a system message before it.
        fields: other fields of ``ChatRequest``, such as ``{"maximum_tokens": 32}``. A ``response_format``
            (``JSONSchema``, dataclass, pydantic model) makes columns of its properties; `n` is 1.

    Raises:
        InvalidRequestError: an argument that cannot work.
    """

    system: str | None = None

    name = "chat"
    rows_per_request = 1

    def __post_init__(self) -> None:
        check_fields(self.fields, ChatRequest, ("model", "messages", "stream_options"))
        _one_response(self.fields)
        self.settings()
        taken = {"completion", "finish_reason", *_COSTS} & set(self._structured)
        if taken:
            raise InvalidRequestError(f"the response format has the property {min(taken)!r}, a column of its own here")

    @cached_property
    def _structured(self) -> Mapping[str, pa.DataType]:
        return structured_columns(self.fields.get("response_format"))

    def outputs(self) -> Mapping[str, pa.DataType]:
        """The columns that it makes."""
        return {"completion": pa.string(), "finish_reason": pa.string(), **self._structured, **_COSTS}

    def settings(self) -> Mapping[str, Any]:
        """What makes results different."""
        body = dict(self._request([Message("user", "")]).to_json())
        del body["messages"]
        system = {} if self.system is None else {"system": self.system}
        return {**body, **self.prompts.settings(), **system}

    def _request(self, messages: Sequence[Any]) -> ChatRequest:
        return ChatRequest(self.model, messages, **self.fields)

    def request(self, rows: Sequence[Row]) -> ChatRequest:
        """The request of a row."""
        items = self.prompts.prompt(rows[0]).items
        content: Any = [item.text if isinstance(item, Text) else item for item in items]
        if len(content) == 1 and isinstance(content[0], str):
            content = content[0]
        before = [] if self.system is None else [Message("system", self.system)]
        return self._request([*before, Message("user", content or "")])

    async def send(self, client: AsyncClient, request: ChatRequest) -> ChatResponse:
        """The response."""
        return await client.chat(request, self.model)

    def columns(self, request: ChatRequest, response: ChatResponse) -> Mapping[str, Any]:
        """The response, and what it cost."""
        usage = response.usage
        reason = response.finish_reason
        columns: dict[str, Any] = {
            "completion": [response.message.content],
            "finish_reason": [None if reason is None else reason.value],
            "num_tokens_prompt": [usage.prompt_tokens if usage else None],
            "num_tokens_generated": [usage.completion_tokens if usage else None],
            "model_version": [response.model],
        }
        if self._structured:
            columns |= structured_values(self._structured, response)
        return columns


_COSTS = {"num_tokens_prompt": pa.int64(), "num_tokens_generated": pa.int64(), "model_version": pa.string()}


def _one_response(fields: Mapping[str, Any]) -> None:
    if fields.get("n") not in (None, 1):
        raise InvalidRequestError(f"n must be 1, got {fields['n']}: a job makes one row a key")
