"""Chat: decides what to answer - a tool call, JSON, or talk - and answers it whole. Streams are in chat_events.

Toy rules. A conversation becomes the prompt `System: ...`, `User: ...`, `Tool: ...`, ending in `Assistant:`, and
talk is the model's completion of it. Tools: see model/tools.py; arguments and JSON come from model/json_values.py; a
tool that was called already in this conversation, with arguments that say as much, is not called again; its result is
told instead.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import orjson

from aleph_alpha.testing.server.call import Events, Handler, ServerCall, ServerResponse
from aleph_alpha.testing.server.catalogue import (
    COMPLETION_LIMIT,
    CONTEXT_SIZE,
    LARGEST_COUNT,
    MODEL_VERSION,
    Capability,
)
from aleph_alpha.testing.server.model import tools
from aleph_alpha.testing.server.model.completion_bias import CompletionBias
from aleph_alpha.testing.server.model.context import Context
from aleph_alpha.testing.server.model.generation import Dictation, Generation, random_for
from aleph_alpha.testing.server.model.json_values import NoValue, value_for
from aleph_alpha.testing.server.model.language_model import State
from aleph_alpha.testing.server.model.sampling import Penalty, Sampler, Sampling, read_logit_bias
from aleph_alpha.testing.server.problems import Rule, invalid
from aleph_alpha.testing.server.routes import prompts
from aleph_alpha.testing.server.routes.chat_events import stream
from aleph_alpha.testing.server.routes.chat_prompt import prompt_of, said_last
from aleph_alpha.testing.server.routes.completions import steer
from aleph_alpha.testing.server.routes.conversation import Choice, Conversation, ToolCall

__all__ = []


def _chat(call: ServerCall) -> ServerResponse:
    conversation = _prepare(call)
    if call.body.get("stream", False):
        return Events(stream(conversation))
    response = conversation.envelope("chat.completion", MODEL_VERSION)
    for choice in conversation.choices:
        tokens = [token for telling in choice.tellings for piece in telling for token in piece.tokens]
        response["choices"].append(
            {
                "finish_reason": choice.finish_reason,
                "index": choice.index,
                "message": _message(conversation, choice),
                "logprobs": None if choice.tool_calls else conversation.logprobs(tokens, first=True),
            }
        )
    response["usage"] = conversation.usage()
    return response


def _message(conversation: Conversation, choice: Choice) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": choice.text}
    if conversation.lists_tool_calls:
        message["tool_calls"] = []
    if choice.tool_calls:
        functions = [{"name": call.name, "arguments": call.arguments} for call in choice.tool_calls]
        message["tool_calls"] = [
            {"id": call.id, "type": "function", "function": function}
            for call, function in zip(choice.tool_calls, functions, strict=True)
        ]
    return message


def _prepare(call: ServerCall) -> Conversation:
    body = call.body
    toy = call.model(Capability.CHAT)
    if "parallel_tool_calls" in body:
        raise invalid("/parallel_tool_calls", "is not supported.", Rule.REFUSED_FIELD)
    if not body["messages"]:
        raise invalid("/messages", "A conversation has one message at least.", Rule.MESSAGES)
    n = int(body.get("n", 1))
    if n > LARGEST_COUNT:
        raise invalid("/n", f"{n} is more than {LARGEST_COUNT}.", Rule.COUNT)
    context = prompts.read(call, toy, prompt_of(body["messages"]), "/messages")
    state = call.server.model.state(context.ids, context.gains(call.server.model))
    steer(state, call.server.model, call.server, body.get("steering_concepts", ()))
    limit = _limit(body)
    wanted = _wanted_tools(body)
    choices = []
    for index in range(n):
        random = random_for(call.server.seed, body, index)
        choices.append(_choice(call, index, wanted, limit, random, (state.copy(), context)))
    response_id = f"toy-{call.server.id_for(orjson.dumps(body))}"
    return Conversation(call, toy, context, choices, response_id, int(time.time()))


def _limit(body: Mapping[str, Any]) -> int | None:
    limit = body.get("max_tokens", body.get("maximum_tokens"))
    if limit is not None and limit < 0:
        raise invalid("/maximum_tokens", f"{limit} is negative.", Rule.NEGATIVE_TOKENS)
    return None if limit is None else int(limit)


def _wanted_tools(body: Mapping[str, Any]) -> Sequence[tuple[Mapping[str, Any], str]]:
    """The functions that are to be called, by the request's wish or by the toy rule, and what was said of each."""
    offered = body.get("tools", ())
    by_name: dict[str, Mapping[str, Any]] = {tool["function"]["name"]: tool["function"] for tool in offered}
    if len(by_name) < len(offered):
        raise invalid("/tools", "Two functions have the same name.", Rule.TOOLS)
    choice = body.get("tool_choice", "auto")
    if isinstance(choice, Mapping):
        name = choice["function"]["name"]
        if name not in by_name:
            raise invalid("/tool_choice/function/name", f"{name[:80]!r} is none of the tools.", Rule.TOOLS)
        return [(by_name[name], said_last(body["messages"]))]
    if choice == "required" and not offered:
        raise invalid("/tool_choice", "'required' needs tools.", Rule.TOOLS)
    if choice == "none" or (choice == "auto" and body["messages"][-1]["role"] != "user"):
        return []
    return tools.choose(offered, said_last(body["messages"]), required=choice == "required")


