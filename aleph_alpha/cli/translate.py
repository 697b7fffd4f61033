"""``aleph-alpha translate``: translate a text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aleph_alpha.cli.command import Command, Context, Parser
from aleph_alpha.cli.failures import UsageError
from aleph_alpha.cli.inputs import text_of_words
from aleph_alpha.cli.request_fields import checked_fields
from aleph_alpha.cli.sending import add_lines, made, no_arguments, run_lines

__all__ = ["COMMANDS"]


def _add(parser: Parser) -> None:
    parser.add_argument("words", nargs="*", metavar="TEXT", help="the text; - is standard input, @FILE a file")
    parser.add_argument("--to", metavar="LANGUAGE", help="the language wanted, such as de")
    add_lines(parser, "`source` and `target_language` (default: --to)")


def _run(context: Context) -> None:
    from aleph_alpha import TranslationRequest

    options = context.options
    model = context.needed_model()
    to = {} if options.to is None else {"target_language": options.to}
    if options.jsonl is not None:
        no_arguments(options.words, "text")

        def make(record: Mapping[str, Any]) -> Any:
            record = {"source" if name == "prompt" else name: value for name, value in record.items()}
            told = checked_fields(TranslationRequest, record, without=("model",))
            return made(TranslationRequest, {"model": model, **to, **told})

        run_lines(
            context,
            make,
            lambda client, requests, concurrency: client.iter_translate_many(
                requests, num_concurrent_requests=concurrency, return_errors=True
            ),
        )
        return
    if options.to is None:
        raise UsageError("no language: give it with --to LANGUAGE, such as --to de")
    request = TranslationRequest(model, text_of_words(options.words, "text"), options.to)
    with context.client() as client:
        response = client.translate(request)
    if context.out.json:
        context.out.record(response)
    else:
        context.out.text(response.translation)


COMMANDS = (
    Command(
        "translate",
        "Translate a text.",
        _run,
        _add,
        examples=(
            'aleph-alpha translate "Good morning" --to de',
            "aleph-alpha translate --to fr < prompt.txt",
        ),
        model=True,
    ),
)
