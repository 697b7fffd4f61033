"""A plugin for llm, the command-line tool: chats, completions and embeddings (extra ``llm``).

Its models are those that the deployment tells of; the list is asked for once a day, or by ``llm aleph-alpha refresh``.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import click
import llm
from llm.models import EmbeddingModel
from llm.parts import AttachmentPart, Message as PromptMessage, TextPart, ToolCallPart, ToolResultPart
from pydantic import Field

from aleph_alpha import (
    AlephAlphaError,
    AsyncClient,
    ChatRequest,
    ChatResponse,
    Client,
    CompletionRequest,
    CompletionSummary,
    InvalidRequestError,
    JSONSchema,
    ModelSettings,
    Prompt,
    StreamChunk,
    StreamOptions,
    TextDelta,
)
from aleph_alpha.integrations.vectors import Embedder, Role

__all__: list[str] = []

_KEY, _VARIABLE = "aleph-alpha", "AA_TOKEN"
_PICTURES = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})
_SECONDS_KEPT = 24 * 60 * 60


@dataclass(frozen=True)
class _Known:
    """What the plugin has to know of a model."""

    name: str
    chats: bool
    completes: bool
    sees: bool
    embedding: str | None

    @staticmethod
    def of(model: ModelSettings) -> _Known:
        return _Known(
            model.name,
            chats=bool(model.chat),
            completes=model.completion_type not in (None, "none"),
            sees=bool(model.multimodal),
            embedding=model.embedding_type if model.embedding_type != "none" else None,
        )


def _host() -> str | None:
    return os.environ.get("AA_HOST", "").strip() or None


def _ask() -> list[_Known]:
    """The models of the deployment; they are written down for the next time."""
    token = llm.get_key(None, _KEY, _VARIABLE)
    # Somebody waits in front of a shell, for a command that may have nothing to do with these models.
    with Client.from_env(token, _host(), total_retries=0, request_timeout_seconds=10) as client:
        models = [_Known.of(model) for model in client.model_settings()]
    written = {"host": _host(), "at": time.time(), "models": [vars(model) for model in models]}
    file = llm.user_dir() / "aleph-alpha-models.json"
    part = file.with_suffix(f".{os.getpid()}")
    try:
        part.write_text(json.dumps(written), "utf-8")
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    return models


def _models() -> list[_Known]:
    """Those that are written down, if they are of this host and of today; else what the deployment tells."""
    kept: list[_Known] = []
    try:
        written = json.loads((llm.user_dir() / "aleph-alpha-models.json").read_text("utf-8"))
        if written["host"] == _host():
            kept = [_Known(**model) for model in written["models"]]
            if 0 <= time.time() - written["at"] < _SECONDS_KEPT:
                return kept
    except (OSError, ValueError, KeyError, TypeError):  # none yet, or of another version
        pass
    if not llm.get_key(None, _KEY, _VARIABLE):
        return kept
    try:
        return _ask()
    except AlephAlphaError as error:
        click.echo(f"aleph-alpha: the models of the deployment are not known: {error}", err=True)
        return kept


@llm.hookimpl
def register_models(register: Callable[..., None]) -> None:
    """Called by llm."""
    for model in _models():
        if model.chats:
            register(_Chat(model), _AsyncChat(model))
        if model.completes:
            own = f"aleph-alpha/{model.name}"
            register(_Completion(f"{own}/complete", model.name), aliases=() if model.chats else (own,))


@llm.hookimpl
def register_embedding_models(register: Callable[..., None]) -> None:
    """Called by llm."""
    for model in _models():
        name = f"aleph-alpha/{model.name}"
        if model.embedding == "semantic":
            register(_Embedding(name, Embedder(model.name, "symmetric")))
            for role in ("query", "document"):
                register(_Embedding(f"{name}/{role}", Embedder(model.name, "asymmetric"), role))
        elif model.embedding == "raw":
            register(_Embedding(name, Embedder(model.name, "plain")))


@llm.hookimpl
def register_commands(cli: click.Group) -> None:
    """Called by llm."""

    @cli.group(name="aleph-alpha")
    def group() -> None:
        """Models of the Aleph Alpha inference API."""

    @group.command()
    def refresh() -> None:
        """Ask the deployment for its models."""
        try:
            models = _ask()
        except (AlephAlphaError, InvalidRequestError) as error:
            raise click.ClickException(str(error)) from error
        for model in models:
            click.echo(model.name)


class _ChatOptions(llm.Options):
    max_tokens: int | None = Field(default=None, ge=1, description="Most tokens to generate.")
    temperature: float | None = Field(default=None, description="0.0 (close to repeatable) to 2.0.")
    top_k: int | None = Field(default=None, description="Sample from this many of the likeliest tokens.")
    top_p: float | None = Field(default=None, description="Sample from the likeliest tokens of this probability.")
    frequency_penalty: float | None = Field(default=None, description="-2.0 to 2.0.")
    presence_penalty: float | None = Field(default=None, description="-2.0 to 2.0.")
    stop: str | list[str] | None = Field(default=None, description="Text that ends what is said.")


class _Chatting:
    """What sync and async chats have in common."""

    needs_key = _KEY
    key_env_var = _VARIABLE
    can_stream = True
    supports_schema = True
    supports_tools = True
    Options: ClassVar[Any] = _ChatOptions

    def __init__(self, known: _Known) -> None:
        self.model_id = f"aleph-alpha/{known.name}"
        self.attachment_types = _PICTURES if known.sees else frozenset()
        self._name = known.name

    def _request(self, prompt: llm.Prompt, *, streams: bool) -> ChatRequest:
        tools = [_tool_json(tool) for tool in prompt.tools if isinstance(tool, llm.Tool)]
        schema: Any = prompt.schema
        return ChatRequest(
            self._name,
            [one for message in prompt.messages for one in _messages(message)],
            **prompt.options.model_dump(exclude_none=True),
            tools=tools or None,
            response_format=JSONSchema(schema, "output", strict=True) if schema else None,
            stream_options=StreamOptions(include_usage=True) if streams else None,
        )


def _messages(message: PromptMessage) -> Iterator[dict[str, Any]]:
    """A message of llm as those of the API: each result of a tool is one of its own."""
    content: list[dict[str, Any]] = []
    calls: list[dict[str, Any]] = []
    for part in message.parts:
        match part:
            case TextPart():
                content.append({"type": "text", "text": part.text})
            case AttachmentPart() if part.attachment is not None:
                kind, data = part.attachment.resolve_type(), part.attachment.base64_content()
                content.append({"type": "image_url", "image_url": {"url": f"data:{kind};base64,{data}"}})
            case ToolCallPart():
                function = {"name": part.name, "arguments": json.dumps(part.arguments, ensure_ascii=False)}
                calls.append({"id": part.tool_call_id or "", "type": "function", "function": function})
            case ToolResultPart():
                yield {"role": "tool", "content": part.output, "tool_call_id": part.tool_call_id or ""}
    if not content and not calls:
        return
    said: Any = content
    if all(part["type"] == "text" for part in content):
        said = "".join(part["text"] for part in content)
    yield {"role": message.role, "content": said, **({"tool_calls": calls} if calls else {})}


def _tool_json(tool: llm.Tool) -> dict[str, Any]:
    function = {"name": tool.name, "description": tool.description or "", "parameters": tool.input_schema}
    return {"type": "function", "function": function}


def _tell(response: Any, whole: ChatResponse) -> None:
    """What is known of a response beside its text."""
    for call in whole.tool_calls:
        response.add_tool_call(llm.ToolCall(name=call.name, arguments=call.arguments, tool_call_id=call.id))
    if whole.usage is not None:
        response.set_usage(input=whole.usage.prompt_tokens, output=whole.usage.completion_tokens)
    if whole.model:
        response.set_resolved_model(whole.model)
    response.response_json = {"id": whole.id, "finish_reason": whole.finish_reason and whole.finish_reason.value}


class _Chat(_Chatting, llm.KeyModel):  # type: ignore[misc]
    def execute(
        self, prompt: llm.Prompt, stream: bool, response: llm.Response, conversation: Any, key: str | None
    ) -> Iterator[str]:
        with Client.from_env(key, _host()) as client:
            request = self._request(prompt, streams=stream)
            if not stream:
                whole = client.chat(request)
                yield whole.message.content
            else:
                with client.stream_chat(request) as events:
                    for event in events:
                        if isinstance(event, TextDelta) and event.index == 0:
                            yield event.text
                    whole = events.final()
        _tell(response, whole)


class _AsyncChat(_Chatting, llm.AsyncKeyModel):  # type: ignore[misc]
    async def execute(
        self, prompt: llm.Prompt, stream: bool, response: llm.AsyncResponse, conversation: Any, key: str | None
    ) -> AsyncGenerator[str, None]:
        async with AsyncClient.from_env(key, _host()) as client:
            request = self._request(prompt, streams=stream)
            if not stream:
                whole = await client.chat(request)
                yield whole.message.content
            else:
                async with client.stream_chat(request) as events:
                    async for event in events:
                        if isinstance(event, TextDelta) and event.index == 0:
                            yield event.text
                    whole = await events.final()
        _tell(response, whole)


class _CompletionOptions(llm.Options):
    maximum_tokens: int | None = Field(default=64, ge=1, description="Most tokens to generate.")
    temperature: float | None = Field(default=0.0, description="0.0 to 1.0.")
    top_k: int | None = Field(default=0, description="Sample from this many of the likeliest tokens; 0 for all.")
    top_p: float | None = Field(default=0.0, description="Sample from the likeliest tokens of this probability.")
    presence_penalty: float | None = Field(default=0.0, description="For a token that has occurred.")
    frequency_penalty: float | None = Field(default=0.0, description="The stronger the more often it has occurred.")
    stop_sequences: str | list[str] | None = Field(default=None, description="Text that ends the completion.")


class _Completion(llm.KeyModel):
    """Continues a text; a system prompt goes before it. There are no conversations."""

    needs_key = _KEY
    key_env_var = _VARIABLE
    can_stream = True
    supports_conversation = False
    Options: ClassVar[Any] = _CompletionOptions

    def __init__(self, model_id: str, name: str) -> None:
        self.model_id, self._name = model_id, name

    def execute(
        self, prompt: llm.Prompt, stream: bool, response: llm.Response, conversation: Any, key: str | None
    ) -> Iterator[str]:
        settings = prompt.options.model_dump()
        stops = settings.pop("stop_sequences")
        request = CompletionRequest(
            Prompt.from_text("\n\n".join(text for text in (prompt.system, prompt.prompt) if text)),
            stop_sequences=[stops] if isinstance(stops, str) else stops,
            **settings,
        )
        with Client.from_env(key, _host()) as client:
            if not stream:
                whole = client.complete(request, self._name)
                yield whole.completions[0].completion or ""
                response.set_usage(input=whole.num_tokens_prompt_total, output=whole.num_tokens_generated)
                return
            with client.stream_complete(request, self._name) as events:
                for event in events:
                    if isinstance(event, StreamChunk):
                        yield event.completion
                    elif isinstance(event, CompletionSummary):
                        response.set_usage(input=event.num_tokens_prompt_total, output=event.num_tokens_generated)


class _Embedding(EmbeddingModel):
    needs_key = _KEY
    key_env_var = _VARIABLE
    batch_size = 100

    def __init__(self, model_id: str, embedder: Embedder, role: Role = "document") -> None:
        self.model_id, self._embedder, self._role = model_id, embedder, role

    def embed_batch(self, items: Iterable[str | bytes], *, key: str | None = None) -> Iterator[list[float]]:
        texts = [item if isinstance(item, str) else item.decode("utf-8") for item in items]
        with Client.from_env(self.get_key(key), _host()) as client:
            yield from self._embedder.embed(client, texts, self._role)