def _choice(
    call: ServerCall,
    index: int,
    wanted: Sequence[tuple[Mapping[str, Any], str]],
    limit: int | None,
    random: np.random.Generator,
    start: tuple[State, Context],
) -> Choice:
    body, bpe = call.body, call.server.model.bpe
    state, context = start
    top = int(body.get("top_logprobs", 0))
    room = CONTEXT_SIZE - len(context.ids)

    def tell(text: str, told: int = 0) -> Dictation:
        return Dictation(bpe, state, text, None if limit is None else limit - told, top)

    forced = body.get("tool_choice", "auto") != "auto"
    digest = call.server.id_for(orjson.dumps(body), index + 1).replace("-", "")
    calls: list[ToolCall] = []
    told = 0
    for function, said in wanted:
        arguments = _arguments(body, function, said, random)
        if calls and told == limit:
            break
        if forced or not tools.answered(body["messages"], function["name"], arguments):
            telling = tell(json.dumps(arguments, ensure_ascii=False), told)
            calls.append(ToolCall(f"toy-tool-{digest}{len(calls) or ''}", function["name"], telling))
            told += telling.length
    if calls:
        return Choice(index, tool_calls=calls)
    if "response_format" in body:
        return Choice(index, tell(_formatted(body, random)))
    if (result := _tool_result(body["messages"])) is not None:
        return Choice(index, tell(f"The tool answered: {result}"))
    bias = CompletionBias(bpe)
    sampler = Sampler(_sampling(call), bpe, context.ids, bias, random)
    stops = [*_stops(body), "\nUser:", "\nAssistant:", "\nSystem:", "\nTool:"]
    most = min(COMPLETION_LIMIT if limit is None else limit, COMPLETION_LIMIT, room)
    return Choice(index, Generation(bpe, state, sampler, most, stops, top))


def _arguments(
    body: Mapping[str, Any], function: Mapping[str, Any], said: str, random: np.random.Generator
) -> dict[str, Any]:
    schema = {"type": "object", **function.get("parameters", {})}
    place = next(i for i, tool in enumerate(body["tools"]) if tool["function"]["name"] == function["name"])
    try:
        arguments = value_for(schema, said, random)
    except NoValue as error:
        raise invalid(f"/tools/{place}/function/parameters", f"{error}.", Rule.JSON_SCHEMA) from error
    if not isinstance(arguments, dict):
        raise invalid(f"/tools/{place}/function/parameters", "Arguments have to be an object.", Rule.JSON_SCHEMA)
    return arguments


def _formatted(body: Mapping[str, Any], random: np.random.Generator) -> str:
    try:
        value = value_for(body["response_format"]["json_schema"]["schema"], said_last(body["messages"]), random)
    except NoValue as error:
        raise invalid("/response_format/json_schema/schema", f"{error}.", Rule.JSON_SCHEMA) from error
    return json.dumps(value, ensure_ascii=False)


def _tool_result(messages: Sequence[Mapping[str, Any]]) -> str | None:
    """The last result of a tool, unless something else was asked since."""
    for message in reversed(messages):
        if message["role"] == "tool":
            return said_last([message])
        if message["role"] == "assistant":
            return None
    return None


def _stops(body: Mapping[str, Any]) -> list[str]:
    stop = body.get("stop", [])
    return [stop] if isinstance(stop, str) else list(stop)


def _sampling(call: ServerCall) -> Sampling:
    """An explicit temperature of 0 is greedy, whatever else is said; without any wish the response is greedy, too."""
    body = call.body
    temperature = float(body.get("temperature", 0.0))
    top_p = float(body.get("top_p", 0.0))
    forced_greedy = body.get("temperature") == 0
    return Sampling(
        temperature=temperature,
        top_k=0 if forced_greedy else int(body.get("top_k", 0)),
        top_p=0.0 if forced_greedy or ("temperature" not in body and top_p >= 1) else top_p,
        presence=Penalty(float(body.get("presence_penalty", 0.0))),
        frequency=Penalty(float(body.get("frequency_penalty", 0.0))),
        logit_bias=read_logit_bias(body.get("logit_bias"), call.server.model.bpe),
    )


HANDLERS: dict[str, Handler] = {"chatCompletions": _chat}
