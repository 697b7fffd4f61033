"""Why JSON does not fit a type, in words that a model can act on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from aleph_alpha._call.checks import describe

if TYPE_CHECKING:
    from pydantic import ValidationError

__all__ = ["Mismatch", "mismatch"]

_MOST = 8  # problems that are told at once


class Mismatch(ValueError):
    """A value is not of the type; the message says where and why."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(problem)
        self.path = path


def mismatch(error: ValidationError, value: Any, known: Sequence[str] = (), within: str = "") -> Mismatch:
    """All that pydantic found wrong with `value`, each place once.

    `known` are the members of the outermost object; the member `within` is not told as part of a path.
    """
    problems: dict[str, list[str]] = {}
    for each in error.errors(include_url=False, include_context=False):
        path = _path(each["loc"], value, missing=each["type"].startswith("missing"))
        path = path.removeprefix(within).removeprefix(".") if within else path
        told = problems.setdefault(path, [])
        problem = _problem(each["type"], each["msg"], each["input"], () if within or len(each["loc"]) > 1 else known)
        if problem not in told:
            told.append(problem)
    lines = [_line(path, told) for path, told in problems.items()]
    more = f"; and {len(lines) - _MOST} more" if len(lines) > _MOST else ""
    return Mismatch(next(iter(problems)), "; ".join(lines[:_MOST]) + more)


def _line(path: str, told: list[str]) -> str:
    """Of several members of a union each has its say; what was given is told once."""
    text = " or ".join(dict.fromkeys(problem.partition(", not ")[0] for problem in told[:-1]))
    text = f"{text} or {told[-1].removeprefix('must be ')}" if text else told[-1]
    return f"{path or 'it'} {text}"


def _problem(kind: str, message: str, value: Any, known: Sequence[str]) -> str:
    if kind.startswith("missing"):
        return "is missing"
    if kind in ("extra_forbidden", "unexpected_keyword_argument"):
        return f"is unknown; known are {', '.join(known)}" if known else "is unknown"
    for prefix in ("Value error, ", "Assertion failed, "):
        if message.startswith(prefix):
            return f"is refused: {message.removeprefix(prefix)}"
    wanted = (
        message.replace("Input should", "must", 1) if message.startswith("Input should") else f"is wrong: {message}"
    )
    return f"{wanted}, not {describe(value)}"


def _path(location: Sequence[int | str], value: Any, *, missing: bool) -> str:
    """Where it is in the value; what pydantic calls the members of unions is not part of it."""
    path = ""
    for index, part in enumerate(location):
        if isinstance(value, dict) and part in value:
            path, value = f"{path}.{part}" if path else str(part), value[part]
        elif isinstance(value, list) and isinstance(part, int) and 0 <= part < len(value):
            path, value = f"{path}[{part}]", value[part]
        elif missing and index == len(location) - 1:
            path = f"{path}[{part}]" if isinstance(part, int) else f"{path}.{part}" if path else part
    return path
