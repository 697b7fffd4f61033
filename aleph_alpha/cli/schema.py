"""``aleph-alpha schema``: what a request may hold."""

from __future__ import annotations

from collections.abc import Mapping

from aleph_alpha.cli.command import Command, Context, Parser
from aleph_alpha.cli.output import plain
from aleph_alpha.cli.request_fields import describe_fields

__all__ = ["COMMANDS", "REQUESTS"]

# The class of each command's request; `embed --instruction` has one of its own, `embeddings` are those of `bulk`.
REQUESTS: Mapping[str, str] = {
    "complete": "CompletionRequest",
    "chat": "ChatRequest",
    "embed": "SemanticEmbeddingRequest",
    "embed-instruction": "InstructableEmbeddingRequest",
    "embeddings": "EmbeddingV2Request",
    "evaluate": "EvaluationRequest",
    "explain": "ExplanationRequest",
    "rerank": "RerankRequest",
    "translate": "TranslationRequest",
    "transcribe": "TranscriptionRequest",
    "tokenize": "TokenizationRequest",
    "detokenize": "DetokenizationRequest",
}


def _add(parser: Parser) -> None:
    parser.add_argument(
        "task", nargs="?", choices=tuple(REQUESTS), metavar="COMMAND", help="one of " + ", ".join(REQUESTS)
    )


def _run(context: Context) -> None:
    import aleph_alpha

    task = context.options.task
    if task is None:
        if context.out.json:
            for name, request in REQUESTS.items():
                context.out.record({"command": name, "request": request})
        else:
            context.out.table(("COMMAND", "REQUEST"), REQUESTS.items())
        return
    kind = getattr(aleph_alpha, REQUESTS[task])
    fields = describe_fields(kind)
    if context.out.json:
        context.out.record({"command": task, "request": kind.__name__, "fields": [plain(one) for one in fields]})
        return
    for one in fields:
        default = "required" if one.required else f"default {one.default!r}"
        context.out.text(f"{one.name}: {one.type} ({default})")
        context.out.wrapped("    ", one.description)


COMMANDS = (
    Command(
        "schema",
        "Tell what a request may hold: the fields that --set and JSON lines take. Nothing is sent.",
        _run,
        _add,
        examples=("aleph-alpha schema", "aleph-alpha schema complete", "aleph-alpha schema chat --json"),
        client=False,
    ),
)
