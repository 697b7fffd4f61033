"""The Python of `to_dict`, `from_dict` and `parse_response`, written for the templates of the generator.

The packaged templates believe every type, try the classes of a union one after the other, and report neither a missing nor a mistyped field. What is written
here checks each value once, by its JSON type, at the price of one comparison: the path for the error is worked out only when there is an error.

The code reads a property of the generator (its class says the kind) and names two variables: `source` holds the JSON value, `target` gets the decoded one.
`where` is Python code for the path of the value; it stands in `raise` statements only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from openapi_python_client.parser.openapi import Endpoint
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
from openapi_python_client.parser.responses import Response
from openapi_python_client.schema.untrusted_string import UntrustedString

Lines = list[str]

#: Kinds that are the same in JSON and in Python: the tests that all hold for a value that is NOT of the kind, and the words for the kind.
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

#: What the code calls; decoding.py defines it.
HELPERS = "at_item at_key fields_of missing_field not_integer not_number wrong_const wrong_tag wrong_type".split()

#: Names that a property must not have, since it would hide them. Other variables of the code end in an underscore, which no property's name does.
TAKEN = frozenset({"cls", "src_dict", *HELPERS})


class CodeError(Exception):
    """The contract has a shape for which no decoder can be written."""


def indented(lines: Sequence[str], by: int = 1) -> Lines:
    return ["    " * by + line for line in lines]


@dataclass(frozen=True)
class Coder:
    """Writes the code; `models` are all classes by name, to look into the members of a union."""

    models: dict[str, ModelProperty]

    # from_dict --------------------------------------------------------------------------------------------------------

    def decode(self, model: ModelProperty) -> str:
        """The body of a class's `from_dict`."""
        required, optional = model.required_properties or [], model.optional_properties or []
        for prop in (*required, *optional):
            if prop.python_name in TAKEN:
                raise CodeError(f"{model.class_info.name}.{prop.python_name}: the generated code uses this name itself")
        lines = ["rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)"]
        if required:
            lines.append("try:")
            lines += [f"    {_raw(prop)} = rest_.pop({_literal(prop.name)})" for prop in required]
            lines += ["except KeyError as error_:", "    raise missing_field(error_) from None"]
        for prop in (*required, *optional):
            if not prop.required:
                lines.append(f"{_raw(prop)} = rest_.pop({_literal(prop.name)}, UNSET)")
            where = _path(prop.name)
            lines += self._value(
                prop, _raw(prop), str(prop.python_name), where, prop.get_type_string().as_unembedded_code()
            )
        arguments = ", ".join(f"{prop.python_name}={prop.python_name}" for prop in (*required, *optional))
        lines.append(f"decoded_ = cls({arguments})")
        if model.additional_properties is not None:
            lines += self._additional(model.additional_properties)
        return "\n".join([*lines, "return decoded_"])

    def _additional(self, prop: PropertyProtocol) -> Lines:
        """What the named properties left over. An own, empty dictionary stays where nothing is left: a popped one keeps its memory."""
        if _is_plain(prop):
            loop = self._value(prop, "value_", "value_", "at_key(name_)", "")
            checks = [f"for name_, value_ in rest_.items():", *indented(loop)] if loop else []
            return ["if rest_:", *indented([*checks, "decoded_.additional_properties = rest_"])]
        code = self._value(prop, "value_", "member_", "at_key(name_)", prop.get_type_string().as_unembedded_code())
        return [
            "for name_, value_ in rest_.items():",
            *indented([*code, "decoded_.additional_properties[name_] = member_"]),
        ]

    def _value(self, prop: PropertyProtocol, source: str, target: str, where: str, declared: str) -> Lines:
        """Check the value of `source` and put what it stands for into `target`, which may be the same variable for plain kinds."""
        members = list(prop.inner_properties) if isinstance(prop, UnionProperty) else [prop]
        if any(isinstance(member, AnyProperty) for member in members):
            return [] if source == target else [f"{target} = {source}"]
        if (
            prop.required and isinstance(only := members[0], ModelProperty) and len(members) == 1
        ):  # from_dict refuses what is no object
            return [*([f"{target}: {declared}"] if declared else []), *self._model([only], source, target, where)]
        branches = list(self._branches(members, source, target, where))
        plain = [member for member in members if type(member) in PLAIN and not self._covered(member, members)]
        unlike = [test.format(source) for member in plain for test in PLAIN[type(member)][0]]
        unlike += [f"{source} != {_const(member)}" for member in members if isinstance(member, ConstProperty)]
        if not prop.required:
            unlike.append(f"{source} is not UNSET")
        unlike.sort(key=lambda test: test.startswith("not_"))  # the calls last
        expected = _literal(" or ".join(dict.fromkeys(_expected(member) for member in members)))
        fail = f"raise wrong_type({where}, {expected}, {source})"
        if len(members) == 1 and isinstance(members[0], ConstProperty):
            fail = f"raise wrong_const({where}, {_const(members[0])}, {source})"
        lines = [f"{target}: {declared}"] if branches and declared and source != target else []
        for word, (condition, body) in zip(["if", *["elif"] * len(branches)], branches, strict=False):
            lines += [f"{word} {condition}:", *indented(body)]
        word = "elif" if branches else "if"
        if unlike:
            lines += [f"{word} {' and '.join(unlike)}:", f"    {fail}"]
        else:
            lines += ["else:", f"    {fail}"]
        if source != target and unlike:
            lines += ["else:", f"    {target} = {source}"] if branches else [f"{target} = {source}"]
        return lines

    @staticmethod
    def _covered(member: PropertyProtocol, members: Sequence[PropertyProtocol]) -> bool:
        """Open enums take every value of their kind, so a plain string or integer beside one needs no test of its own."""
        kind = {StringProperty: str, IntProperty: int}.get(type(member))
        return any(isinstance(other, EnumProperty) and other.value_type is kind for other in members)

    def _branches(
        self, members: Sequence[PropertyProtocol], source: str, target: str, where: str
    ) -> Iterator[tuple[str, Lines]]:
        """One branch for each JSON type that needs more than a test."""
        models = [member for member in members if isinstance(member, ModelProperty)]
        if models:
            yield f"isinstance({source}, dict)", self._model(models, source, target, where)
        lists = [member for member in members if isinstance(member, ListProperty)]
        if lists:
            yield f"isinstance({source}, list)", self._lists(lists, source, target, where)
        texts = [
            member
            for member in members
            if type(member) in PARSED or (isinstance(member, EnumProperty) and member.value_type is str)
        ]
        if len(texts) > 1:
            raise CodeError(f"{source}: a union of several kinds of strings")
        for member in texts:
            yield f"isinstance({source}, str)", self._parse(member, source, target, where)
        for member in members:
            if isinstance(member, EnumProperty) and member.value_type is int:
                yield f"type({source}) is int", [f"{target} = {member.class_info.name}({source})"]
            elif isinstance(member, FileProperty):
                yield f"isinstance({source}, bytes)", [f"{target} = File(payload=BytesIO({source}))"]
            elif not isinstance(member, (ModelProperty, ListProperty, ConstProperty, EnumProperty)) and type(
                member
            ) not in {*PLAIN, *PARSED}:
                raise CodeError(f"{source}: no decoder for {type(member).__name__}")

    @staticmethod
    def _parse(member: PropertyProtocol, source: str, target: str, where: str) -> Lines:
        if isinstance(member, EnumProperty):
            return [f"{target} = {member.class_info.name}({source})"]
        make, expected = PARSED[type(member)]
        failure = f'raise DecodeError({where}, "expected {expected}") from None'
        return ["try:", f"    {target} = {make.format(source)}", "except ValueError:", f"    {failure}"]

    def _model(self, models: Sequence[ModelProperty], source: str, target: str, where: str) -> Lines:
        """An object becomes the one class there is, or the one that its tag, or a field only it has, tells."""
        calls = [f"{target} = {model.class_info.name}.from_dict({source})" for model in models]
        prologue: Lines = []
        if len(models) == 1:
            lines = calls
        elif tags := self._tags(models):
            name, values = tags
            prologue = [f"tag_ = {source}.get({_literal(name)})"]
            lines = _choice([f"tag_ == {value}" for value in values], calls)
            lines += ["else:", f"    raise wrong_tag({_path(name)}, ({', '.join(values)}), tag_)"]
        elif own := self._own_fields(models):
            lines = _choice([f"{_literal(name)} in {source}" for name in own], calls)
            lines += ["else:", f"    raise DecodeError('', {_literal('expected an object with ' + ' or '.join(own))})"]
        else:
            names = ", ".join(model.class_info.name for model in models)
            raise CodeError(f"a union of {names}: neither a constant nor a required field tells them apart")
        return [
            *prologue,
            "try:",
            *indented(lines),
            "except DecodeError as error_:",
            f"    raise error_.within({where})",
        ]

    def _tags(self, models: Sequence[ModelProperty]) -> tuple[str, list[str]] | None:
        """The required constant that tells the classes of a union apart, with its value in each."""
        constants = [
            {
                _text(prop.name): _const(prop)
                for prop in self._members(model)
                if prop.required and isinstance(prop, ConstProperty)
            }
            for model in models
        ]
        for name in constants[0]:
            values = [found[name] for found in constants if name in found]
            if len(set(values)) == len(models):
                return name, values
        return None

    def _own_fields(self, models: Sequence[ModelProperty]) -> list[str] | None:
        """For each class of a union a required field that none of the others has."""
        found = []
        for model in models:
            others = {_text(prop.name) for other in models if other is not model for prop in self._members(other)}
            own = [_text(prop.name) for prop in self._members(model) if prop.required]
            found += [name for name in own if name not in others][:1]
        return found if len(found) == len(models) else None

    def _members(self, model: ModelProperty) -> list[PropertyProtocol]:
        # A union holds copies of its members, made before their properties were known.
        known = self.models[model.class_info.name]
        return [*(known.required_properties or []), *(known.optional_properties or [])]

    def _lists(self, lists: Sequence[ListProperty], source: str, target: str, where: str) -> Lines:
        """A list becomes the one kind there is, or the first of several whose items all fit."""
        lines = self._list(lists[-1], source, target, where)
        for prop in reversed(lists[:-1]):
            lines = [
                "try:",
                *indented(self._list(prop, source, target, where)),
                "except DecodeError:",
                *indented(lines),
            ]
        return lines

    def _list(self, prop: ListProperty, source: str, target: str, where: str) -> Lines:
        inner = prop.inner_property
        base = target.lstrip("_")
        place = f"at_item({where}, {source}, {base}_item)"
        if _is_plain(inner):
            loop = self._value(inner, f"{base}_item", f"{base}_item", place, "")
            lines = [f"for {base}_item in {source}:", *indented(loop)] if loop else []
            return [*lines, f"{target} = {source}"] if source != target else lines or ["pass"]
        place = f"at_item({where}, {source}, {base}_item_data)"
        loop = self._value(
            inner, f"{base}_item_data", f"{base}_item", place, inner.get_type_string().as_unembedded_code()
        )
        return [
            f"{target} = []",
            f"for {base}_item_data in {source}:",
            *indented([*loop, f"{target}.append({base}_item)"]),
        ]

    # to_dict ----------------------------------------------------------------------------------------------------------

    def encode(self, model: ModelProperty) -> str:
        """The body of a class's `to_dict`: the known fields in the contract's order, then the unknown ones."""
        required, optional = model.required_properties or [], model.optional_properties or []
        pairs = [f"{_literal(prop.name)}: {self._json(prop, f'self.{prop.python_name}')}," for prop in required]
        lines = ["json_: dict[str, Any] = {", *indented(pairs), "}"]
        for prop in optional:
            value = self._json(prop, f"self.{prop.python_name}")
            lines += [f"if self.{prop.python_name} is not UNSET:", f"    json_[{_literal(prop.name)}] = {value}"]
        if (additional := model.additional_properties) is not None:
            value = self._json(additional, "value_")
            unknown = (
                "self.additional_properties"
                if value == "value_"
                else f"{{name_: {value} for name_, value_ in self.additional_properties.items()}}"
            )
            lines += ["if self.additional_properties:", f"    json_ = {{**{unknown}, **json_}}"]
        return "\n".join([*lines, "return json_"])

    def _json(self, prop: PropertyProtocol, value: str) -> str:
        """An expression for the JSON form of `value`."""
        if isinstance(prop, UnionProperty):
            return self._json_of_union(prop.inner_properties, value)
        if isinstance(prop, ModelProperty):
            return f"{value}.to_dict()"
        if isinstance(prop, EnumProperty):
            return f"{prop.value_type.__name__}({value})"
        if isinstance(prop, UuidProperty):
            return f"str({value})"
        if isinstance(prop, (DateProperty, DateTimeProperty)):
            return f"{value}.isoformat()"
        if isinstance(prop, FileProperty):
            return f"{value}.to_tuple()"
        if isinstance(prop, ListProperty):
            member = self._json(prop.inner_property, "item_")
            return value if member == "item_" else f"[{member} for item_ in {value}]"
        return value

    def _json_of_union(self, members: Sequence[PropertyProtocol], value: str) -> str:
        forms: dict[str, list[str]] = {}
        for member in members:
            forms.setdefault(self._json(member, value), []).append(
                member.get_instance_type_string().as_unembedded_code()
            )
        if len(forms) == 1:
            return next(iter(forms))
        expression = value if value in forms else forms.popitem()[0]
        for form, kinds in reversed(forms.items()):
            if form != value:
                expression = f"{form} if isinstance({value}, {_one_or_tuple(kinds)}) else {expression}"
        return f"({expression})"

    # parse_response ---------------------------------------------------------------------------------------------------

    def parse_response(self, endpoint: Endpoint) -> str:
        """The whole function, with an overload for each documented status, so that a known status gives a known type."""
        patterns = list(endpoint.responses.patterns)
        everything = _union(_answer_type(response) for response in endpoint.responses)
        exact = [response for response in patterns if not response.status_code.is_range()]
        lines: Lines = []
        if exact and everything != _answer_type(exact[0]):
            for response in exact:
                status = response.status_code.pattern
                lines += [
                    "@overload",
                    f"def parse_response(status_code: Literal[{status}], content: bytes) -> {_answer_type(response)}: ...",
                ]
            lines += ["@overload", f"def parse_response(status_code: int, content: bytes) -> {everything}: ..."]
        lines += [
            f"def parse_response(status_code: int, content: bytes) -> {everything}:",
            *indented(_docstring(endpoint)),
        ]
        for (low, high), response in _merged(patterns):
            lines.append(f"    if status_code == {low}:" if low == high else f"    if {low} <= status_code <= {high}:")
            lines += indented(self._answer(response, failure=low >= 400), 2)
        if endpoint.responses.default is not None:
            lines += indented(self._answer(endpoint.responses.default, failure=True))
        else:
            lines.append("    raise UnexpectedStatus(status_code, content)")
        return "\n".join(lines)

    def _answer(self, response: Response, *, failure: bool) -> Lines:
        kind, prop = response.source["return_type"], response.prop
        if kind != "Any":
            return [{"None": "return None", "str": "return read_text(content)", "bytes": "return content"}[kind]]
        if isinstance(prop, ModelProperty):
            lines = [f"return {prop.class_info.name}.from_dict(read_json(content))"]
        else:
            target = "data" if _is_plain(prop) else "answer"
            decode = self._value(prop, "data", target, "''", prop.get_type_string().as_unembedded_code())
            lines = ["data = read_json(content)", *decode, f"return {target}"]
        if failure:  # a proxy's page under an error status is no error of the API
            lines = [
                "try:",
                *indented(lines),
                "except DecodeError as error_:",
                "    raise UnexpectedStatus(status_code, content) from error_",
            ]
        return lines


