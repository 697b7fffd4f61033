"""``aleph-alpha complete``: continue a prompt."""

from __future__ import annotations

from aleph_alpha.cli.command import Command, Context, Parser
from aleph_alpha.cli.failures import UsageError
from aleph_alpha.cli.prompt_lines import run_prompt_lines
from aleph_alpha.cli.prompts import add_prompt, prompt
from aleph_alpha.cli.sending import add_lines, add_option_fields, add_set, fields_of

__all__ = ["COMMANDS", "add_streaming", "wants_stream"]


def _add(parser: Parser) -> None:
    add_prompt(parser)
    add_option_fields(
        parser,
        ("--max-tokens", "maximum_tokens", int, "most tokens to generate (default: 64)"),
        ("--temperature", "temperature", float, "0.0 to 1.0; the higher, the more varied (default: 0.0)"),
        ("--top-k", "top_k", int, "sample from this many of the likeliest tokens"),
        ("--top-p", "top_p", float, "sample from the likeliest tokens that have this probability together"),
        ("--n", "n", int, "completions to return"),
    )
    parser.add_argument(
        "--stop", action="append", dest="field_stop_sequences", metavar="TEXT", help="a text that ends the completion"
    )
    add_set(parser, "complete")
    add_streaming(parser)
    add_lines(parser, "`prompt` (or the variables of --template) and fields of the request")


def add_streaming(parser: Parser) -> None:
    """The options of streams."""
    parser.add_argument("--stream", action="store_true", default=None, help="write text as it comes, also to a pipe")
    parser.add_argument("--no-stream", action="store_false", dest="stream", help="write text when it is whole")


def wants_stream(context: Context) -> bool:
    """Whether text is to be written as it comes: where that was asked for, or somebody looks."""
    asked: bool | None = context.options.stream
    return asked if asked is not None else context.out.is_terminal and not context.out.json


def _run(context: Context) -> None:
    from aleph_alpha import CompletionRequest

    fields = fields_of(context, CompletionRequest, without=("prompt",))
    model = context.needed_model()
    if context.options.jsonl is not None:
        if context.options.stream:
            raise UsageError("--stream and --jsonl exclude each other")
        run_prompt_lines(context, CompletionRequest, fields, "iter_complete_many")
        return
    request = CompletionRequest(prompt(context), **fields)
    with context.client() as client:
        if wants_stream(context) and request.n in (None, 1) and request.best_of is None:
            with client.stream_complete(request, model) as stream:
                if context.out.json:
                    for piece in stream.text():
                        context.out.record({"event": "text", "text": piece})
                    context.out.record({"event": "response", "response": stream.final()})
                    return
                for piece in stream.text():
                    context.out.piece(piece)
                context.out.end_line()
                return
        response = client.complete(request, model)
    if context.out.json:
        context.out.record(response)
        return
    for result in response.completions:
        context.out.text(result.completion or "")


COMMANDS = (
    Command(
        "complete",
        "Continue a prompt. The text goes to standard output, as it comes where that is a terminal.",
        _run,
        _add,
        examples=(
            'aleph-alpha complete "An apple a day" --max-tokens 8',
            "echo 'The sun is' | aleph-alpha complete --temperature 0.5 --set top_k=5 --json",
            "aleph-alpha complete --template question.txt --var name=Ada --max-tokens 8",
            "aleph-alpha complete --jsonl prompts.jsonl --max-tokens 8",
        ),
        model=True,
    ),
)
