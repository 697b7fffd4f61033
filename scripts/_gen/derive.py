"""What the generator is fed, from the contract: RULES, a table of small rewrites, and `refuse` for the rest.

The generator (openapi-python-client) drops or misreads some of OpenAPI in silence. Each such construct is rewritten by
a rule, whose docstring gives the reason, or refused with its JSON pointer. The contract itself stays as it is: it
describes the wire, not the generator.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator

from scripts._gen.names import same_field, same_member
from scripts._spec.load import Json
from scripts._spec.places import places

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


def schemas(document: Json) -> Iterator[tuple[str, Json]]:
    """Every schema of the document with its JSON pointer, outer ones first."""
    return ((place.pointer, place.value) for place in places(document, "the contract") if place.kind == "schema")


def operations(document: Json) -> Iterator[tuple[str, Json]]:
    """Every operation with its JSON pointer, which ends in path and method."""
    return ((place.pointer, place.value) for place in places(document, "the contract") if place.kind == "operation")


# Rules ----------------------------------------------------------------------------------------------------------------


def drop_defaults(document: Json) -> None:
    """No `default`: the generator makes it the attribute's value, so that a minimal request sent a dozen fields nobody
    had set, and a field that a response left out came out as if it had been there."""
    for _, schema in schemas(document):
        schema.pop("default", None)


def drop_event_streams(document: Json) -> None:
    """No `text/event-stream`: after JSON it is dropped in silence, before it, it breaks the module. Streams are read by
    hand; the models of their events are components and stay."""
    for place in places(document, "the contract"):
        if place.kind == "response":
            place.value.get("content", {}).pop(EVENT_STREAM, None)


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
    for place in places(document, "the contract"):
        schema = place.value.get("schema", {})
        if place.kind == "parameter" and "description" in place.value and "$ref" not in schema:
            schema.setdefault("description", place.value["description"])


def default_constants(document: Json) -> None:
    """A required constant is its own default: `TextPromptItem(data="...")` needs no `type_="text"`, and sends it."""
    for _, schema in schemas(document):
        for name in schema.get("required", []):
            member = schema.get("properties", {}).get(name, {})
            if "const" in member:
                member["default"] = member["const"]


def essential_members(document: Json) -> None:
    """What a response is asked for is required and never null, whatever else the document says."""
    for _, schema in schemas(document):
        for name in schema.get("x-essential", []):
            if name not in schema.setdefault("required", []):
                schema["required"].append(name)
            member = schema["properties"][name]
            if isinstance(member.get("type"), list):
                kinds = [kind for kind in member["type"] if kind != "null"]
                member["type"] = kinds[0] if len(kinds) == 1 else kinds
            if "oneOf" in member:
                member["oneOf"] = [one for one in member["oneOf"] if one.get("type") != "null"]


def expected_members(document: Json) -> None:
    """What is required beside that may be absent from a class all the same: tolerant.py makes it so, where a response
    does not have it. Its decoder goes on to ask for it; see `expected` of scripts/_gen/decode.py."""
    for _, schema in schemas(document):
        if names := expected(schema):
            schema["required"] = [name for name in schema["required"] if name not in names]


def expected(schema: Json) -> list[str]:
    """Names of members that a response should have and can be read without; there is nothing that stands for them."""
    if "x-essential" not in schema:
        return []
    found = []
    for name in schema.get("required", []):
        fallback = {"x-fallback", "x-fallback-position"} & schema["properties"][name].keys()
        if name not in schema["x-essential"] and not fallback:
            found.append(name)
    return found


def say_deprecated(document: Json) -> None:
    """`deprecated` goes into the description, and so into the docstring: the generator ignores it."""
    for place in places(document, "the contract"):
        if place.kind in ("schema", "operation") and place.value.pop("deprecated", False) is True:
            place.value["description"] = f"Deprecated. {place.value.get('description', '')}".strip()


#: In the order in which they are applied; `default_constants` must come after `drop_defaults`.
RULES: tuple[Callable[[Json], None], ...] = (
    drop_event_streams,
    drop_defaults,
    drop_titles_and_examples,
    open_objects,
    describe_parameters,
    essential_members,
    expected_members,
    bare_references,
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
    for pointer, operation in operations(document):
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
    for place in places(document, "the contract"):
        if place.kind == "response" and list(place.value.get("content", {})) == [EVENT_STREAM]:
            yield f"{place.pointer}: nothing but an event stream, which leaves no typed answer"


def _schema_problems(document: Json) -> Iterator[str]:
    for pointer, schema in schemas(document):
        for keyword in schema:
            if keyword not in KNOWN_KEYWORDS and not keyword.startswith("x-"):
                yield f"{pointer}/{keyword}: the generator ignores this keyword"
        for required in schema.get("required", []):
            if "allOf" not in schema and required not in schema.get("properties", {}):
                yield f"{pointer}/required: {required} is not a property"
        if pair := same_member(schema.get("enum", ())):
            yield f"{pointer}/enum: {pair[0]!r} and {pair[1]!r} become one member"
        if pair := same_field(schema.get("properties", ())):
            yield f"{pointer}/properties: {pair[0]!r} and {pair[1]!r} become one field"
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
