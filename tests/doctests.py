"""Runs doctest examples, `await` at their top level included, against a reference server."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import doctest
import inspect
import io
import sys
import traceback
from typing import Any

_FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def run_examples(test: doctest.DocTest, names: dict[str, Any]) -> list[str]:
    """What went wrong in the examples of one docstring or page; nothing when all is well.

    `names` are what the examples find defined, as `client` or `token`.
    """
    checker = doctest.OutputChecker()
    scope = {**test.globs, **names}
    problems = []
    with asyncio.Runner() as runner:
        for example in test.examples:
            got = _run(example, scope, runner)
            if example.exc_msg is not None:
                right = got.strip().splitlines()[-1:] == example.exc_msg.strip().splitlines()[-1:]
            else:
                right = checker.check_output(example.want, got, _FLAGS)
            if not right:
                line = (test.lineno or 0) + example.lineno + 1
                problems.append(f"{test.name}, line {line}\n>>> {example.source}expected:\n{example.want}got:\n{got}")
                break  # what follows builds on it
    return problems


def _run(example: doctest.Example, scope: dict[str, Any], runner: asyncio.Runner) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        try:
            code = compile(example.source, "<example>", "single", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
            if code.co_flags & inspect.CO_COROUTINE:
                runner.run(eval(code, scope))
            else:
                exec(code, scope)
        except Exception:
            if example.exc_msg is None:
                traceback.print_exc(file=out)
            else:
                out.write(traceback.format_exception_only(sys.exception())[-1])
    return out.getvalue()
