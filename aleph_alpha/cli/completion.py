"""``aleph-alpha completion``: what a shell needs to complete the commands; made by ``scripts/completions.py``."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files

from aleph_alpha.cli.command import Command, Context, Parser

__all__ = ["COMMANDS", "SHELLS"]

SHELLS: Mapping[str, str] = {
    "bash": 'add to ~/.bashrc: eval "$(aleph-alpha completion bash)"',
    "zsh": "write to a file _aleph-alpha in a folder of $fpath",
    "fish": "write to ~/.config/fish/completions/aleph-alpha.fish",
    "tcsh": "source it in ~/.tcshrc",
    "powershell": "add to $PROFILE: aleph-alpha completion powershell | Out-String | Invoke-Expression",
}


def _add(parser: Parser) -> None:
    parser.add_argument("shell", choices=tuple(SHELLS), metavar="SHELL", help="one of " + ", ".join(SHELLS))


def _run(context: Context) -> None:
    shell = context.options.shell
    script = (files("aleph_alpha.cli") / "completions" / f"aleph-alpha.{shell}").read_text("utf-8")
    if context.out.json:
        context.out.record({"shell": shell, "script": script, "how": SHELLS[shell]})
        return
    context.out.text(script.rstrip("\n"))
    if context.out.is_terminal:
        context.out.note(SHELLS[shell])


COMMANDS = (
    Command(
        "completion",
        "Write what a shell needs to complete commands, options and names of files.",
        _run,
        _add,
        examples=('eval "$(aleph-alpha completion bash)"', "aleph-alpha completion zsh"),
        client=False,
    ),
)
