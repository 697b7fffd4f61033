"""The Python of `to_dict` and `parse_response`, and all that the templates call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from openapi_python_client.parser.openapi import Endpoint
from openapi_python_client.parser.properties import EnumProperty, ModelProperty
from openapi_python_client.parser.properties.date import DateProperty
from openapi_python_client.parser.properties.datetime import DateTimeProperty
from openapi_python_client.parser.properties.file import FileProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol
from openapi_python_client.parser.properties.union import UnionProperty
from openapi_python_client.parser.properties.uuid import UuidProperty
from openapi_python_client.parser.responses import Response

from scripts._gen.decode import HELPERS, Decoder, classes_in
from scripts._gen.kinds import Lines, class_of, indented, is_plain, name_of, text, type_of


def globals_for(models: Sequence[ModelProperty], expects: Mapping[str, Sequence[str]]) -> dict[str, object]:
    """What the templates call; `expects` is the decoder's."""
    decoder = Decoder({str(model.class_info.name): model for model in models}, expects)
    return {
        "decode": decoder.body,
        "encode": encode,
        "parse_response": lambda endpoint: parse_response(endpoint, decoder),
        "helpers": HELPERS,
        "response_imports": response_imports,
    }


def encode(model: ModelProperty) -> str:
    """The body of a class's `to_dict`: the known fields in the contract's order, then the unknown ones."""
    pairs = [f"{name_of(prop)!r}: {_json(prop, _field(prop))}," for prop in model.required_properties or []]
    lines = ["json_: dict[str, Any] = {", *indented(pairs), "}"]
    for prop in model.optional_properties or []:
        lines += [f"if {_field(prop)} is not UNSET:", f"    json_[{name_of(prop)!r}] = {_json(prop, _field(prop))}"]
    if model.additional_properties is not None:
        rest, value = "self.additional_properties", _json(model.additional_properties, "value_")
        if value != "value_":
            rest = f"{{name_: {value} for name_, value_ in {rest}.items()}}"
        lines += ["if self.additional_properties:", f"    json_ = {{**{rest}, **json_}}"]
    return "\n".join([*lines, "return json_"])


def _field(prop: PropertyProtocol) -> str:
    return f"self.{prop.python_name}"


def _json(prop: PropertyProtocol, value: str) -> str:
    """An expression for the JSON form of `value`."""
    if isinstance(prop, UnionProperty):
        return _json_of_union(prop, value)
    if isinstance(prop, ModelProperty):
        return f"{value}.to_dict()"
    if isinstance(prop, EnumProperty):
        return f"{prop.value_type.__name__}({value})"  # also where the caller gave the plain value
    if isinstance(prop, UuidProperty):
        return f"str({value})"
    if isinstance(prop, (DateProperty, DateTimeProperty)):
        return f"{value}.isoformat()"
    if isinstance(prop, FileProperty):
        return f"{value}.to_tuple()"
    if isinstance(prop, ListProperty):
        member = _json(prop.inner_property, "item_")
        return value if member == "item_" else f"[{member} for item_ in {value}]"
    return value


def _json_of_union(prop: UnionProperty, value: str) -> str:
    """Members with the same JSON form share a test; what needs no change comes last."""
    forms: dict[str, list[str]] = {}
    for member in prop.inner_properties:
        forms.setdefault(_json(member, value), []).append(class_of(member))
    expression = value if value in forms else forms.popitem()[0]
    for form, kinds in reversed(forms.items()):
        if form != value:
            kind = kinds[0] if len(kinds) == 1 else f"({', '.join(kinds)})"
            expression = f"{form} if isinstance({value}, {kind}) else {expression}"
    return expression if not forms or expression == value else f"({expression})"


