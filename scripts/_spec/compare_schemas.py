"""Comparing schemas, theirs with ours, by what they mean.

Keywords are looked up through references, so that it does not matter which parts of a schema are named. A difference is
reported where their keyword stands; met again on another way to the same place, it is the same difference.
"""

from __future__ import annotations

from collections.abc import Iterable

from scripts._spec.difference import ABSENT, Findings
from scripts._spec.load import Json
from scripts._spec.places import step
from scripts._spec.schema import USE, VALUES, Found, Level, Schema, text
from scripts._spec.unions import match

_LIMITS = tuple(key for key in VALUES if key not in USE)


class SchemaComparison:
    """Compares schemas of two documents and remembers which pairs it has compared."""

    def __init__(self, theirs: Json, ours: Json, findings: Findings) -> None:
        self.theirs = theirs
        self.ours = ours
        self.findings = findings
        names = [document.get("components", {}).get("schemas", {}).keys() for document in (theirs, ours)]
        self._both = names[0] & names[1]
        # In the description of their schemas, components that the contract lacks are written out: what is inside
        # them is compared nowhere else.
        self._names = {id(theirs): self._both, id(ours): names[1]}
        self._compared: set[tuple[str, ...]] = set()
        self._reached: set[str] = set()

    def compare(self, a: Schema, b: Schema) -> None:
        """Their schema with ours, as it is used in some place."""
        pair = (a.pointer, b.pointer, text(a.type.value), text(b.type.value))
        if pair in self._compared:
            return
        self._compared.add(pair)
        if self._refers_elsewhere(a, b):
            pointer = step(a.pointer, "$ref") if "$ref" in a.levels[0].value else a.pointer
            self.findings.add("type", self.words(a), self.words(b), pointer, b.pointer)
            return
        same_type = self._content(a, b)
        self._nullable(a, b)
        self._values((*USE, "default") if same_type else USE, a, b)

    def compare_unreached(self) -> None:
        """The components of one name that lie behind a difference, such as a list instead of an object."""
        for name in sorted(self._both):
            pointer = step("/components/schemas", name)
            if pointer not in self._reached:
                self.compare(Schema(self.theirs, pointer), Schema(self.ours, pointer))

    def _refers_elsewhere(self, a: Schema, b: Schema) -> bool:
        """Whether theirs is a component that both documents have, but not what ours is: not the component changed then,
        the place that refers to it did."""
        theirs = self._both.intersection(a.components)
        ours = {name for each in (b, *b.members) for name in each.components}
        return bool(theirs) and theirs.isdisjoint(ours) and a.shape != b.shape

    def words(self, schema: Schema) -> str:
        """A schema of one of the two documents, as differences and deviations.yaml describe it."""
        return schema.describe(self._names[id(schema.document)])

    def _content(self, a: Schema, b: Schema) -> bool:
        """What the two allow, null aside. False where even the types differ, which describes both schemas in full."""
        self._reached.update(level.pointer for level in a.levels)
        if a.union or b.union:
            return self._union(a, b)
        if a.type.value != b.type.value:
            self._type(a, b)
            return False
        self._enum(a, b)
        self._values(_LIMITS, a, b)
        for key in {**a.others, **b.others}:
            self._keyword(key, a, b, a.others.get(key), b.others.get(key))
        if a.type.value == "array":
            self.compare(a.items, b.items)
        if a.type.value == "object":
            self._object(a, b)
        return True

    # Keywords ---------------------------------------------------------------------------------------------------------

    def _type(self, a: Schema, b: Schema) -> None:
        theirs = a.describe_content(self._both)  # what else is new inside is said here or nowhere
        ours = b.component or b.describe_content(self._names[id(self.ours)])
        self.findings.add("type", theirs, ours, _type_pointer(a), _type_pointer(b))

    def _nullable(self, a: Schema, b: Schema) -> None:
        if pointers := _pointers("nullable", a, b, a.nullable, b.nullable):
            theirs, ours = (
                pointer if str(schema.document["openapi"]).startswith("3.0") else pointer.removesuffix("/nullable")
                for schema, pointer in zip((a, b), pointers, strict=True)
            )
            self.findings.same("nullable", text(bool(a.nullable)), text(bool(b.nullable)), theirs, ours)

    def _enum(self, a: Schema, b: Schema) -> None:
        found = a.enum or b.enum
        key = "const" if found and "const" in found.level.value else "enum"
        if not (a.enum and b.enum):
            self._keyword(key, a, b, a.enum, b.enum)
            return
        if len(a.enum.value) == len(b.enum.value) == 1:
            only = (Found(each.value[0], each.level) for each in (a.enum, b.enum))
            self._keyword(key, a, b, *only)
            return
        theirs, ours = ({text(value): None for value in found.value} for found in (a.enum, b.enum))
        pointers = step(a.enum.level.pointer, "enum"), step(b.enum.level.pointer, "enum")
        for value in theirs.keys() ^ ours.keys():
            self.findings.add(
                "enum member", value if value in theirs else ABSENT, value if value in ours else ABSENT, *pointers
            )

    def _values(self, keys: Iterable[str], a: Schema, b: Schema) -> None:
        """Keywords that hold one value, where leaving one out may mean the same as some value."""
        for key in keys:
            if key in a.keywords or key in b.keywords:
                usual = VALUES.get(key, ...)
                found = (None if each and each.value == usual else each for each in (a.find(key), b.find(key)))
                self._keyword(key, a, b, *found)

    def _keyword(self, key: str, a: Schema, b: Schema, theirs: Found | None, ours: Found | None) -> None:
        if pointers := _pointers(key, a, b, theirs, ours):
            values = (text(theirs.value) if theirs else ABSENT, text(ours.value) if ours else ABSENT)
            self.findings.same(key, *values, *pointers)

    # Objects ----------------------------------------------------------------------------------------------------------

    def _object(self, a: Schema, b: Schema) -> None:
        for name in {**a.properties, **b.properties}:
            theirs, ours = a.properties.get(name), b.properties.get(name)
            if theirs and ours:
                self.compare(theirs, ours)
            elif theirs:
                contract = step(b.place_of("properties", a.declared[name]), name)
                self.findings.add("field", self._field(a, name), ABSENT, theirs.pointer, contract)
            elif ours:
                pointer = step(a.place_of("properties", b.declared[name]), name)
                self.findings.add("field", ABSENT, self._field(b, name), pointer, ours.pointer)
        self._required(a, b)
        self._additional(a, b)

    def _field(self, owner: Schema, name: str) -> str:
        return ("required " if name in owner.required else "") + self.words(owner.properties[name])

    def _required(self, a: Schema, b: Schema) -> None:
        """Fields that only one of the two requires. A field that only one of them has is a difference as a whole."""
        for name in a.required.keys() ^ b.required.keys():
            theirs, ours = (Found(name, each.required[name]) if name in each.required else None for each in (a, b))
            pointers = _pointers("required", a, b, theirs, ours)
            if pointers and (name in a.properties) == (name in b.properties):
                self.findings.add("required", name if theirs else ABSENT, name if ours else ABSENT, *pointers)

    def _additional(self, a: Schema, b: Schema) -> None:
        theirs, ours = a.additional, b.additional
        if theirs and ours:
            self.compare(theirs, ours)
        elif theirs or ours:
            key = "additionalProperties"
            words = (self.words(theirs) if theirs else "false", self.words(ours) if ours else "false")
            self.findings.add(key, *words, *(_pointers(key, a, b, a.find(key), b.find(key)) or (a.pointer, b.pointer)))

    # Unions -----------------------------------------------------------------------------------------------------------

    def _union(self, a: Schema, b: Schema) -> bool:
        pairs, theirs, ours = match(a.members, b.members, self._both)
        if not pairs:
            self._type(a, b)
            return False
        for x, y in pairs:
            if (
                x is a or y is b
            ):  # one of the two is not a union; how it is used has been compared, what it allows has not
                self._content(x, y)
            else:
                self.compare(x, y)
        if a.union and b.union:
            self._values(_LIMITS, a, b)
        for x in theirs:
            contract = b.place_of(*(a.union or ("oneOf", a.home)))
            self.findings.add("union member", self.words(x), ABSENT, _member_pointer(a, x), contract)
        for y in ours:
            pointer = a.place_of(*(b.union or ("oneOf", b.home)))
            self.findings.add("union member", ABSENT, self.words(y), pointer, _member_pointer(b, y))
        return True


def _pointers(key: str, a: Schema, b: Schema, theirs: Found | None, ours: Found | None) -> tuple[str, str] | None:
    """Where a keyword is, or would be, in their document and in ours; None where both lack it."""
    known: Level | None = theirs.level if theirs else ours.level if ours else None
    if known is None:
        return None
    return (
        step(theirs.level.pointer, key) if theirs else a.place_of(key, known),
        step(ours.level.pointer, key) if ours else b.place_of(key, known),
    )


def _member_pointer(owner: Schema, member: Schema) -> str:
    return _type_pointer(owner) if owner.union and owner.union[0] == "type" else member.pointer


def _type_pointer(schema: Schema) -> str:
    key, level = schema.union or ("type", schema.type.level)
    return step(level.pointer, key) if key in level.value else level.pointer
