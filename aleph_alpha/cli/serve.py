"""``aleph-alpha serve``: the reference server, for trying things out without a token."""

from __future__ import annotations

from aleph_alpha.cli.command import Command, Context, Parser, count, seconds
from aleph_alpha.cli.failures import UsageError

__all__ = ["COMMANDS"]


def _add(parser: Parser) -> None:
    parser.add_argument("--port", type=count, default=8080, metavar="N", help="0 takes a free one (default: 8080)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of sampling (default: 0)")
    parser.add_argument("--accept", metavar="TOKEN", help="the only token accepted (default: any)")
    parser.add_argument("--slots", type=count, metavar="N", help="requests carried out at once; others wait")
    parser.add_argument("--seconds", type=seconds, default=0.05, metavar="S", help="of each of these (default: 0.05)")


def _run(context: Context) -> None:
    from aleph_alpha._optional import need

    options = context.options
    if options.port > 65535:
        raise UsageError("--port must be 65535 or less")
    need("uvicorn", "testing", what="toy models")
    need("starlette", "testing", what="toy models")

    from aleph_alpha.testing.server.process import serve

    def listening(url: str) -> None:
        if context.out.json:
            context.out.record({"url": url})
        else:
            context.out.text(url)
            context.out.flush()
        context.out.note("a reference server with toy models; Ctrl-C ends it")

    serve(
        listening,
        port=options.port,
        token=options.accept,
        seed=options.seed,
        slots=options.slots,
        seconds=options.seconds,
    )


COMMANDS = (
    Command(
        "serve",
        "Run the reference server, with toy models, until Ctrl-C. Its URL goes to standard output; any token will do.",
        _run,
        _add,
        examples=("aleph-alpha serve --port 0",),
        client=False,
    ),
)
