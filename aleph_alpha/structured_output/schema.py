"""JSON schemas of Python types, and JSON read into them: by pydantic, strictly.

pydantic is a large import. This module is imported where tools or structured output are first used.
"""

from __future__ import annotations

import copy
import functools
import re
import types
import typing
import weakref
from collections.abc import Callable, Mapping
from typing import Annotated, Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model
from pydantic.errors import PydanticUndefinedAnnotation, PydanticUserError
from pydantic.fields import FieldInfo

from aleph_alpha._call.exact_json import exact_json, whole_numbers
from aleph_alpha.errors import InvalidRequestError
from aleph_alpha.structured_output.docstrings import describe_parameters
from aleph_alpha.structured_output.json_schema import Tidy, references, tidy
from aleph_alpha.structured_output.kinds import class_name
from aleph_alpha.structured_output.mismatch import Mismatch, mismatch
from aleph_alpha.structured_output.readable import readable
from aleph_alpha.structured_output.signature import NO_DEFAULT, arguments_of, docstring_of, function_name

__all__ = ["Shape", "arguments_shape", "model_schema", "read_type", "type_schema"]

# What dataclasses and TypedDicts within inherit; pydantic models have settings of their own.
_SETTINGS = ConfigDict(extra="forbid", strict=True, arbitrary_types_allowed=False, allow_inf_nan=False)


class _Member(NamedTuple):
    kind: Any
    default: Any = NO_DEFAULT
    description: str = ""


class Shape:
    """An object with members of given types: the schema of it, and how JSON is read into it.

    Attributes:
        schema: the JSON schema.
        description: what the docstring says before it comes to the members.
    """

    def __init__(self, members: Mapping[str, _Member], where: str, *, within: str = "", description: str = "") -> None:
        self.description = description
        self._within = within
        self._names = {f"member{index}": name for index, name in enumerate(members)}
        self._always = set()
        fields: dict[str, Any] = {}
        for field, name in self._names.items():
            member = members[name]
            fields[field] = _field(name, member)
            if member.default is NO_DEFAULT or isinstance(member.default, FieldInfo):
                self._always.add(field)  # a default of pydantic's, which the function knows nothing of
        self._model, self.schema = _built(where, fields, {} if within else self._names)

    def read(self, text: str) -> dict[str, Any]:
        """The members that the text has, each as its type.

        Raises:
            Mismatch: they are not of their types.
        """
        try:
            read = self._model.model_validate_json(text)
        except ValidationError as error:
            read = self._read_whole(text, error)
        except Exception as error:  # a check in a class of the caller's
            raise Mismatch("", f"cannot be read: {type(error).__name__}: {error}") from error
        given = read.model_fields_set | self._always
        return {name: getattr(read, field) for field, name in self._names.items() if field in given}

    def _read_whole(self, text: str, error: ValidationError) -> BaseModel:
        """Models write 3.0 where 3 was asked for."""
        inputs = [each["input"] for each in error.errors(include_url=False, include_context=False)]
        if any(isinstance(each, float) and each.is_integer() for each in inputs):
            import json

            text = json.dumps(whole_numbers(text), ensure_ascii=False)
            try:
                return self._model.model_validate_json(text)
            except ValidationError as other:
                error = other
        raise mismatch(error, exact_json(text), known=list(self._names.values()), within=self._within) from error


def _field(name: str, member: _Member) -> tuple[Any, Any]:
    """The type and the default of a member, as pydantic takes them."""
    kind, default, notes = readable(member.kind), member.default, []
    if typing.get_origin(kind) is Annotated:
        kind, *notes = typing.get_args(kind)
    if default is None and not _takes_none(kind):
        kind = typing.Optional[kind]  # noqa: UP045 - not every type has an operator
    # First, so that what the caller says in a Field of theirs counts.
    ours = Field(alias=name, description=member.description or None)
    return Annotated[(kind, ours, *notes)], ... if default is NO_DEFAULT else default


def _takes_none(kind: Any) -> bool:
    if kind in (None, types.NoneType, Any, object):
        return True
    if typing.get_origin(kind) is Annotated:
        return _takes_none(typing.get_args(kind)[0])
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        return any(map(_takes_none, typing.get_args(kind)))
    if typing.get_origin(kind) is typing.Literal:
        return None in typing.get_args(kind)
    alias = getattr(kind, "__value__", getattr(kind, "__supertype__", None))
    return alias is not None and _takes_none(alias)


