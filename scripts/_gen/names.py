"""Names of the contract that would collide in the generated code: with each other, or with its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from openapi_python_client import strings
from openapi_python_client.parser.openapi import GeneratorData

from scripts._gen.decode import HELPERS

#: What generated modules import or define beside the classes of the contract.
CLASSES = frozenset(
    {
        *("Any", "DecodeError", "File", "FileTypes", "Iterable", "Literal", "Mapping", "OpenIntEnum", "OpenStrEnum"),
        *("T", "TypeVar", "UNSET", "UnexpectedStatus", "Unset"),
    }
)
#: What `build_request` has beside its parameters.
ARGUMENTS = frozenset({"body", "cookies", "headers", "params", "quote", "read_json", "read_text", *HELPERS})


def same_member(values: Iterable[object]) -> tuple[object, object] | None:
    """The first two values of an enum that would become one member: of the two the generator drops one."""
    owners: dict[str, object] = {}
    for index, value in enumerate(values):
        if not isinstance(value, str):
            continue
        name = strings.snake_case(value.upper() if value[:1].isalpha() else f"VALUE_{index}").upper()
        if name in owners:
            return owners[name], value
        owners[name] = value
    return None


def same_field(properties: Iterable[str]) -> tuple[str, str] | None:
    """The first two properties of an object that would become one field, however the generator spells them."""
    owners: dict[str, str] = {}
    for name in properties:
        field = strings.PythonIdentifier(name, "field_", skip_snake_case=True)
        if field in owners:
            return owners[field], name
        owners[field] = name
    return None


def taken(data: GeneratorData) -> Iterator[str]:
    """Classes and parameters that hide what the generated code uses itself."""
    for one in (*data.models, *data.enums):
        if str(one.class_info.name) in CLASSES:
            yield f"{one.class_info.name}: the generated code uses this name itself"
    for group in data.endpoint_collections_by_tag.values():
        for endpoint in group.endpoints:
            bodies = [body.prop for body in endpoint.bodies]
            for parameter in endpoint.list_all_parameters():
                name = str(parameter.python_name)
                if parameter not in bodies and (name in ARGUMENTS or name.startswith("json_")):
                    yield f"{endpoint.name}, parameter {name}: the generated code uses this name itself"
