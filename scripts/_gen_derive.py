"""What the generator is fed, from the contract: RULES, a table of small rewrites, and `refuse` for the rest.

The generator (openapi-python-client) drops or misreads some of OpenAPI in silence. Each such construct is rewritten by
a rule, whose docstring gives the reason, or refused with its JSON pointer. The contract itself stays as it is: it
describes the wire, not the generator.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from typing import Any

Json = dict[str, Any]

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
EVENT_STREAM = "text/event-stream"

#: What the generator reads of a schema, and what says nothing about the shape. It ignores all other keywords.
KNOWN_KEYWORDS = frozenset(
    {
        *("$ref", "type", "enum", "const", "properties", "required", "items", "additionalProperties"),
        *("oneOf", "anyOf", "allOf", "format", "title", "description", "default", "example", "examples"),
        *("deprecated", "discriminator", "externalDocs", "readOnly", "writeOnly", "pattern", "uniqueItems"),
        *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength"),
        *("minItems", "maxItems", "minProperties", "maxProperties", "contentMediaType", "contentEncoding"),
    }
)


class DeriveError(Exception):
    """The contract holds something that the generator would drop or misread."""


def derive(document: Json) -> Json:
    """What the generator is fed, from the contract; the contract is not changed."""
    refuse(document)
    derived = copy.deepcopy(document)
    for rule in RULES:
        rule(derived)
    return derived


# Walking --------------------------------------------------------------------------------------------------------------


def schemas(document: Json) -> Iterator[tuple[str, Json]]:
    """Every schema of the document with its JSON pointer, outer ones first."""
    components = document.get("components", {})
    for name, schema in components.get("schemas", {}).items():
        yield from _nested(f"/components/schemas/{_escape(name)}", schema)
    for name, parameter in components.get("parameters", {}).items():
        yield from _nested(f"/components/parameters/{_escape(name)}/schema", parameter.get("schema"))
    for kind in ("requestBodies", "responses"):
        for name, holder in components.get(kind, {}).items():
            yield from _contents(f"/components/{kind}/{_escape(name)}", holder)
    for pointer, _, path_item, operation in operations(document):
        shared = [(f"{pointer.rpartition('/')[0]}/parameters", path_item.get("parameters", []))]
        for where, parameters in [*shared, (f"{pointer}/parameters", operation.get("parameters", []))]:
            for index, parameter in enumerate(parameters):
                yield from _nested(f"{where}/{index}/schema", parameter.get("schema"))
        yield from _contents(f"{pointer}/requestBody", operation.get("requestBody", {}))
        for status, response in operation.get("responses", {}).items():
            yield from _contents(f"{pointer}/responses/{status}", response)


def operations(document: Json) -> Iterator[tuple[str, str, Json, Json]]:
    """Pointer, method, path item and operation of every operation."""
    for path, path_item in document.get("paths", {}).items():
        for method in METHODS:
            if method in path_item:
                yield f"/paths/{_escape(path)}/{method}", method, path_item, path_item[method]


def _parameters(document: Json) -> Iterator[Json]:
    yield from document.get("components", {}).get("parameters", {}).values()
    for _, _, path_item, operation in operations(document):
        yield from (*path_item.get("parameters", []), *operation.get("parameters", []))


def _contents(pointer: str, holder: Json) -> Iterator[tuple[str, Json]]:
    for name, header in holder.get("headers", {}).items():
        yield from _nested(f"{pointer}/headers/{_escape(name)}/schema", header.get("schema"))
    for media_type, content in holder.get("content", {}).items():
        yield from _nested(f"{pointer}/content/{_escape(media_type)}/schema", content.get("schema"))


def _nested(pointer: str, schema: Any) -> Iterator[tuple[str, Json]]:
    if not isinstance(schema, dict):  # absent, or `additionalProperties: true`
        return
    yield pointer, schema
    for name, member in schema.get("properties", {}).items():
        yield from _nested(f"{pointer}/properties/{_escape(name)}", member)
    for keyword in ("items", "additionalProperties"):
        yield from _nested(f"{pointer}/{keyword}", schema.get(keyword))
    for keyword in ("oneOf", "anyOf", "allOf"):
        for index, member in enumerate(schema.get(keyword, [])):
            yield from _nested(f"{pointer}/{keyword}/{index}", member)


def _escape(token: str) -> str:
    return token.replace("~", "~0").replace("/", "~1")


# Rules ----------------------------------------------------------------------------------------------------------------


def drop_defaults(document: Json) -> None:
    """No `default`: the generator makes it the attribute's value, so that a minimal request sent a dozen fields nobody
    had set, and a field that an answer left out came out as if it had been there."""
    for _, schema in schemas(document):
        schema.pop("default", None)


def drop_event_streams(document: Json) -> None:
    """No `text/event-stream`: after JSON it is dropped in silence, before it, it breaks the module. Streams are read by
    hand; the models of their events are components and stay."""
    responses = [
        response for _, _, _, operation in operations(document) for response in operation.get("responses", {}).values()
    ]
    responses += document.get("components", {}).get("responses", {}).values()
    for response in responses:
        response.get("content", {}).pop(EVENT_STREAM, None)


def drop_titles_and_examples(document: Json) -> None:
    """No `title`: it would name the class, in place of the component's name. No examples: they would land in docstrings
    as the repr of a Python value."""
    for _, schema in schemas(document):
        for keyword in ("title", "example", "examples"):
            schema.pop(keyword, None)


def open_objects(document: Json) -> None:
    """No `additionalProperties: false`: the class would lose the place where unknown fields are kept."""
    for _, schema in schemas(document):
        if schema.get("additionalProperties") is False:
            del schema["additionalProperties"]


def bare_references(document: Json) -> None:
    """Nothing beside `$ref`: OpenAPI 3.1 allows it, the generator ignores it."""
    for _, schema in schemas(document):
        if "$ref" in schema:
            reference = schema["$ref"]
            schema.clear()
            schema["$ref"] = reference


def describe_parameters(document: Json) -> None:
    """A parameter's description goes into its schema, the only place where the generator looks."""
    for parameter in _parameters(document):
        schema = parameter.get("schema", {})
        if "description" in parameter and "$ref" not in schema:
            schema.setdefault("description", parameter["description"])


