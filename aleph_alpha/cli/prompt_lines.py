"""JSON lines of requests that hold a prompt: completions, evaluations, explanations."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from aleph_alpha.cli.command import Context
from aleph_alpha.cli.inputs import read_text
from aleph_alpha.cli.prompts import images, prompt_of_record
from aleph_alpha.cli.request_fields import checked_fields
from aleph_alpha.cli.sending import made, no_arguments, run_lines

__all__ = ["run_prompt_lines"]


def run_prompt_lines(
    context: Context, kind: type, fields: Mapping[str, Any], method: str, *, own: Collection[str] = ()
) -> None:
    """Send a request for each JSON line.

    Args:
        context: of the command.
        kind: the request's class.
        fields: those of all lines.
        method: of the client, for many of these requests.
        own: members of a line that are fields of the request also where the others are variables of a template.
    """
    no_arguments(context.options.words, "prompt")
    template = None if context.options.template is None else read_text(context.options.template)
    pictures = images(context)
    model = context.needed_model()

    def make(record: Mapping[str, Any]) -> Any:
        prompt, others = prompt_of_record(record, template, pictures)
        if template is not None:
            others = {name: record[name] for name in own if name in record}
        return made(kind, {"prompt": prompt, **fields, **checked_fields(kind, others, without=("prompt",))})

    run_lines(
        context,
        make,
        lambda client, requests, concurrency: getattr(client, method)(
            requests, model, num_concurrent_requests=concurrency, return_errors=True
        ),
    )
