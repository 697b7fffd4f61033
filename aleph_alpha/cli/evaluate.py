"""``aleph-alpha evaluate``: how likely a text is to follow a prompt."""

from __future__ import annotations

from aleph_alpha.cli.command import Command, Context, Parser
from aleph_alpha.cli.failures import UsageError
from aleph_alpha.cli.inputs import text_of
from aleph_alpha.cli.prompt_lines import run_prompt_lines
from aleph_alpha.cli.prompts import add_prompt, prompt
from aleph_alpha.cli.sending import add_lines, add_set, fields_of

__all__ = ["COMMANDS"]


def _add(parser: Parser) -> None:
    add_prompt(parser)
    parser.add_argument("--expected", metavar="TEXT", help="the text whose likelihood is wanted; -, @FILE as well")
    add_set(parser, "evaluate")
    add_lines(parser, "`prompt`, `completion_expected` and fields of the request")


def _run(context: Context) -> None:
    from aleph_alpha import EvaluationRequest

    fields = fields_of(context, EvaluationRequest, without=("prompt",))
    if context.options.expected is not None:
        fields["completion_expected"] = text_of(context.options.expected)
    model = context.needed_model()
    if context.options.jsonl is not None:
        run_prompt_lines(context, EvaluationRequest, fields, "iter_evaluate_many", own=("completion_expected",))
        return
    if "completion_expected" not in fields:
        raise UsageError("no text to evaluate: give it with --expected TEXT")
    request = EvaluationRequest(prompt(context), **fields)
    with context.client() as client:
        response = client.evaluate(request, model)
    if context.out.json:
        context.out.record(response)
    else:
        context.out.pairs(response.result)


COMMANDS = (
    Command(
        "evaluate",
        "Tell how likely a text is to follow a prompt. Log probabilities are natural logarithms.",
        _run,
        _add,
        examples=(
            'aleph-alpha evaluate "The sun is" --expected " shining"',
            'aleph-alpha evaluate "The sun is" --expected " shining" --json',
        ),
        model=True,
    ),
)
