"""What can be passed to a function by name: of which type, with which default, and described how."""

from __future__ import annotations

import contextlib
import functools
import inspect
import sys
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from aleph_alpha.errors import InvalidRequestError
from aleph_alpha.structured_output.kinds import own_docstring

__all__ = ["NO_DEFAULT", "Argument", "arguments_of", "docstring_of", "function_name", "is_async"]

NO_DEFAULT = inspect.Parameter.empty


@dataclass(frozen=True)
class Argument:
    """An argument that is passed by name."""

    name: str
    kind: Any
    default: Any


def arguments_of(function: Callable[..., Any]) -> list[Argument]:
    """The arguments that can be passed; what a ``partial`` has bound is not among them.

    Raises:
        InvalidRequestError: one that cannot be passed by name, or an annotation that cannot be resolved.
    """
    where = function_name(function) or repr(function)
    try:
        parameters = _signature(function).parameters
    except (TypeError, ValueError) as error:
        raise InvalidRequestError(f"{where}: its signature cannot be read: {error}") from error
    bound: Mapping[str, Any] = function.keywords if isinstance(function, functools.partial) else {}
    arguments = []
    for name, parameter in parameters.items():
        if name in bound:
            continue
        if parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
            raise InvalidRequestError(f"{where}: {parameter} cannot be given by name, as a model gives arguments")
        kind = Any if parameter.annotation is NO_DEFAULT else _resolve(parameter, function, where)
        arguments.append(Argument(name, kind, parameter.default))
    return arguments


def _signature(function: Callable[..., Any]) -> inspect.Signature:
    if sys.version_info >= (3, 14):  # where annotations are evaluated when asked for, that of the result as well
        import annotationlib

        return inspect.signature(function, annotation_format=annotationlib.Format.FORWARDREF)
    return inspect.signature(function)


def _resolve(parameter: inspect.Parameter, function: Callable[..., Any], where: str) -> Any:
    code = _code(function)
    module = sys.modules.get(code.__module__) if isinstance(code, type) else None
    names = getattr(code, "__globals__", {}) if module is None else vars(module)
    holder = SimpleNamespace(__annotations__={parameter.name: parameter.annotation})
    try:
        return typing.get_type_hints(holder, names, _enclosing(code), include_extras=True)[parameter.name]
    except Exception as error:  # an annotation in quotes is evaluated: anything can come of it
        problem = f"the annotation {parameter.annotation!r} cannot be resolved: {type(error).__name__}: {error}"
        raise InvalidRequestError(f"{where}.{parameter.name}: {problem}") from error


def _enclosing(code: Any) -> dict[str, Any]:
    """What the function sees of the functions around it, and its type parameters."""
    names = {each.__name__: each for each in getattr(code, "__type_params__", ())}
    cells = getattr(code, "__closure__", None) or ()
    for name, cell in zip(code.__code__.co_freevars if cells else (), cells, strict=True):
        with contextlib.suppress(ValueError):  # nothing in it yet
            names[name] = cell.cell_contents
    return names


def _code(function: Any) -> Any:
    """Where the annotations were written: the function behind partials, bound methods and decorators, or a class."""
    while isinstance(function, functools.partial):
        function = function.func
    if not (inspect.isroutine(function) or isinstance(function, type)):
        function = type(function).__call__
    return inspect.unwrap(getattr(function, "__func__", function))


def function_name(function: Any) -> str | None:
    """What the function is called; an object that can be called is called as its class."""
    name: str | None = getattr(function, "__name__", None)
    if name is not None:
        return name if name.isidentifier() or "[" in name else None  # not <lambda>
    if isinstance(function, functools.partial):
        return function_name(function.func)
    return type(function).__name__


def docstring_of(function: Any) -> str | None:
    """The docstring that was written for it, not that of a base or of ``functools.partial``."""
    if isinstance(function, type):
        return own_docstring(function)
    if isinstance(function, functools.partial) and "__doc__" not in vars(function):
        return docstring_of(function.func)
    if inspect.isroutine(function) or "__doc__" in getattr(function, "__dict__", ()):
        doc: str | None = function.__doc__
        return doc
    return type(function).__call__.__doc__ or own_docstring(type(function))


def is_async(function: Any) -> bool:
    """Whether a call of it has to be awaited."""
    while isinstance(function, functools.partial):
        function = function.func
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(type(function).__call__)
