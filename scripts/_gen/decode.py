"""The Python of `from_dict`.

The packaged template believes every type, tries the classes of a union one after the other, and reports neither a
missing nor a mistyped field. What is written here checks each value once, by its JSON type, at the price of a
comparison; the path for the error is worked out only when there is one.

The code for a property uses two variables: `source` holds the JSON value, `target` gets the decoded one. `where` is
Python code for the path of the value; it stands in `raise` statements only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from openapi_python_client.parser.properties import AnyProperty, EnumProperty, ModelProperty
from openapi_python_client.parser.properties.const import ConstProperty
from openapi_python_client.parser.properties.file import FileProperty
from openapi_python_client.parser.properties.int import IntProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol
from openapi_python_client.parser.properties.string import StringProperty
from openapi_python_client.parser.properties.union import UnionProperty

from scripts._gen.kinds import (
    PARSED,
    PLAIN,
    CodeError,
    Lines,
    constant,
    expected,
    indented,
    is_enum_of,
    is_plain,
    members_of,
    name_of,
    path,
    raw_name,
    type_of,
)

#: What the code calls; openapi/patches/decoding.py defines it.
HELPERS = (
    "at_item",
    "at_key",
    "fields_of",
    "kept",
    "missing_field",
    "not_integer",
    "not_number",
    "odd",
    "wrong_const",
    "wrong_tag",
    "wrong_type",
)

#: Names that no property may have, as it would hide them: of the class, and in its methods. The other variables of the
#: code end in an underscore, which no property's name does.
TAKEN = frozenset({"additional_properties", "cls", "from_dict", "src_dict", "to_dict", *HELPERS})


@dataclass(frozen=True)
class Decoder:
    """Writes the code.

    Attributes:
        models: all classes by name, to look into the members of a union.
        expects: by class the members that are optional, and asked for all the same: a response without them is one for
            tolerant.py, which gives UNSET.
        late: the imports of classes that a module does not import at its top, by class.
    """

    models: dict[str, ModelProperty]
    expects: Mapping[str, Sequence[str]]
    late: Mapping[str, str] = field(default_factory=dict)

    def body(self, model: ModelProperty) -> str:
        """The body of a class's `from_dict`."""
        return replace(self, late=imports_by_class(model.lazy_imports or ()))._body(model)

    def _body(self, model: ModelProperty) -> str:
        props = self._fields(model)
        for prop in props:
            if prop.python_name in TAKEN:
                raise CodeError(f"{model.class_info.name}.{prop.python_name}: the generated code uses this name itself")
        lines = ["rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)"]
        expects = self.expects.get(str(model.class_info.name), ())
        asked = {id(prop) for prop in props if prop.required or name_of(prop) in expects}
        if required := [prop for prop in props if id(prop) in asked]:
            pops = [f"{raw_name(prop)} = rest_.pop({name_of(prop)!r})" for prop in required]
            lines += ["try:", *indented(pops), "except KeyError as error_:"]
            lines += ["    raise missing_field(error_) from None"]
        for prop in props:
            if id(prop) not in asked:
                lines.append(f"{raw_name(prop)} = rest_.pop({name_of(prop)!r}, UNSET)")
            lines += self.value(prop, raw_name(prop), str(prop.python_name), path(name_of(prop)), type_of(prop))
        arguments = ", ".join(f"{prop.python_name}={prop.python_name}" for prop in props)
        lines.append(f"decoded_ = cls({arguments})")
        if model.additional_properties is not None:
            lines += self._rest(model.additional_properties)
        return "\n".join([*lines, "return decoded_"])

    def value(self, prop: PropertyProtocol, source: str, target: str, where: str, declared: str = "") -> Lines:
        """Check the value of `source` and put what it stands for into `target`; plain kinds may use one for both."""
        members = members_of(prop)
        if any(isinstance(member, AnyProperty) for member in members):
            return [] if source == target else [f"{target} = {source}"]
        declaration = [f"{target}: {declared}"] if declared and source != target else []
        if isinstance(prop, ModelProperty) and prop.required:  # its from_dict refuses what is not an object
            return [*declaration, *self._imports([prop]), *self._model([prop], source, target, where)]
        branches = list(self._branches(members, source, target, where))
        unlike = self._tests_for_others(prop, members, source)
        failure = f"raise wrong_type({where}, {expected(prop)!r}, {source})"
        if isinstance(prop, ConstProperty):
            failure = f"raise wrong_const({where}, {constant(prop)}, {source})"
        lines = declaration if branches else []
        for word, (condition, branch) in zip(["if", *["elif"] * len(branches)], branches, strict=False):
            lines += [f"{word} {condition}:", *indented(branch)]
        if not unlike:
            return [*lines, "else:", f"    {failure}"]
        lines += [f"{'elif' if branches else 'if'} {' and '.join(unlike)}:", f"    {failure}"]
        if source != target:
            lines += ["else:", f"    {target} = {source}"] if branches else [f"{target} = {source}"]
        return lines

    def _rest(self, prop: PropertyProtocol) -> Lines:
        """What the named fields left over. Where that is nothing, the new empty dictionary stays: an emptied one keeps
        the memory of its entries."""
        if is_plain(prop):
            loop = self.value(prop, "value_", "value_", "at_key(name_)")
            checks = ["for name_, value_ in rest_.items():", *indented(loop)] if loop else []
            rest = "odd(rest_)" if isinstance(prop, AnyProperty) else "rest_"  # of a map nothing is left over
            return ["if rest_:", *indented([*checks, f"decoded_.additional_properties = {rest}"])]
        loop = self.value(prop, "value_", "member_", "at_key(name_)", type_of(prop))
        loop.append("decoded_.additional_properties[name_] = member_")
        return ["for name_, value_ in rest_.items():", *indented(loop)]

    @staticmethod
    def _tests_for_others(prop: PropertyProtocol, members: Sequence[PropertyProtocol], source: str) -> list[str]:
        """Tests that all hold for a value of which no plain member can be made."""
        tests = []
        for member in members:
            kind = {StringProperty: str, IntProperty: int}.get(type(member))
            if kind and any(is_enum_of(other, kind) for other in members):
                continue  # an open enum takes every value of its kind
            tests += [test.format(source) for test in PLAIN.get(type(member), ((), ""))[0]]
            if isinstance(member, ConstProperty):
                tests.append(f"{source} != {constant(member)}")
        if not prop.required:
            tests.append(f"{source} is not UNSET")
        return sorted(tests, key=lambda test: test.startswith("not_"))  # calls come last

    def _branches(
        self, members: Sequence[PropertyProtocol], source: str, target: str, where: str
    ) -> Iterator[tuple[str, Lines]]:
        """One branch for each JSON type that needs more than a test."""
        if models := [member for member in members if isinstance(member, ModelProperty)]:
            yield f"isinstance({source}, dict)", [*self._imports(models), *self._model(models, source, target, where)]
        if lists := [member for member in members if isinstance(member, ListProperty)]:
            imported = replace(self, late={})
            yield (
                f"isinstance({source}, list)",
                [
                    *self._imports(lists),
                    *imported._lists(lists, source, target, where),
                ],
            )
        texts = [member for member in members if type(member) in PARSED or is_enum_of(member, str)]
        if len(texts) > 1:
            raise CodeError(f"{source}: a union of several kinds of strings")
        for member in texts:
            yield f"isinstance({source}, str)", self._parsed(member, source, target, where)
        for member in members:
            if isinstance(member, EnumProperty) and member.value_type is int:
                yield f"type({source}) is int", [f"{target} = {member.class_info.name}({source})"]
            elif isinstance(member, FileProperty):
                yield f"isinstance({source}, bytes)", [f"{target} = File(payload=BytesIO({source}))"]
            elif not (
                isinstance(member, (ModelProperty, ListProperty, ConstProperty, EnumProperty))
                or type(member) in {*PLAIN, *PARSED}
            ):
                raise CodeError(f"{source}: no decoder for {type(member).__name__}")

    def _imports(self, members: Sequence[PropertyProtocol]) -> Lines:
        return [self.late[name] for name in sorted(classes_in(members)) if name in self.late]

    @staticmethod
    def _parsed(member: PropertyProtocol, source: str, target: str, where: str) -> Lines:
        if isinstance(member, EnumProperty):
            return [f"{target} = {member.class_info.name}({source})"]
        make, words = PARSED[type(member)]
        failure = f'raise DecodeError({where}, "expected {words}") from None'
        return ["try:", f"    {target} = {make.format(source)}", "except ValueError:", f"    {failure}"]

    def _model(self, models: Sequence[ModelProperty], source: str, target: str, where: str) -> Lines:
        """An object becomes the one class there is, or the one that its tag, or a field only it has, tells."""
        calls = [f"{target} = {model.class_info.name}.from_dict({source})" for model in models]
        prologue: Lines = []
        if len(models) == 1:
            lines = calls
        elif tags := self._tags(models):
            name, values = tags
            prologue = [f"tag_ = {source}.get({name!r})"]
            tests = [f"tag_ == {value}" for value in values]
            lines = _choice([f"type({source}) is Kept", *tests], [f"{target} = kept({source})", *calls])
            lines += ["else:", f"    raise wrong_tag({path(name)}, ({', '.join(values)}), tag_)"]
        elif own := self._own_fields(models):
            lines = _choice([f"{name!r} in {source}" for name in own], calls)
            lines += ["else:", f"    raise DecodeError('', {'expected an object with ' + ' or '.join(own)!r})"]
        else:
            names = ", ".join(model.class_info.name for model in models)
            raise CodeError(f"a union of {names}: neither a constant nor a required field tells them apart")
        rescue = ["except DecodeError as error_:", f"    raise error_.within({where})"]
        return [*prologue, "try:", *indented(lines), *rescue]

    def _tags(self, models: Sequence[ModelProperty]) -> tuple[str, list[str]] | None:
        """The required constant that tells the classes of a union apart, with its value in each."""
        tags = []
        for model in models:
            constants = (prop for prop in self._fields(model) if prop.required and isinstance(prop, ConstProperty))
            tags.append({name_of(prop): constant(prop) for prop in constants})
        for name in tags[0]:
            values = [found[name] for found in tags if name in found]
            if len(set(values)) == len(models):
                return name, values
        return None

    def _own_fields(self, models: Sequence[ModelProperty]) -> list[str] | None:
        """For each class of a union a required field that none of the others has."""
        found = []
        for model in models:
            others = {name_of(prop) for other in models if other is not model for prop in self._fields(other)}
            own = (name_of(prop) for prop in self._fields(model) if prop.required and name_of(prop) not in others)
            found += [*own][:1]
        return found if len(found) == len(models) else None

    def _fields(self, model: ModelProperty) -> list[PropertyProtocol]:
        """The named fields, required ones first. A union holds copies of its members, made before these were known."""
        known = self.models[model.class_info.name]
        return [*(known.required_properties or []), *(known.optional_properties or [])]

    def _lists(self, lists: Sequence[ListProperty], source: str, target: str, where: str) -> Lines:
        """A list becomes the one kind there is, or the first of several whose items all fit."""
        if len(lists) == 1:
            return self._list(lists[0], source, target, where)
        words = " or ".join(f"of {expected(prop.inner_property).split()[-1]}s" for prop in lists)
        lines = [f"raise DecodeError({where}, {'expected an array ' + words!r}) from None"]
        for prop in reversed(lists):
            attempt = self._list(prop, source, target, where)
            lines = ["try:", *indented(attempt), "except DecodeError:", *indented(lines)]
        return lines

    def _list(self, prop: ListProperty, source: str, target: str, where: str) -> Lines:
        inner, item = prop.inner_property, f"{target.lstrip('_')}_item"
        if is_plain(inner):
            loop = self.value(inner, item, item, f"at_item({where}, {source}, {item})")
            lines = [f"for {item} in {source}:", *indented(loop)] if loop else []
            return [*lines, f"{target} = {source}"] if source != target else lines or ["pass"]
        data = f"{item}_data"
        loop = self.value(inner, data, item, f"at_item({where}, {source}, {data})", type_of(inner))
        return [f"{target} = []", f"for {data} in {source}:", *indented([*loop, f"{target}.append({item})"])]


def imports_by_class(lines: Iterable[str]) -> dict[str, str]:
    """Import statements of one class each, by the class."""
    return {line.split()[-1]: line for line in lines}


def classes_in(members: Iterable[PropertyProtocol]) -> set[str]:
    """The classes of objects among these and what they are made of; fields of such a class are its own."""
    found: set[str] = set()
    for member in members:
        if isinstance(member, ModelProperty):
            found.add(str(member.class_info.name))
        elif isinstance(member, ListProperty):
            found |= classes_in([member.inner_property])
        elif isinstance(member, UnionProperty):
            found |= classes_in(member.inner_properties)
    return found


def _choice(conditions: Sequence[str], bodies: Sequence[str]) -> Lines:
    lines = []
    for word, condition, body in zip(["if", *["elif"] * len(bodies)], conditions, bodies, strict=False):
        lines += [f"{word} {condition}:", f"    {body}"]
    return lines
