"""``aleph-alpha``: finds the command, runs it, and turns what it raises into an exit code and a line on stderr."""

from __future__ import annotations

import gc
import signal
import sys
import warnings
from argparse import Namespace
from collections.abc import Collection, Sequence
from importlib import import_module
from typing import Any, NoReturn, TextIO

from aleph_alpha._runtime.terminal import show_anything
from aleph_alpha.cli.command import COMMON_EXIT_CODES, Context, Parser, leaf
from aleph_alpha.cli.failures import FAILURE, INTERRUPTED, OK, UsageError, code_of, one_line
from aleph_alpha.cli.output import Output, ReaderGone, abandon
from aleph_alpha.cli.registry import FAMILIES, commands_of
from aleph_alpha.version import __version__

__all__ = ["main", "parser", "program"]


def parser(*families: str, others: bool = True) -> Parser:
    """The parser of `families` with all their options, and of the other commands by name, as ``--help`` lists them."""
    top = Parser(
        prog="aleph-alpha",
        description="The Aleph Alpha API from a shell.",
        epilog=COMMON_EXIT_CODES,
    )
    top.add_argument("--version", action="version", version=f"aleph-alpha {__version__}")
    below = top.add_subparsers(required=True, metavar="COMMAND", parser_class=Parser)
    for family in FAMILIES if others else families:
        one: Parser = below.add_parser(family, help=FAMILIES[family][1])
        if family in families:
            _fill(one, family)
    return top


def _fill(one: Parser, family: str) -> None:
    commands = commands_of(family)
    if commands[0].name == family:
        leaf(one, commands[0])
        return
    one.description = f"{FAMILIES[family][1][0].upper()}{FAMILIES[family][1][1:]}."
    below = one.add_subparsers(required=True, metavar="COMMAND", parser_class=Parser)
    for command in commands:
        leaf(below.add_parser(command.name.partition(" ")[2], help=command.summary), command)


def program() -> int:
    """Run the command of ``sys.argv``, in a process of its own."""
    # httpx has a command line, and loads rich and click for it where they are installed: 30 ms.
    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # cannot be imported, says the import system
    code = main()
    if code == INTERRUPTED:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C, while the process ends, is not an error
    gc.freeze()  # what is left goes with the process: Python would look through all of it first, for 30 ms
    return code


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        arguments: the words after ``aleph-alpha``; those of the command line unless given.

    Returns:
        The exit code: 0 all is done; 1 failure; 2 usage; 3 partly failed; 4 authentication; 75 busy, try again;
        130 interrupted.
    """
    show_anything()
    words = list(sys.argv[1:] if arguments is None else arguments)
    out = _output(words)  # of errors in the command line itself
    try:
        with warnings.catch_warnings():
            options = _parsed(words)
            context = Context(options)
            out = context.out
            _tell_warnings(out)
            if context.command.client:
                _load_json()
            code = context.command.run(context)
        out.flush()
        return OK if code is None else code
    except SystemExit as ended:  # of --help and --version
        try:
            out.flush()
        except OSError as error:
            return _ended(error, out)
        return ended.code if isinstance(ended.code, int) else OK
    except BaseException as error:
        return _ended(error, out)


def _load_json() -> None:
    """Load what orjson looks for in the standard library before it does: a Ctrl-C in there would crash Python."""
    for name in ("dataclasses", "datetime", "enum", "json", "uuid"):
        import_module(name)
    import_module("orjson")


def _output(words: Sequence[str]) -> Output:
    options = words[: words.index("--")] if "--" in words else words
    return Output(json="--json" in options, quiet="--quiet" in options, debug="--debug" in options)


_OF_ALL = ("-h", "--help", "--version", "--")  # which argparse knows before it knows the command


def _check_second_word(words: Sequence[str], family: str) -> None:
    """Refuse options between the two words of a command, and a second word that is none."""
    if not family or len(words) < 2 or words[1] in _OF_ALL or commands_of(family)[0].name == family:
        return
    if words[1].startswith("-"):
        _refuse_before(f"{family} COMMAND", words[1])
    names = [one.name for one in commands_of(family)]
    if f"{family} {words[1]}" not in names:
        _refuse_command(f"{family} {words[1]}", names, f"aleph-alpha {family}")


def _refuse_command(command: str, known: Collection[str], above: str) -> NoReturn:
    from aleph_alpha.cli.request_fields import suggestion

    raise UsageError(
        f"there is no command {one_line(command, 60)!r}{suggestion(command, known)}",
        hint=f"`{above} --help` lists the commands",
    )


def _refuse_before(command: str, option: str) -> NoReturn:
    name = one_line(option.partition("=")[0], 60)
    raise UsageError(
        f"{name} stands before the command: options follow it",
        hint=f"`aleph-alpha {command} {name}`; `aleph-alpha --help` lists the commands",
    )


def _parsed(words: Sequence[str]) -> Namespace:
    family = next((word for word in words if not word.startswith("-")), "")
    if words and words[0].startswith("-") and words[0] not in _OF_ALL:  # what follows may be the option's value
        _refuse_before("COMMAND", words[0])
    if family and family not in FAMILIES:
        _refuse_command(family, FAMILIES, "aleph-alpha")
    _check_second_word(words, family)
    options, others = parser(family, others=words[:1] != [family]).parse_known_args(words)
    # argparse gives a list of arguments those before the first option only.
    texts = [word for word in others if word == "-" or not word.startswith("-")]
    if len(texts) < len(others) or (texts and not hasattr(options, "words")):
        unknown = next(word for word in others if word not in texts or len(texts) == len(others))
        raise UsageError(
            f"unknown argument: {one_line(unknown.partition('=')[0], 60)}",
            hint=f"`aleph-alpha {options.command.name} --help` shows how it is called",
        )
    if texts:
        options.words = [*options.words, *texts]
    return options


def _tell_warnings(out: Output) -> None:
    """Until the block of warnings ends, show each in the form of all else on standard error."""

    def show(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        out.warn(str(message))

    hook: Any = show
    warnings.showwarning = hook


def _ended(error: BaseException, out: Output) -> int:
    """Say why a command ended, and return its exit code."""
    try:
        out.end_line()
        out.flush()
    except OSError as broken:
        # Whoever read standard output has gone, or the disk is full; Python writes the rest at its end.
        abandon(sys.stdout)
        if not isinstance(error, KeyboardInterrupt):
            error = broken
    if isinstance(error, ReaderGone):
        return FAILURE
    out.error(error)
    return code_of(error)