def _built(where: str, fields: Mapping[str, Any], names: Mapping[str, str]) -> tuple[type[BaseModel], dict[str, Any]]:
    try:
        return _model(fields)
    except Exception as error:
        failed = error
    for field in names:  # which of them is it?
        try:
            _model({field: fields[field]})
        except Exception as error:
            failed, where = error, f"{where}.{names[field]}"
            break
    raise InvalidRequestError(f"{where}: there is no JSON schema for it: {_reason(failed)}") from failed


def _model(fields: Mapping[str, Any]) -> tuple[type[BaseModel], dict[str, Any]]:
    model: type[BaseModel] = create_model("Arguments", __config__=_SETTINGS, **fields)
    return model, tidy(model.model_json_schema(schema_generator=Tidy))


_MISSING = re.compile(r"is not fully defined; you should define (`.*?`)").search


def _reason(error: Exception) -> str:
    if isinstance(error, PydanticUndefinedAnnotation):
        return f"the annotation {error.name} cannot be resolved"
    text = error.message if isinstance(error, PydanticUserError) else str(error)
    if missing := _MISSING(text):
        return f"the annotation {missing[1]} cannot be resolved"
    return text.partition("\n")[0] or type(error).__name__


_functions: weakref.WeakKeyDictionary[Any, dict[bool, Shape]] = weakref.WeakKeyDictionary()


def arguments_shape(function: Callable[..., Any]) -> Shape:
    """The arguments of a function.

    Raises:
        InvalidRequestError: one that cannot be passed by name, or of a type that JSON has no values for.
    """
    code = getattr(function, "__func__", function)
    if type(code) is not types.FunctionType:
        return _arguments(function)
    known = _functions.setdefault(code, {})
    bound = code is not function
    if bound not in known:
        known[bound] = _arguments(function)
    return known[bound]


def _arguments(function: Callable[..., Any]) -> Shape:
    summary, descriptions = describe_parameters(docstring_of(function))
    arguments = {
        each.name: _Member(each.kind, each.default, descriptions.get(each.name, "")) for each in arguments_of(function)
    }
    return Shape(arguments, function_name(function) or repr(function), description=summary)


_VALUE = "value"


@functools.lru_cache(256)  # not for ever: classes may be made by the thousand
def _type_shape(kind: Any) -> Shape:
    """A type, as the only member of an object."""
    return Shape({_VALUE: _Member(kind)}, class_name(kind), within=_VALUE)


def type_schema(kind: Any) -> dict[str, Any]:
    """The schema of a type; what it refers to is under ``$defs``.

    Raises:
        InvalidRequestError: a type that JSON has no values for.

    >>> type_schema(list[int | None])
    {'type': 'array', 'items': {'anyOf': [{'type': 'integer'}, {'type': 'null'}]}}
    """
    whole = copy.deepcopy(_type_shape(kind).schema)
    schema: dict[str, Any] = whole["properties"][_VALUE]
    definitions = whole.get("$defs", {})
    if "$ref" in schema:
        reference = schema.pop("$ref")
        name = reference.rpartition("/")[2]
        schema = {**definitions[name], **schema}
        if reference not in references({**whole, "properties": {}}):
            del definitions[name]
    return {**schema, "$defs": definitions} if definitions else schema


def read_type(text: str, kind: Any) -> Any:
    """JSON as a value of a type: objects become dataclasses, strings become members of enums, and so on.

    Raises:
        Mismatch: it is not of the type.
        ValueError: it is not valid JSON.

    >>> read_type('[1, null]', list[float | None])
    [1.0, None]
    """
    exact_json(text)
    return _type_shape(kind).read(f'{{"{_VALUE}":{text}}}')[_VALUE]


def model_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The schema of a pydantic model, as pydantic writes it.

    Raises:
        InvalidRequestError: it has a field that JSON has no values for.
    """
    try:
        return model.model_json_schema()
    except Exception as error:
        raise InvalidRequestError(f"{model.__name__}: there is no JSON schema for it: {_reason(error)}") from error
