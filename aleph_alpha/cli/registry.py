"""Which commands there are, and the module of each, which is imported only for the command that was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from aleph_alpha.cli.command import Command

__all__ = ["FAMILIES", "commands_of"]

FAMILIES: Mapping[str, tuple[str, str]] = {
    "complete": ("complete", "continue a prompt"),
    "chat": ("chat", "talk with a model, or ask it one thing"),
    "embed": ("embed", "vectors of texts"),
    "evaluate": ("evaluate", "how likely a text is to follow a prompt"),
    "explain": ("explain", "which parts of a prompt matter for a target"),
    "tokenize": ("tokens", "the tokens of a text"),
    "detokenize": ("tokens", "the text of token ids"),
    "rerank": ("rerank", "sort documents by how well they answer a query"),
    "translate": ("translate", "translate a text"),
    "transcribe": ("transcribe", "what is said in a recording"),
    "models": ("models", "what each model can do"),
    "model": ("models", "all about one model"),
    "tokens": ("account", "list, create and delete API tokens"),
    "whoami": ("account", "the account behind the token, and what it may do"),
    "requests": ("account", "recent requests of the account"),
    "check": ("check", "what is wrong with the connection, the token or the deployment, and what to do"),
    "schema": ("schema", "what a request may hold"),
    "config": ("config", "profiles and settings, and where each value is from"),
    "bulk": ("bulk", "jobs over files: exactly one row a key"),
    "serve": ("serve", "run the reference server, with toy models"),
    "completion": ("completion", "completion for a shell"),
}


def commands_of(family: str) -> list[Command]:
    """The commands whose name begins with a word: one, or those below it."""
    module = import_module(f"aleph_alpha.cli.{FAMILIES[family][0]}")
    commands: list[Command] = [one for one in module.COMMANDS if one.name.partition(" ")[0] == family]
    return commands
