"""``aleph-alpha rerank``: sort documents by how well they answer a query."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aleph_alpha.cli.command import FILE, Command, Context, Parser, positive_count
from aleph_alpha.cli.failures import UsageError, one_line
from aleph_alpha.cli.inputs import read_text, text_of
from aleph_alpha.cli.request_fields import checked_fields
from aleph_alpha.cli.sending import add_lines, made, no_arguments, run_lines

__all__ = ["COMMANDS"]


def _add(parser: Parser) -> None:
    parser.add_argument(
        "words", nargs="*", metavar="TEXT", help="the query, then a document each; - is standard input, @FILE a file"
    )
    parser.add_argument("--documents", metavar=FILE, help="a document each line (- is standard input)")
    parser.add_argument("--top-n", type=positive_count, metavar="N", help="how many to return (default: all)")
    add_lines(parser, "`query`, `documents` and `top_n`")


def _run(context: Context) -> None:
    from aleph_alpha import RerankRequest

    options = context.options
    model = context.model(required=False)
    if options.jsonl is not None:
        no_arguments(options.words, "query")
        if options.documents is not None:
            raise UsageError("--documents and --jsonl exclude each other: put `documents` into the lines")

        def make(record: Mapping[str, Any]) -> Any:
            top = {} if options.top_n is None else {"top_n": options.top_n}
            return made(RerankRequest, {**top, **checked_fields(RerankRequest, record)})

        run_lines(
            context,
            make,
            lambda client, requests, concurrency: client.iter_rerank_many(
                requests, model, num_concurrent_requests=concurrency, return_errors=True
            ),
        )
        return
    if not options.words:
        raise UsageError("no query: give it as the first argument")
    query, *documents = map(text_of, options.words)
    if options.documents is not None:
        documents += [line for line in read_text(options.documents).split("\n") if line.strip()]
    if not documents:
        raise UsageError("no documents: give them as arguments after the query, or with --documents FILE")
    with context.client() as client:
        response = client.rerank(RerankRequest(query, documents, options.top_n), model)
    if not context.out.json:
        rows = [(f"{one.relevance_score:.4f}", one.index, documents[one.index]) for one in response.results]
        context.out.table(("SCORE", "INDEX", "DOCUMENT"), [(*row[:2], one_line(row[2], 200)) for row in rows])
        return
    results = [{**vars(one), "document": documents[one.index]} for one in response.results]
    context.out.record({"results": results, "usage": response.usage})


COMMANDS = (
    Command(
        "rerank",
        "Sort documents by how well they answer a query. Best first; the index is the place in what was given.",
        _run,
        _add,
        examples=(
            'aleph-alpha rerank "What is the capital of France?" "Brasilia is Brazil\'s." "France has Paris."',
            'aleph-alpha rerank "What is the capital of France?" --documents documents.txt --top-n 1 --json',
        ),
        model=True,
    ),
)
