"""A command: how it is called, and what it is given when it runs."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn

from aleph_alpha.cli.failures import CA_HINT, EXIT_CODES, UsageError, one_line
from aleph_alpha.cli.layout import broken
from aleph_alpha.cli.output import Output
from aleph_alpha.cli.settings import SETTINGS, Settings, checked

if TYPE_CHECKING:
    from aleph_alpha import Client

__all__ = ["COMMON_EXIT_CODES", "FILE", "Command", "Context", "Parser", "count", "leaf", "positive_count", "seconds"]

_EXAMPLES = "examples:"
FILE = "FILE"  # metavar of what shells complete with the names of files


@dataclass(frozen=True)
class Command:
    """One command, declared.

    Parameters:
        name: the words after ``aleph-alpha``.
        description: what it does; its first sentence is shown in lists.
        run: carries it out, and returns an exit code, or ``None`` when all is well.
        add: adds its own options to a parser.
        examples: how it is called, as a shell takes it; the tests run them.
        client: whether it needs the API, and so has the options of the connection.
        model: whether it has ``--model``.
    """

    name: str
    description: str
    run: Callable[[Context], int | None]
    add: Callable[[Parser], None] = lambda parser: None
    examples: Sequence[str] = ()
    client: bool = True
    model: bool = False

    @property
    def summary(self) -> str:
        """The first sentence of the description."""
        return self.description.partition(". ")[0].removesuffix(".")


class _Help(argparse.HelpFormatter):
    """Wraps texts as all that the command line shows, and leaves examples as they are."""

    def _split_lines(self, text: str, width: int) -> list[str]:
        return broken(" ".join(text.split()), width)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        lines = text.splitlines() if text.startswith(_EXAMPLES) else self._split_lines(text, width - len(indent))
        return "\n".join(f"{indent}{line}" for line in lines)


class Parser(argparse.ArgumentParser):
    """Raises what is wrong, so that all errors end in one place; and takes no abbreviated options."""

    def __init__(self, *args: Any, **words: Any) -> None:
        words = {"allow_abbrev": False, "formatter_class": _Help, **words}
        super().__init__(*args, **words)

    def error(self, message: str) -> NoReturn:
        """Refuse the command line."""
        raise UsageError(message, hint=f"`{self.prog} --help` shows how it is called")


def seconds(text: str) -> float:
    """A number of seconds of the command line."""
    value: float = _of_setting("deadline", text)
    return value


def count(text: str) -> int:
    """A whole number of the command line, 0 or greater."""
    value: int = _of_setting("retries", text)
    return value


def _of_setting(name: str, text: str) -> Any:
    try:
        return checked(name, text, "it")
    except UsageError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def positive_count(text: str) -> int:
    """A whole number of the command line, 1 or greater."""
    value = count(text)
    if value < 1:
        raise argparse.ArgumentTypeError("it must be 1 or greater, got '0'")
    return value


COMMON_EXIT_CODES = "Exit codes: " + "; ".join(f"{code} {text}" for code, text in EXIT_CODES.items()) + "."


def leaf(parser: Parser, command: Command) -> None:
    """Give a parser all that a command takes."""
    parser.description = command.description
    if command.examples:
        parser.epilog = f"{_EXAMPLES}\n" + "\n".join(f"  {example}" for example in command.examples)
    command.add(parser)
    if command.model:
        parser.add_argument("--model", "-m", help="name of the model (default: AA_MODEL, or the profile's)")
    output = parser.add_argument_group("output")
    output.add_argument("--json", action="store_true", help="JSON, one object a line; errors, too, on standard error")
    output.add_argument("--quiet", "-q", action="store_true", help="no notes and warnings on standard error")
    output.add_argument("--debug", action="store_true", help="show the traceback of an error")
    connection = parser.add_argument_group("connection" if command.client else "settings")
    connection.add_argument("--profile", help="the profile to use (default: AA_PROFILE); see `aleph-alpha config`")
    if command.client:
        connection.add_argument("--host", help="base URL of the deployment (default: AA_HOST, or the profile's)")
        connection.add_argument("--token", help="not safe, others can see it: prefer AA_TOKEN, or a profile")
        connection.add_argument("--deadline", type=seconds, metavar="SECONDS", help="most seconds that a call may take")
        connection.add_argument("--retries", type=count, metavar="N", help="attempts after the first (default: 2)")
    parser.set_defaults(command=command)


class Context:
    """What a command is given: its options, where to write, the settings, a client."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.command: Command = options.command
        self.out = Output(json=options.json, quiet=options.quiet, debug=options.debug)

    @cached_property
    def settings(self) -> Settings:
        """Options, environment, profile and keyring, looked at when they are first asked for."""
        given: Mapping[str, Any] = vars(self.options)
        if given.get("token"):
            self.out.warn(
                "others can read a token on the command line (list of processes, shell history): "
                "set AA_TOKEN, or store it with `aleph-alpha config set token`"
            )
        return Settings(given if self.command.client else {}, self.options.profile)

    def client(self, *, retries: int = 2) -> Client:
        """A client for the settings.

        Args:
            retries: attempts after the first one, where no setting says how many: fewer than a program would make,
                as somebody waits.

        Raises:
            UsageError: there is no token, or a setting cannot be one.
        """
        from aleph_alpha import Client

        if sys.stdout is None:  # before anything is sent that would be paid for, and lost
            raise OSError("standard output is closed")
        return Client(**self.client_options(retries))

    def client_options(self, retries: int) -> dict[str, Any]:
        """Keyword arguments for ``Client`` and ``AsyncClient``."""
        settings = self.settings
        given = {
            "host": settings.value("host"),
            "hosting": settings.value("hosting"),
            "proxy": settings.value("proxy"),
            "verify_ssl": self._authorities(),
            "nice": settings.value("nice"),
            "deadline": settings.value("deadline"),
            "total_retries": settings.value("retries"),
        }
        given = {name: value for name, value in given.items() if value is not None}
        token = settings.token()
        if token.source.startswith("profile") and settings.others_can_read:
            self.out.warn(f"{settings.file} holds a token, and others can read it: chmod 600 it")
        return {"token": token.value, "total_retries": retries, **given}

    def _authorities(self) -> str | None:
        """The file of CA certificates."""
        found = self.settings.find("ca_file")
        if found.value is None:
            return None
        path = str(found.value)
        if not os.path.exists(path):
            raise UsageError(f"ca_file: there is no file {one_line(path)} (from {found.source})", hint=CA_HINT)
        return path

    def model(self, *, required: bool = True) -> str | None:
        """The model to use: ``--model``, ``AA_MODEL``, or the profile's for this command or for all.

        Raises:
            UsageError: none is named, and one is needed.
        """
        found = self.settings.find("model")
        special = f"{self.command.name}_model"
        if not found.source.startswith(("option", "environment")) and special in SETTINGS:
            own = self.settings.value(special)
            if own is not None:
                return str(own)
        if found.value is None and required:
            raise UsageError(
                "no model: give --model NAME, set AA_MODEL, or `aleph-alpha config set model NAME`",
                hint="`aleph-alpha models` lists them",
            )
        return None if found.value is None else str(found.value)

    def needed_model(self) -> str:
        """The model to use.

        Raises:
            UsageError: none is named.
        """
        return str(self.model())
