"""The generator's properties in our words: what they are in JSON, and how Python code tests and names them."""

from __future__ import annotations

from collections.abc import Sequence

from openapi_python_client.parser.properties import AnyProperty, EnumProperty, ModelProperty
from openapi_python_client.parser.properties.boolean import BooleanProperty
from openapi_python_client.parser.properties.const import ConstProperty
from openapi_python_client.parser.properties.date import DateProperty
from openapi_python_client.parser.properties.datetime import DateTimeProperty
from openapi_python_client.parser.properties.file import FileProperty
from openapi_python_client.parser.properties.float import FloatProperty
from openapi_python_client.parser.properties.int import IntProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.none import NoneProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol
from openapi_python_client.parser.properties.string import StringProperty
from openapi_python_client.parser.properties.union import UnionProperty
from openapi_python_client.parser.properties.uuid import UuidProperty
from openapi_python_client.schema.untrusted_string import UntrustedString

Lines = list[str]

#: Kinds that are the same in JSON and in Python: tests that all hold for a value that is NOT of the kind, and its name.
PLAIN: dict[type, tuple[tuple[str, ...], str]] = {
    StringProperty: (("not isinstance({0}, str)",), "a string"),
    FloatProperty: (("type({0}) is not float", "type({0}) is not int", "not_number({0})"), "a number"),
    IntProperty: (("type({0}) is not int", "not_integer({0})"), "an integer"),
    BooleanProperty: (("not isinstance({0}, bool)",), "a boolean"),
    NoneProperty: (("{0} is not None",), "null"),
}

#: Kinds that are strings in JSON and something else in Python: how to make them, and what they are called.
PARSED: dict[type, tuple[str, str]] = {
    DateTimeProperty: ("datetime.datetime.fromisoformat({0})", "an ISO 8601 date and time"),
    DateProperty: ("datetime.date.fromisoformat({0})", "an ISO 8601 date"),
    UuidProperty: ("UUID({0})", "a UUID"),
}


class CodeError(Exception):
    """The contract has a shape for which no code can be written."""


def indented(lines: Sequence[str], by: int = 1) -> Lines:
    return ["    " * by + line for line in lines]


def members_of(prop: PropertyProtocol) -> list[PropertyProtocol]:
    """The members of a union; the property itself if it is not one."""
    return list(prop.inner_properties) if isinstance(prop, UnionProperty) else [prop]


def is_plain(prop: PropertyProtocol) -> bool:
    """Whether a value is the same in JSON and in Python."""
    if isinstance(prop, UnionProperty):
        return all(is_plain(member) for member in prop.inner_properties)
    if isinstance(prop, ListProperty):
        return is_plain(prop.inner_property)
    return isinstance(prop, (AnyProperty, ConstProperty)) or type(prop) in PLAIN


def is_enum_of(prop: PropertyProtocol, kind: type) -> bool:
    return isinstance(prop, EnumProperty) and prop.value_type is kind


def type_of(prop: PropertyProtocol) -> str:
    """The annotation of a value."""
    return prop.get_type_string().as_unembedded_code()


def class_of(prop: PropertyProtocol) -> str:
    """What `isinstance` takes for a value."""
    return prop.get_instance_type_string().as_unembedded_code()


def expected(prop: PropertyProtocol) -> str:
    """What an error message says was expected."""
    if isinstance(prop, UnionProperty):
        return " or ".join(dict.fromkeys(expected(member) for member in prop.inner_properties))
    if isinstance(prop, ListProperty):
        return "an array"
    if isinstance(prop, ModelProperty):
        return "an object"
    if isinstance(prop, ConstProperty):
        return repr(prop.value.raw_value)
    if isinstance(prop, EnumProperty):
        return "a string" if prop.value_type is str else "an integer"
    if isinstance(prop, FileProperty):
        return "bytes"
    return {**PLAIN, **PARSED}[type(prop)][1]


def constant(prop: ConstProperty) -> str:
    return prop.value.python_code.as_unembedded_code()


def name_of(prop: PropertyProtocol) -> str:
    """The name in JSON."""
    return text(prop.name)


def raw_name(prop: PropertyProtocol) -> str:
    """The variable of the value as it is in JSON."""
    return str(prop.python_name) if is_plain(prop) else f"_{prop.python_name}"


def text(value: UntrustedString | str) -> str:
    """A string of the contract; the generator wraps these lest they be pasted into code."""
    return value.get_untrusted_value() if isinstance(value, UntrustedString) else value


def path(name: str) -> str:
    """Code for the path of a field; `at_key` in decoding.py makes the same of a name known only when the code runs."""
    return repr(name if name.isidentifier() else f'["{name}"]')
