"""``aleph-alpha embed``: vectors of texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from aleph_alpha.cli.command import Command, Context, Parser, positive_count
from aleph_alpha.cli.failures import UsageError
from aleph_alpha.cli.inputs import text_of, text_of_words
from aleph_alpha.cli.output import plain
from aleph_alpha.cli.prompts import image_of, prompt_of_record
from aleph_alpha.cli.request_fields import checked_fields
from aleph_alpha.cli.sending import (
    add_lines,
    add_option_fields,
    add_set,
    fields_of,
    made,
    no_arguments,
    one_by_one,
    run_lines,
)

__all__ = ["COMMANDS"]

_REPRESENTATIONS = ("symmetric", "document", "query")


def _add(parser: Parser) -> None:
    parser.add_argument(
        "words", nargs="*", metavar="TEXT", help="a text each; - is standard input (the default), @FILE a file"
    )
    parser.add_argument("--image", action="append", default=[], metavar="FILE", help="an image to embed as well")
    add_option_fields(
        parser,
        ("--representation", "representation", str, "symmetric (the default), document or query"),
        ("--instruction", "instruction", str, "what to look at in the texts; for models that take instructions"),
        ("--size", "compress_to_size", positive_count, "numbers of a vector, where the model can make fewer: 128"),
    )
    parser.add_argument(
        "--normalize", action="store_true", default=None, dest="field_normalize", help="vectors of length 1"
    )
    add_set(parser, "embed")
    add_lines(parser, "`prompt` and fields of the request")


def _run(context: Context) -> None:
    from aleph_alpha import InstructableEmbeddingRequest, SemanticEmbeddingRequest

    options = context.options
    instructed = options.field_instruction is not None
    if instructed and options.field_representation is not None:
        raise UsageError("--instruction and --representation exclude each other")
    kind: type = InstructableEmbeddingRequest if instructed else SemanticEmbeddingRequest
    text = "input" if instructed else "prompt"
    fields = fields_of(context, kind, without=(text,))
    if not instructed:
        fields = {**checked_fields(kind, {"representation": "symmetric"}), **fields}
    model = context.model() if not instructed else context.model(required=False)

    def make(record: Mapping[str, Any]) -> Any:
        prompt, others = prompt_of_record(record, None, ())
        return made(kind, {text: prompt, **fields, **checked_fields(kind, others, without=(text,))})

    if options.jsonl is not None:
        no_arguments([*options.words, *options.image], "text")
        run_lines(
            context,
            make,
            lambda client, requests, concurrency: (
                client.iter_instructable_embed_many(
                    requests, model, num_concurrent_requests=concurrency, return_errors=True
                )
                if instructed
                else one_by_one(lambda request: client.semantic_embed(request, str(model)), requests)
            ),
        )
        return
    requests = [made(kind, {text: prompt, **fields}) for prompt in _prompts(context)]
    with context.client() as client:
        _write(
            context,
            (
                client.instructable_embed(request, model) if instructed else client.semantic_embed(request, str(model))
                for request in requests
            ),
            many=len(requests) > 1,
        )


def _prompts(context: Context) -> list[Any]:
    """All of them, so that what cannot be read is told before anything is sent."""
    from aleph_alpha import Prompt

    found = [Prompt.from_image(image_of(source)) for source in context.options.image]
    words = context.options.words
    if len(words) > 1:
        return [*found, *(Prompt.from_text(text_of(word)) for word in words)]
    if words or not found:
        found.append(Prompt.from_text(text_of_words(words, "text")))
    return found


def _write(context: Context, responses: Iterator[Any], *, many: bool) -> None:
    for index, response in zip(count(), responses, strict=False):
        if not context.out.json:
            context.out.record(response.embedding)
        else:
            context.out.record({"index": index, **plain(response)} if many else response)


COMMANDS = (
    Command(
        "embed",
        "Make vectors of texts. One JSON array a line; with --json an object that tells the model's version, too.",
        _run,
        _add,
        examples=(
            'aleph-alpha embed "The sun is shining" --size 128',
            'aleph-alpha embed "The sun" "The moon" --representation document --json',
        ),
        model=True,
    ),
)
