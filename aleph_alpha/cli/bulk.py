"""``aleph-alpha bulk``: jobs over files, with the words of ``aleph_alpha.bulk.run``."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Any

from aleph_alpha.cli.chat import schema_of
from aleph_alpha.cli.command import Command, Context, Parser, positive_count
from aleph_alpha.cli.failures import PartlyFailed, UsageError
from aleph_alpha.cli.inputs import read_text
from aleph_alpha.cli.sending import add_set, fields_of

__all__ = ["COMMANDS"]

_TASKS = {
    "embed": "semantic embeddings of texts",
    "embeddings": "embeddings of the /embeddings endpoint",
    "complete": "completions",
    "chat": "responses of a chat model",
    "evaluate": "likelihood of expected texts",
    "explain": "which parts of a prompt matter for a target",
    "rerank": "documents sorted by how well they answer a query",
    "translate": "translations",
}
# The request that --set is about, and what of it comes from elsewhere.
_FIELDS = {
    "embed": ("BatchSemanticEmbeddingRequest", ("prompts", "representation")),
    "embeddings": ("EmbeddingV2Request", ("input",)),
    "complete": ("CompletionRequest", ("prompt",)),
    "chat": ("ChatRequest", ("model", "messages", "stream_options")),
    "evaluate": ("EvaluationRequest", ("prompt", "completion_expected")),
    "explain": ("ExplanationRequest", ("prompt", "target")),
}
# What follows the name of the task in an example.
_SOURCE = "docs.parquet --key id --column text --output"
_EXAMPLES = {
    "embed": f"{_SOURCE} vectors/ --model toy-base",
    "embeddings": f"{_SOURCE} more-vectors/ --model toy-embedding",
    "complete": f"{_SOURCE} completions/ --model toy-base --set maximum_tokens=8",
    "chat": f"{_SOURCE} chats/ --model toy-chat --system 'Be brief.' --set maximum_tokens=8",
    "evaluate": f"{_SOURCE} scores/ --model toy-base --expected expected",
    "explain": f"{_SOURCE} why/ --model toy-base --target expected --set prompt_granularity=word",
    "rerank": f"{_SOURCE} ranking/ --model toy-reranker --documents documents",
    "translate": f"{_SOURCE} translations/ --model toy-translation --target-language de",
}


def _add_options(parser: Parser, task: str) -> None:
    parser.add_argument("source", nargs="+", help="files, globs, folders or URLs: Parquet, CSV, JSON lines, Arrow")
    parser.add_argument("--key", required=True, help="column of the keys: unique, not null")
    parser.add_argument("--output", required=True, help="folder for the results")
    _add_inputs(parser, task)
    if task in _FIELDS:
        add_set(parser, task)
    parser.add_argument(
        "--concurrency",
        type=positive_count,
        default=32,
        metavar="N",
        help="most requests under way (default: %(default)s)",
    )
    parser.add_argument("--engine", choices=("local", "dask", "ray"), default="local", help="where to run")
    parser.add_argument("--workers", type=positive_count, metavar="N", help="processes of the cluster (default: 2)")
    parser.add_argument("--limit", type=positive_count, help="look at the first N rows only", metavar="N")
    parser.add_argument("--retry-failed", action="store_true", help="try rows again that failed for good")
    parser.add_argument("--dry-run", action="store_true", help="count rows, tokens and requests; write nothing")


def _add_inputs(parser: Parser, task: str) -> None:
    if task in ("embeddings", "rerank", "translate"):
        parser.add_argument("--column", required=True, help="column of the texts")
    else:
        parser.add_argument("--column", help="column of the prompts")
        parser.add_argument("--template", metavar="FILE", help="a liquid template whose variables are columns")
        parser.add_argument("--image", metavar="COLUMN", help="column of images: paths, URLs or bytes")
    match task:
        case "embed":
            choices = ("symmetric", "document", "query")
            parser.add_argument("--representation", choices=choices, default="document", help="default: %(default)s")
        case "chat":
            parser.add_argument("--system", help="a system message before each prompt")
            parser.add_argument("--schema", metavar="FILE", help="JSON schema; its properties become columns")
        case "evaluate":
            parser.add_argument(
                "--expected", default="expected", help="column of expected texts (default: %(default)s)"
            )
        case "explain":
            parser.add_argument("--target", default="target", help="column of targets (default: %(default)s)")
        case "rerank":
            parser.add_argument("--documents", default="documents", help="column of lists of texts")
            parser.add_argument("--top-n", type=positive_count, metavar="N", help="how many to return (default: all)")
        case "translate":
            parser.add_argument("--target-language", required=True, help="such as de")
    if task in ("embed", "embeddings"):
        parser.add_argument(
            "--batch-size",
            type=positive_count,
            default=100,
            metavar="N",
            help="texts in a request (default: %(default)s)",
        )


def _run(context: Context, task: str) -> None:
    from aleph_alpha import AsyncClient, bulk

    options = context.options
    job = _task(context, task)
    client = AsyncClient(**context.client_options(retries=8))
    same = {"key": options.key, "client": client, "concurrency": options.concurrency, "limit": options.limit}
    if options.dry_run:
        with _usage_of_the_input():
            estimate = bulk.dry_run(
                job, options.source, output=options.output, retry_failed=options.retry_failed, **same
            )
        if context.out.json:
            context.out.record(estimate)
        else:
            context.out.text(str(estimate))
        return
    with _terminated_like_interrupted(), _usage_of_the_input():
        report = bulk.run(
            job,
            options.source,
            output=options.output,
            engine=options.engine,
            workers=options.workers,
            retry_failed=options.retry_failed,
            progress=False if context.out.quiet or context.out.json else None,
            **same,
        )
    if context.out.json:
        context.out.record(report)
    elif not context.out.quiet:
        context.out.text(str(report))
    if report.failed:
        raise PartlyFailed(
            f"{report.failed} of {report.rows} rows failed",
            hint=f"errors/ in {options.output} tells why; --retry-failed tries them again",
        )


@contextlib.contextmanager
def _usage_of_the_input() -> Iterator[None]:
    """Tell of an input, or an output folder, that does not fit the options as of other options that cannot work."""
    from aleph_alpha import bulk

    try:
        yield
    except (bulk.SourceError, bulk.OtherJobError) as error:
        raise UsageError(str(error)) from error


@contextlib.contextmanager
def _terminated_like_interrupted() -> Iterator[None]:
    """Let SIGTERM end a job as Ctrl-C does: what has come is written down, and so is the report."""
    if threading.current_thread() is not threading.main_thread():  # where Python lets nobody set a handler
        yield
        return

    def end(number: int, frame: FrameType | None) -> None:
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as shells have it for what a script puts behind
            raise KeyboardInterrupt
        signal.raise_signal(signal.SIGINT)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _task(context: Context, task: str) -> Any:
    import aleph_alpha
    from aleph_alpha import bulk

    options = context.options
    words: dict[str, Any] = {"model": context.needed_model(), "column": options.column}
    if task in _FIELDS:
        request, others = _FIELDS[task]
        words["fields"] = fields_of(context, getattr(aleph_alpha, request), without=others)
    for name in ("image", "system", "expected", "target", "documents", "top_n", "target_language", "batch_size"):
        if hasattr(options, name):
            words[name] = getattr(options, name)
    if getattr(options, "template", None) is not None:
        words["template"] = read_text(options.template)
    if getattr(options, "representation", None) is not None:
        from aleph_alpha import SemanticRepresentation

        words["representation"] = SemanticRepresentation(options.representation)
    if getattr(options, "schema", None) is not None:
        if "response_format" in words["fields"]:
            raise UsageError("response_format is given twice, by --schema and by --set")
        words["fields"]["response_format"] = schema_of(options.schema)
    return getattr(bulk, task.capitalize())(**words)


def _command(task: str) -> Command:
    what = _TASKS[task]
    return Command(
        f"bulk {task}",
        f"{what[0].upper()}{what[1:]}, for each row of files. The same command goes on where it was, after whatever "
        "kind of end; results are in the output folder, rows that failed in its errors/.",
        lambda context: _run(context, task),
        lambda parser: _add_options(parser, task),
        examples=(f"aleph-alpha bulk {task} {_EXAMPLES[task]}",),
        model=True,
    )


COMMANDS = tuple(map(_command, _TASKS))
