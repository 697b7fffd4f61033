"""Structured output: answers of a chat that are JSON of a given shape."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from aleph_alpha._call.checks import describe
from aleph_alpha.errors import InvalidRequestError, ResponseError
from aleph_alpha.structured_output.schema import is_pydantic, is_typed_dict, own_docstring, schema_of

if TYPE_CHECKING:
    from pydantic import BaseModel

    from aleph_alpha_api import models as api

__all__ = ["JSONSchema", "ResponseFormat", "parse_text", "response_format_model"]

T = TypeVar("T")


@dataclass(frozen=True)
class JSONSchema:
    """The JSON schema that an answer has to follow.

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
        """The schema of a pydantic model, named after it, strict; its docstring is the description.

        Raises:
            InvalidRequestError: it is no pydantic model.

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
        return cls(model_class.model_json_schema(), model_class.__name__, model_class.__doc__, strict=True)

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
        if not _is_record(kind):
            raise InvalidRequestError(f"a response format is made from a dataclass or pydantic model, not {kind!r}")
        return cls(schema_of(kind), kind.__name__, own_docstring(kind), strict=True)


# What `ChatRequest.response_format` takes: a schema, or a class whose schema is made and that answers are read into.
ResponseFormat: TypeAlias = JSONSchema | type[Any]


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
    if is_pydantic(response_format) or _is_record(response_format):
        return _model(JSONSchema.from_type(response_format))
    hint = ": pass the class" if is_pydantic(kind := type(response_format)) or _is_record(kind) else ""
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


def _is_record(kind: Any) -> bool:
    return isinstance(kind, type) and (dataclasses.is_dataclass(kind) or is_typed_dict(kind))


def parse_text(text: str, kind: Any, finish_reason: str | None = None) -> Any:
    """The JSON of an answer, read into what its request asked for.

    Thoughts between ``<think>`` and ``</think>`` before it, and a Markdown fence around it, are left out.

    Args:
        text: the answer.
        kind: a dataclass, TypedDict or pydantic model; with anything else the decoded JSON is returned.
        finish_reason: why the answer ended, for the message of an error.

    Raises:
        ResponseError: it is no JSON, or does not fit; the message shows the text.

    >>> parse_text('<think>Hm.</think>{"nemo": "a clownfish"}', JSONSchema({}, "aquarium"))
    {'nemo': 'a clownfish'}
    """
    import orjson

    from aleph_alpha.structured_output.values import Mismatch, read_value

    json_text = _json_part(text)
    try:
        if is_pydantic(kind):
            return kind.model_validate_json(json_text)
        value = orjson.loads(json_text)
        return read_value(value, kind) if _is_record(kind) else value
    except Mismatch as error:
        raise _no_fit(f"is no {kind.__name__}: {error}", text, finish_reason, path=error.path) from error
    except ValueError as error:  # of orjson, or of pydantic
        problem = f"is no {kind.__name__}: {error}" if is_pydantic(kind) else f"is no JSON ({error})"
        if kind is None:
            problem += "; its request had no response_format"
        raise _no_fit(problem, text, finish_reason) from error


def _json_part(text: str) -> str:
    """The text without what reasoning models think aloud before it, and without a fence of Markdown."""
    text = text.strip()
    if not text.startswith(("{", "[")):
        text = text.rpartition("</think>")[2].strip()
    if text.startswith("```") and text.endswith("```") and "\n" in text:
        text = text.partition("\n")[2][:-3]
    return text


def _no_fit(problem: str, text: str, finish_reason: str | None, path: str = "") -> ResponseError:
    cut = "was cut off, as more than max_tokens would have been needed, and " if finish_reason == "length" else ""
    message = f"the answer {cut}{problem}\nThe answer was: {text}"
    return ResponseError(message, path=path, body=text.encode("utf-8", "replace"))