def _merged(responses: Sequence[Response]) -> Iterator[tuple[tuple[int, int], Response]]:
    """The ranges of statuses with their answers; neighbours with the same answer are one."""
    merged: list[tuple[tuple[int, int], Response]] = []
    for response in responses:
        low, high = response.status_code.range or (0, 0)
        if merged and merged[-1][0][1] + 1 == low and _answer_type(merged[-1][1]) == _answer_type(response):
            merged[-1] = ((merged[-1][0][0], high), response)
        else:
            merged.append(((low, high), response))
    return iter(merged)


def _choice(conditions: Sequence[str], bodies: Sequence[str]) -> Lines:
    words = ["if", *["elif"] * len(bodies)]
    return [
        line
        for word, condition, body in zip(words, conditions, bodies, strict=False)
        for line in (f"{word} {condition}:", f"    {body}")
    ]


def _is_plain(prop: PropertyProtocol) -> bool:
    """Whether a value of this kind is the same in JSON and in Python."""
    if isinstance(prop, UnionProperty):
        return all(_is_plain(member) for member in prop.inner_properties)
    if isinstance(prop, ListProperty):
        return _is_plain(prop.inner_property)
    return isinstance(prop, (AnyProperty, ConstProperty)) or type(prop) in PLAIN


def _raw(prop: PropertyProtocol) -> str:
    """The variable of the undecoded value."""
    return str(prop.python_name) if _is_plain(prop) else f"_{prop.python_name}"


