"""``aleph-alpha explain``: which parts of a prompt matter for a target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aleph_alpha.cli.command import FILE, Command, Context, Parser
from aleph_alpha.cli.failures import PartlyFailed, UsageError
from aleph_alpha.cli.files import check_writable, named
from aleph_alpha.cli.inputs import text_of
from aleph_alpha.cli.prompt_lines import run_prompt_lines
from aleph_alpha.cli.prompts import add_prompt, prompt
from aleph_alpha.cli.sending import add_lines, add_option_fields, add_set, fields_of

if TYPE_CHECKING:
    from aleph_alpha import ExplanationResponse

__all__ = ["COMMANDS"]

_ENDINGS = (".html", ".htm", ".svg", ".png", ".txt")


def _add(parser: Parser) -> None:
    add_prompt(parser)
    parser.add_argument("--target", metavar="TEXT", help="the completion to explain; -, @FILE as well")
    add_option_fields(
        parser, ("--granularity", "prompt_granularity", str, "parts of the prompt: token, word, sentence or paragraph")
    )
    parser.add_argument(
        "--save",
        action="append",
        type=named,
        default=[],
        metavar=FILE,
        help="write .html, .svg, .png or .txt instead of showing",
    )
    add_set(parser, "explain")
    add_lines(parser, "`prompt`, `target` and fields of the request")


def _run(context: Context) -> None:
    from aleph_alpha import ExplanationRequest

    fields = fields_of(context, ExplanationRequest, without=("prompt",))
    if context.options.target is not None:
        fields["target"] = text_of(context.options.target)
    for path in context.options.save:
        if not path.lower().endswith(_ENDINGS):
            raise UsageError(f"--save takes a name that ends with {', '.join(_ENDINGS)}, got {path!r}")
        check_writable(path)
    if context.options.jsonl is not None:
        if context.options.save:
            raise UsageError("--save and --jsonl exclude each other")
        run_prompt_lines(context, ExplanationRequest, fields, "iter_explain_many", own=("target",))
        return
    if "target" not in fields:
        raise UsageError("no target: give the completion to explain with --target TEXT")
    model = context.needed_model()
    request = ExplanationRequest(prompt(context), **fields)
    with context.client() as client:
        response = client.explain(request, model).with_text_from_prompt(request)
    if context.out.json:
        context.out.record(response)
    _show(context, response)


def _show(context: Context, response: ExplanationResponse) -> None:
    """Write the files that were asked for; what could not be saved is shown, as it was paid for.

    Raises:
        PartlyFailed: one could not be written.
    """
    failed: list[dict[str, str]] = []
    for path in context.options.save:
        try:
            context.out.note(f"written: {response.view().save(path)}")
        except OSError as error:
            failed.append({"path": path, "message": error.strerror or str(error)})
    if not context.out.json and (failed or not context.options.save):
        context.out.colored(str(response.view()))
    if failed:
        one = failed[0]
        raise PartlyFailed(f"{one['path']} cannot be written: {one['message']}", failed)


COMMANDS = (
    Command(
        "explain",
        "Tell which parts of a prompt matter for a target. In colours where standard output is a terminal.",
        _run,
        _add,
        examples=(
            'aleph-alpha explain "The sun is shining on the harbour" --target " bright" --granularity word',
            'aleph-alpha explain "The sun is shining" --target " bright" --save why.html --save why.png',
        ),
        model=True,
    ),
)
