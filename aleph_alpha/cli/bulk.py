"""``aleph-alpha bulk``: jobs over files, with the words of ``aleph_alpha.bulk.run``."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from aleph_alpha.cli.common import OK, PARTLY, UsageError, add_client_options, client_options, field_values

__all__ = ["add"]

_TASKS = {
    "embed": "semantic embeddings of texts",
    "embeddings": "embeddings of the /embeddings endpoint",
    "complete": "completions",
    "chat": "answers of a chat model",
    "evaluate": "how likely an expected text is",
    "explain": "what of a prompt made a target likely",
    "rerank": "documents sorted by how well they answer a query",
    "translate": "translations",
}
_EPILOG = """\
The same command goes on where it was, after whatever kind of end. Exit codes: 0 all rows are done; 3 done,
but some rows failed (see errors/ in the output folder); 1 failure; 2 usage; 4 authentication; 75 busy;
130 interrupted.
"""


def add(commands: Any) -> None:
    """Add the commands to those of the program."""
    bulk = commands.add_parser("bulk", help="jobs over files: exactly one row a key", description=_EPILOG)
    tasks = bulk.add_subparsers(dest="task", required=True, metavar="TASK")
    for name, what in _TASKS.items():
        task = tasks.add_parser(
            name, help=what, description=f"{what[0].upper()}{what[1:]}, for each row of files.", epilog=_EPILOG
        )
        _add_options(task, name)
        task.set_defaults(run=_run)


def _add_options(parser: argparse.ArgumentParser, task: str) -> None:
    parser.add_argument("source", nargs="+", help="files, globs, folders or URLs: Parquet, CSV, JSON lines, Arrow")
    parser.add_argument("--key", required=True, help="column of the keys: unique, not null")
    parser.add_argument("--model", required=True, help="name of the model")
    parser.add_argument("--output", required=True, help="folder for the results")
    _add_inputs(parser, task)
    if task not in ("rerank", "translate"):
        parser.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE", help="a field of the request")
    parser.add_argument("--concurrency", type=int, default=32, help="most requests under way (default: %(default)s)")
    parser.add_argument("--engine", choices=("local", "dask", "ray"), default="local", help="where to run")
    parser.add_argument("--workers", type=int, help="processes of the cluster (default: 2)")
    parser.add_argument("--limit", type=int, help="look at the first N rows only", metavar="N")
    parser.add_argument("--retry-failed", action="store_true", help="try rows again that failed for good")
    parser.add_argument("--dry-run", action="store_true", help="count rows, tokens and requests; write nothing")
    parser.add_argument("--json", action="store_true", help="the report as one JSON object on standard output")
    parser.add_argument("--quiet", action="store_true", help="no progress and no report")
    add_client_options(parser)


def _add_inputs(parser: argparse.ArgumentParser, task: str) -> None:
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
            parser.add_argument("--top-n", type=int, help="how many to return (default: all)")
        case "translate":
            parser.add_argument("--target-language", required=True, help="such as de")
    if task in ("embed", "embeddings"):
        parser.add_argument("--batch-size", type=int, default=100, help="texts in a request (default: %(default)s)")


def _run(options: argparse.Namespace) -> int:
    from aleph_alpha import AsyncClient, bulk

    task = _task(options)
    client = AsyncClient.from_env(**client_options(options))
    same = {"key": options.key, "client": client, "concurrency": options.concurrency, "limit": options.limit}
    if options.dry_run:
        estimate = bulk.dry_run(task, options.source, output=options.output, retry_failed=options.retry_failed, **same)
        print(json.dumps(asdict(estimate)) if options.json else estimate)
        return OK
    report = bulk.run(
        task,
        options.source,
        output=options.output,
        engine=options.engine,
        workers=options.workers,
        retry_failed=options.retry_failed,
        progress=False if options.quiet else None,
        **same,
    )
    if options.json:
        print(json.dumps(asdict(report)))
    elif not options.quiet:
        print(report)
    return PARTLY if report.failed else OK


def _task(options: argparse.Namespace) -> Any:
    from aleph_alpha import bulk

    words: dict[str, Any] = {"model": options.model, "column": options.column}
    if hasattr(options, "set"):
        words["fields"] = field_values(options.set)
    for name in ("image", "system", "expected", "target", "documents", "top_n", "target_language", "batch_size"):
        if hasattr(options, name):
            words[name] = getattr(options, name)
    if getattr(options, "template", None) is not None:
        words["template"] = _text(options.template)
    if getattr(options, "representation", None) is not None:
        from aleph_alpha import SemanticRepresentation

        words["representation"] = SemanticRepresentation(options.representation)
    if getattr(options, "schema", None) is not None:
        words["fields"]["response_format"] = _schema(options.schema)
    return getattr(bulk, options.task.capitalize())(**words)


def _schema(path: str) -> Any:
    from aleph_alpha import JSONSchema

    try:
        schema = json.loads(_text(path))
    except ValueError as error:
        raise UsageError(f"{path} is not valid JSON: {error}") from error
    if not isinstance(schema, dict):
        raise UsageError(f"{path} must be a JSON schema, an object")
    return JSONSchema(schema, name=schema.get("title", "answer"), strict=True)


def _text(path: str) -> str:
    if path == "-":
        return sys.stdin.read()
    try:
        return Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error