def _expected(prop: PropertyProtocol) -> str:
    """What an error message says was expected."""
    if isinstance(prop, ListProperty):
        return "an array"
    if isinstance(prop, ModelProperty):
        return "an object"
    if isinstance(prop, ConstProperty):
        return str(prop.value.raw_value)
    if isinstance(prop, EnumProperty):
        return "a string" if prop.value_type is str else "an integer"
    if isinstance(prop, FileProperty):
        return "bytes"
    return {**PLAIN, **PARSED}[type(prop)][1]


def _const(prop: ConstProperty) -> str:
    return prop.value.python_code.as_unembedded_code()


def _text(value: object) -> str:
    """A string of the contract, which the generator wraps so that it is not pasted into code by mistake."""
    return value.get_untrusted_value() if isinstance(value, UntrustedString) else str(value)


def _literal(value: object) -> str:
    return repr(_text(value))


def _path(name: object) -> str:
    """Code for the path of a field, which `errors.key` makes for a name that is known only when the code runs."""
    text = _text(name)
    return repr(text if text.isidentifier() else f'["{text}"]')


def _one_or_tuple(kinds: Sequence[str]) -> str:
    return kinds[0] if len(kinds) == 1 else f"({', '.join(kinds)})"


def _answer_type(response: Response) -> str:
    source = response.source["return_type"]
    return response.prop.get_type_string().as_unembedded_code() if source == "Any" else source


def _union(types: Iterator[str]) -> str:
    return " | ".join(dict.fromkeys(types)) or "None"


def _docstring(endpoint: Endpoint) -> Lines:
    statuses = ", ".join(response.status_code.pattern for response in endpoint.responses)
    return [
        f'"""Decode an answer; documented are the statuses {statuses}.',
        "",
        "Raises:",
        "    DecodeError: the body does not have the documented shape.",
        "    UnexpectedStatus: the status is not documented, or is an error whose body is not the API's.",
        '"""',
    ]


def globals_for(models: Sequence[ModelProperty]) -> dict[str, object]:
    """What the templates call."""
    coder = Coder({str(model.class_info.name): model for model in models})
    return {"encode": coder.encode, "decode": coder.decode, "parse_response": coder.parse_response, "helpers": HELPERS}