def parse_response(endpoint: Endpoint, decoder: Decoder) -> str:
    """The whole function, with an overload for each documented status: where the status is known, so is the type."""
    everything = " | ".join(dict.fromkeys(_type(response) for response in endpoint.responses)) or "None"
    lines: Lines = []
    for response in endpoint.responses.patterns:
        if not response.status_code.is_range() and _type(response) != everything:
            lines += ["@overload", _signature(f"Literal[{response.status_code.pattern}]", _type(response)) + " ..."]
    if lines:
        lines += ["@overload", _signature("int", everything) + " ..."]
    lines += [_signature("int", everything), *indented(_docstring(endpoint))]
    for (low, high), response in _ranges(endpoint.responses.patterns):
        test = f"status_code == {low}" if low == high else f"{low} <= status_code <= {high}"
        lines += [f"    if {test}:", *indented(_response(response, decoder, endpoint, failure=low >= 400), 2)]
    if endpoint.responses.default is not None:
        lines += indented(_response(endpoint.responses.default, decoder, endpoint, failure=True))
    else:
        lines.append("    raise UnexpectedStatus(status_code, content)")
    return "\n".join(lines)


def response_imports(endpoint: Endpoint) -> list[str]:
    """The imports that `parse_response` does itself, where no other part of the module needs them."""
    lines = {_import_of(response.prop) for response in endpoint.responses if isinstance(response.prop, ModelProperty)}
    others = classes_in([*(body.prop for body in endpoint.bodies), *endpoint.list_all_parameters()])
    others |= classes_in(each.prop for each in endpoint.responses if not isinstance(each.prop, ModelProperty))
    return sorted(line for line in lines if line.split()[-1] not in others)


def _import_of(model: ModelProperty) -> str:
    return f"from ...models.{model.class_info.module_name} import {model.class_info.name}"


def _signature(status: str, answer: str) -> str:
    return (
        f"def parse_response(status_code: {status}, content: bytes, "
        f"deviations: list[Deviation] | None = None) -> {answer}:"
    )


def _type(response: Response) -> str:
    source = response.source["return_type"]
    return type_of(response.prop) if source == "Any" else source


def _docstring(endpoint: Endpoint) -> Lines:
    statuses = ", ".join(response.status_code.pattern for response in endpoint.responses)
    return [
        f'"""Decode a response; documented are the statuses {statuses}.',
        "",
        "`deviations` makes it read whatever has in it what was asked for, and takes what was not as documented.",
        "",
        "Raises:",
        "    DecodeError: the body does not have the documented shape.",
        "    UnexpectedStatus: the status is not documented, or is an error whose body is not the API's.",
        '"""',
    ]


def _ranges(responses: Sequence[Response]) -> list[tuple[tuple[int, int], Response]]:
    """The ranges of statuses with their responses; neighbours with the same response are one."""
    merged: list[tuple[tuple[int, int], Response]] = []
    for response in responses:
        low, high = response.status_code.range or (0, 0)
        if merged and low == merged[-1][0][1] + 1 != 400 and _type(merged[-1][1]) == _type(response):
            low = merged.pop()[0][0]
        merged.append(((low, high), response))
    return merged


def _response(response: Response, decoder: Decoder, endpoint: Endpoint, *, failure: bool) -> Lines:
    """Code that returns the response."""
    kind, prop = response.source["return_type"], response.prop
    if kind != "Any":
        return [{"None": "return None", "str": "return read_text(content)", "bytes": "return content"}[kind]]
    definition: Lines = []
    if isinstance(prop, ModelProperty):
        definition = [_import_of(prop)]  # here: whoever streams, or only makes requests, does without the class
        decode = f"{prop.class_info.name}.from_dict"
    else:
        decode, target = "decode_", "data" if is_plain(prop) else "answer"
        body = decoder.value(prop, "data", target, "''", type_of(prop))
        definition = [f"def decode_(data: Any) -> {type_of(prop)}:", *indented([*body, f"return {target}"])]
    if not failure:
        return [*definition, f"return read(content, {decode}, {text(endpoint.name)!r}, deviations)"]
    # A proxy's page under an error status is not an error of the API.
    lines = [*definition, f"return {decode}(read_json(content))"]
    rescue = ["except DecodeError as error_:", "    raise UnexpectedStatus(status_code, content) from error_"]
    return ["try:", *indented(lines), *rescue]