def default_constants(document: Json) -> None:
    """A required constant is its own default: `TextPromptItem(data="...")` needs no `type_="text"`, and sends it."""
    for _, schema in schemas(document):
        for name in schema.get("required", []):
            member = schema.get("properties", {}).get(name, {})
            if "const" in member:
                member["default"] = member["const"]


def say_deprecated(document: Json) -> None:
    """`deprecated` goes into the description, and so into the docstring: the generator ignores it."""
    for _, schema in schemas(document):
        _prefix_description(schema)
    for _, _, _, operation in operations(document):
        _prefix_description(operation)


def _prefix_description(holder: Json) -> None:
    if holder.pop("deprecated", False) is True:
        holder["description"] = " ".join(["Deprecated.", holder.get("description", "")]).strip()


#: In the order in which they are applied; `default_constants` must come after `drop_defaults`.
RULES: tuple[Callable[[Json], None], ...] = (
    drop_event_streams,
    drop_defaults,
    drop_titles_and_examples,
    open_objects,
    bare_references,
    describe_parameters,
    default_constants,
    say_deprecated,
)


# Refusals -------------------------------------------------------------------------------------------------------------


def refuse(document: Json) -> None:
    """Raise DeriveError for everything that would be dropped, renamed or misread without a word from the generator."""
    problems = [
        *_document_problems(document),
        *_operation_problems(document),
        *_schema_problems(document),
        *_name_problems(document),
    ]
    if problems:
        raise DeriveError("\n".join(problems))


def _document_problems(document: Json) -> Iterator[str]:
    if "webhooks" in document:
        yield "/webhooks: the generator drops webhooks"
    if not document.get("paths"):
        yield "/paths: there are no operations"


def _operation_problems(document: Json) -> Iterator[str]:
    owners: dict[str, str] = {}
    for pointer, _, _, operation in operations(document):
        name = operation.get("operationId")
        if not name:
            yield f"{pointer}: no operationId"
            continue
        # Case and underscores do not tell two modules apart.
        module = _plain(name)
        if module in owners:
            yield f"{pointer}: duplicate operation id {name}, as {owners[module]} has it"
        owners.setdefault(module, pointer)
        if len(operation.get("tags", [])) != 1:
            yield f"{pointer}: expected exactly one tag; the generator uses the first and forgets the others"
        for keyword in ("callbacks", "servers"):
            if keyword in operation:
                yield f"{pointer}/{keyword}: the generator drops it"
        for status, response in operation.get("responses", {}).items():
            if list(response.get("content", {})) == [EVENT_STREAM]:
                yield f"{pointer}/responses/{status}: nothing but an event stream, which leaves no typed answer"


def _schema_problems(document: Json) -> Iterator[str]:
    for pointer, schema in schemas(document):
        for keyword in schema:
            if keyword not in KNOWN_KEYWORDS and not keyword.startswith("x-"):
                yield f"{pointer}/{keyword}: the generator ignores this keyword"
        for required in schema.get("required", []):
            if "allOf" not in schema and required not in schema.get("properties", {}):
                yield f"{pointer}/required: {required} is no property"
        named = re.fullmatch(r"/components/schemas/[^/]+", pointer)
        if not named and (schema.get("type") == "object" or "properties" in schema or "enum" in schema):
            yield f"{pointer}: an object or enum without a name: make it a component, a made-up name says nothing"


def _name_problems(document: Json) -> Iterator[str]:
    owners: dict[str, str] = {}
    for name in document.get("components", {}).get("schemas", {}):
        if _plain(name) in owners:
            yield f"/components/schemas/{name}: becomes the same class or module as {owners[_plain(name)]}"
        owners.setdefault(_plain(name), name)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
