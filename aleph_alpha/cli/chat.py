"""``aleph-alpha chat``: a conversation in the terminal, or one question."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from aleph_alpha.cli.command import FILE, Command, Context, Parser
from aleph_alpha.cli.complete import add_streaming, wants_stream
from aleph_alpha.cli.failures import UsageError, one_line
from aleph_alpha.cli.inputs import json_file, read_text, saved_messages, text_of, text_of_words
from aleph_alpha.cli.prompts import add_prompt, images, template_text
from aleph_alpha.cli.request_fields import checked_fields
from aleph_alpha.cli.sending import add_lines, add_option_fields, add_set, fields_of, made, no_arguments, run_lines

if TYPE_CHECKING:
    from aleph_alpha import ChatRequest, Client, ToolCall

__all__ = ["COMMANDS"]

_WITHOUT = ("model", "messages", "stream_options")


def _add(parser: Parser) -> None:
    add_prompt(parser, what="message")
    parser.add_argument("--system", metavar="TEXT", help="a system message; -, @FILE as well")
    parser.add_argument("--messages", metavar=FILE, help="a conversation to go on with, as /save and the API write it")
    parser.add_argument("--schema", metavar=FILE, help="a JSON schema; the response is JSON that follows it")
    add_option_fields(
        parser,
        ("--max-tokens", "maximum_tokens", int, "most tokens to generate"),
        ("--temperature", "temperature", float, "0.0 to 2.0; the higher, the more varied"),
        ("--top-p", "top_p", float, "sample from the likeliest tokens that have this probability together"),
        ("--n", "n", int, "responses to generate"),
    )
    parser.add_argument(
        "--stop", action="append", dest="field_stop", metavar="TEXT", help="a text that ends the response"
    )
    add_set(parser, "chat")
    add_streaming(parser)
    add_lines(parser, "`prompt` or `messages`, and fields of the request")


def _run(context: Context) -> None:
    from aleph_alpha import ChatRequest

    fields = fields_of(context, ChatRequest, without=_WITHOUT)
    if context.options.schema is not None:
        if "response_format" in fields:
            raise UsageError("--schema and --set response_format exclude each other")
        fields["response_format"] = schema_of(context.options.schema)
    model = context.needed_model()
    if context.options.jsonl is not None:
        _run_lines(context, fields, model)
        return
    before = _before(context)
    if _is_interactive(context):
        from aleph_alpha.cli.conversation import Conversation

        request = ChatRequest(model, before, **fields)
        with context.client() as client:
            Conversation(client, context.out, request, images(context)).run()
        return
    request = ChatRequest(model, [*before, *_message(context, before)], **fields)
    with context.client() as client:
        _ask(context, client, request)


def schema_of(path: str) -> Any:
    """The response format of a JSON schema in a file.

    Raises:
        UsageError: it cannot be read, or is not an object.
    """
    from aleph_alpha import JSONSchema

    schema = json_file(path, "the schema")
    if not isinstance(schema, dict):
        raise UsageError(f"the schema in {one_line(path)} must be an object")
    return JSONSchema(schema, name=schema.get("title", "answer"), strict=True)


def _before(context: Context) -> list[Any]:
    """The messages before the user's."""
    from aleph_alpha import Message

    messages: list[Any] = []
    if context.options.system is not None:
        messages.append(Message("system", text_of(context.options.system)))
    if context.options.messages is not None:
        messages += saved_messages(context.options.messages)
    return messages


def _is_interactive(context: Context) -> bool:
    options = context.options
    asked = options.words or options.template is not None or options.json or options.stream is False
    return not asked and sys.stdin is not None and sys.stdin.isatty() and context.out.is_terminal


def _message(context: Context, before: list[Any]) -> list[Any]:
    """What the user says; nothing where the conversation of ``--messages`` ends with it."""
    from aleph_alpha import Message

    options = context.options
    found = images(context)
    if options.template is not None:
        if options.words:
            raise UsageError("a message and --template are given: pass texts for the template with --var NAME=VALUE")
        text = template_text(context)
    elif options.var:
        raise UsageError("--var is of a template: give it with --template FILE")
    elif options.messages is not None and not options.words and not found:
        if not before or not isinstance(before[-1], Mapping) or before[-1].get("role") == "assistant":
            raise UsageError("the conversation ends with a response: give the next message as an argument")
        return []
    elif found and not options.words:
        return [Message("user", found)]
    else:
        text = text_of_words(options.words, "message")
    return [Message("user", [*found, text] if found else text)]


def _ask(context: Context, client: Client, request: ChatRequest) -> None:
    from aleph_alpha import StreamOptions

    if wants_stream(context) and request.n in (None, 1):
        if context.out.json:
            request = replace(request, stream_options=StreamOptions(include_usage=True))
        with client.stream_chat(request) as stream:
            if context.out.json:
                for piece in stream.text():
                    context.out.record({"event": "text", "text": piece})
                context.out.record({"event": "response", "response": stream.final()})
                return
            for piece in stream.text():
                context.out.piece(piece)
            context.out.end_line()
            _show_calls(context, stream.final().tool_calls)
            return
    response = client.chat(request)
    if context.out.json:
        context.out.record(response)
        return
    for choice in response.choices:
        calls = choice.message.tool_calls or ()
        if choice.message.content or not calls:
            context.out.text(choice.message.content)
        _show_calls(context, calls)


def _show_calls(context: Context, calls: Sequence[ToolCall]) -> None:
    for call in calls:
        context.out.text(f"{call.function.name}({call.function.arguments})")


def _run_lines(context: Context, fields: Mapping[str, Any], model: str) -> None:
    from aleph_alpha import ChatRequest, Message, PromptTemplate, Text

    no_arguments(context.options.words, "message")
    if context.options.stream:
        raise UsageError("--stream and --jsonl exclude each other")
    before, found = _before(context), images(context)
    template = None if context.options.template is None else PromptTemplate(read_text(context.options.template))

    def make(record: Mapping[str, Any]) -> ChatRequest:
        if template is not None:
            items = template.to_prompt(**record).items
            record = {"prompt": "".join(item.text for item in items if isinstance(item, Text))}
        others = {name: value for name, value in record.items() if name not in ("prompt", "messages")}
        match record:
            case {"messages": list(messages)} if "prompt" not in record:
                said = messages
            case {"prompt": str(text)} if "messages" not in record:
                said = [Message("user", [*found, text] if found else text)]
            case _:
                raise UsageError("the line needs either prompt, a text, or messages, a list")
        told = checked_fields(ChatRequest, others, without=_WITHOUT)
        request: ChatRequest = made(ChatRequest, {"model": model, "messages": [*before, *said], **fields, **told})
        return request

    run_lines(
        context,
        make,
        lambda client, requests, concurrency: client.iter_chat_many(
            requests, num_concurrent_requests=concurrency, return_errors=True
        ),
    )


COMMANDS = (
    Command(
        "chat",
        "Talk with a model, or ask it one thing. Without a message, in a terminal, it is a conversation: /help there.",
        _run,
        _add,
        examples=(
            'aleph-alpha chat "What is the capital of France?" --max-tokens 16',
            "cat report.txt | aleph-alpha chat 'In one sentence:' - --system 'Be brief.' --max-tokens 16",
            'aleph-alpha chat "What is this?" --image picture.png --model toy-multimodal --max-tokens 8',
            "aleph-alpha chat --jsonl prompts.jsonl --max-tokens 8",
        ),
        model=True,
    ),
)
