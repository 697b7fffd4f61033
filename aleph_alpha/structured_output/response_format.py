"""Structured output: responses of a chat that are JSON of a given shape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from aleph_alpha._call.checks import describe
from aleph_alpha._call.exact_json import exact_json
from aleph_alpha.errors import InvalidRequestError, ResponseError
from aleph_alpha.structured_output.kinds import class_name, is_pydantic, is_record, own_docstring, valid_name

if TYPE_CHECKING:
    from pydantic import BaseModel

    from aleph_alpha_api import models as api

__all__ = ["JSONSchema", "ResponseFormat", "parse_text", "response_format_model"]

T = TypeVar("T")


@dataclass(frozen=True)
class JSONSchema:
    """The JSON schema that a response has to follow.

    Parameters:
        schema: the schema itself.
        name: what it is called; the API wants one.
        description: what it stands for; the model reads it.
        strict: whether the model is held to it; ``False`` makes it a wish.

    >>> schema = {"type": "object", "properties": {"nemo": {"type": "string"}}, "required": ["nemo"]}
    >>> JSONSchema(schema, name="aquarium", strict=True).to_json()["json_schema"]["name"]
    'aquarium'
    """

    schema: Mapping[str, Any]
    name: str
    description: str | None = None
    strict: bool | None = False

    def to_json(self) -> Mapping[str, Any]:
        """The ``response_format`` as the API takes it.

        >>> JSONSchema({"type": "object"}, name="thing").to_json()["type"]
        'json_schema'
        """
        return _model(self).to_dict()

    @classmethod
    def from_pydantic(cls, model_class: type[BaseModel]) -> JSONSchema:
        """The schema of a pydantic model, named after it, strict; its own docstring is the description.

        Raises:
            InvalidRequestError: it is not a pydantic model, or has a field that JSON has no values for.

        >>> from pydantic import BaseModel
        >>> class Fish(BaseModel):
        ...     "A fish."
        ...     name: str
        >>> schema = JSONSchema.from_pydantic(Fish)
        >>> schema.name, schema.description, schema.strict
        ('Fish', 'A fish.', True)
        """
        if not is_pydantic(model_class):
            raise InvalidRequestError(f"from_pydantic takes a pydantic model, not {describe(model_class)}")
        from aleph_alpha.structured_output.schema import model_schema

        return cls(model_schema(model_class), valid_name(model_class.__name__), own_docstring(model_class), strict=True)

    @classmethod
    def from_type(cls, kind: Any) -> JSONSchema:
        """The schema of a dataclass, TypedDict or pydantic model, named after it, strict.

        Descriptions of fields come from ``Annotated[str, "..."]`` and from the docstring.

        Raises:
            InvalidRequestError: there is no schema for it, or for one of its fields.

        >>> @dataclass
        ... class Fish:
        ...     name: str
        ...     size_cm: float | None = None
        >>> JSONSchema.from_type(Fish).schema["required"]
        ['name']
        """
        if is_pydantic(kind):
            return cls.from_pydantic(kind)
        if not is_record(kind):
            raise InvalidRequestError(f"a response format is made from a dataclass or pydantic model, not {kind!r}")
        from aleph_alpha.structured_output.schema import type_schema

        return cls(type_schema(kind), valid_name(class_name(kind)), own_docstring(kind), strict=True)


ResponseFormat: TypeAlias = JSONSchema | type[Any]
"""What `ChatRequest.response_format` takes: a schema, or a class that has one and that responses are read into."""


def response_format_model(response_format: Any, field: str) -> api.ResponseFormat:
    """The generated model of a response format; `field` names it in errors."""
    if isinstance(response_format, JSONSchema):
        return _model(response_format)
    if isinstance(response_format, Mapping):
        from aleph_alpha._call.reading import given_model
        from aleph_alpha_api import models as api

        if "properties" in response_format:
            raise InvalidRequestError(f"{field} is a bare schema: pass JSONSchema(schema, name=...)")
        return given_model(api.ResponseFormat.from_dict, response_format, field)
    if is_pydantic(response_format) or is_record(response_format):
        return _model(JSONSchema.from_type(response_format))
    hint = ": pass the class" if is_pydantic(kind := type(response_format)) or is_record(kind) else ""
    raise InvalidRequestError(
        f"{field} must be a JSONSchema, a dataclass or a pydantic model, not {describe(response_format)}{hint}"
    )


def _model(schema: JSONSchema) -> api.ResponseFormat:
    from aleph_alpha_api import models as api

    inner = api.JsonSchema()
    inner.additional_properties = dict(schema.schema)
    return api.ResponseFormat(
        type_=api.ResponseFormatType.JSON_SCHEMA,
        json_schema=api.ResponseJsonSchema(
            name=schema.name, schema=inner, description=schema.description, strict=schema.strict
        ),
    )


def parse_text(text: str, kind: Any, finish_reason: str | None = None) -> Any:
    """The JSON of a response, read into what its request asked for.

    Thoughts between ``<think>`` and ``</think>`` before it, and a Markdown fence around it, are left out.
    Integers are exact, however long they are.

    Args:
        text: the response.
        kind: a dataclass, TypedDict or pydantic model; with anything else the decoded JSON is returned.
        finish_reason: why the response ended, for the message of an error.

    Raises:
        ResponseError: it is not valid JSON, or does not fit; the message shows the text.

    >>> parse_text('<think>Hm.</think>{"nemo": "a clownfish"}', JSONSchema({}, "aquarium"))
    {'nemo': 'a clownfish'}
    """
    not_json = ValueError("nothing was tried")
    for candidate in _candidates(text, cut_off=finish_reason == "length"):
        try:
            value = exact_json(candidate)
        except ValueError as error:
            not_json = error
        else:
            return _fitting(candidate, value, kind, text, finish_reason)
    problem = f"is not valid JSON ({not_json})"
    if kind is None:
        problem += "; its request had no response_format"
    raise _no_fit(problem, text, finish_reason) from not_json


def _fitting(json_text: str, value: Any, kind: Any, text: str, finish_reason: str | None) -> Any:
    if not (is_pydantic(kind) or is_record(kind)):
        return value
    from aleph_alpha.structured_output.mismatch import Mismatch
    from aleph_alpha.structured_output.schema import read_type

    try:
        return kind.model_validate_json(json_text) if is_pydantic(kind) else read_type(json_text, kind)
    except Exception as error:  # the checks of a class are the caller's
        path = error.path if isinstance(error, Mismatch) else ""
        problem = f"is not a valid {class_name(kind)}: {error}"
        raise _no_fit(problem, text, finish_reason, path) from error


def _candidates(text: str, *, cut_off: bool) -> Iterator[str]:
    """What may be the JSON of a response: all of it, or what is behind the thoughts of a reasoning model.

    Thoughts may tell of ``</think>``, and so may strings within the JSON: the first text that is JSON counts.
    Where an object or array has begun, what is within it is not tried, for it may be cut off.
    """
    text = text.strip()
    yield _unfenced(text)
    if text.startswith(("{", "[", "```")):
        return
    begun = False
    start = text.find(_THOUGHT)
    for _ in range(_MOST_THOUGHTS):
        if start < 0:
            return
        start += len(_THOUGHT)
        tail = _unfenced(text[start:].strip())
        looks_like_json = tail.startswith(("{", "["))
        if not begun or (looks_like_json and not cut_off):
            yield tail
        begun = begun or looks_like_json
        start = text.find(_THOUGHT, start)


_THOUGHT = "</think>"
_MOST_THOUGHTS = 100  # each may be tried: the response of a model is not to keep a processor busy


def _unfenced(text: str) -> str:
    """The text without a fence of Markdown around it."""
    if text.startswith("```") and text.endswith("```") and "\n" in text:
        return text.partition("\n")[2][:-3]
    return text


def _no_fit(problem: str, text: str, finish_reason: str | None, path: str = "") -> ResponseError:
    cut = "was cut off, as more than max_tokens would have been needed, and " if finish_reason == "length" else ""
    message = f"the response {cut}{problem}\nThe response was: {text}"
    return ResponseError(message, path=path, body=text.encode("utf-8", "replace"))
