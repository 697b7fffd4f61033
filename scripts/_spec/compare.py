"""Comparing two normalised documents: what a program that talks to the one would notice if it talked to the other.

Theirs is the document that may have changed, ours is the contract. Each difference is named once, at its JSON pointer
in their document (where they lack something: where it would be), with the pointer of the contract beside it and the
operations it reaches. Tags and other prose are not compared.
"""

from __future__ import annotations

from scripts._spec.compare_schemas import SchemaComparison
from scripts._spec.difference import ABSENT, Difference, Findings
from scripts._spec.load import Json
from scripts._spec.operations import Operation, Part, Reach, base_path, operations, parameter_values, parts
from scripts._spec.places import step
from scripts._spec.schema import Schema, text


def compare(theirs: Json, ours: Json) -> list[Difference]:
    """The differences between two normalised documents, by pointer."""
    findings = Findings()
    _Comparison(theirs, ours, findings).run()
    their_reach, our_reach = Reach(theirs), Reach(ours)
    labels = {key: operation.label for key, operation in (operations(theirs) | operations(ours)).items()}
    return findings.differences(lambda its, ours: {labels[key] for key in their_reach.of(its) or our_reach.of(ours)})


class _Comparison:
    def __init__(self, theirs: Json, ours: Json, findings: Findings) -> None:
        self.theirs = theirs
        self.ours = ours
        self.findings = findings
        self.schemas = SchemaComparison(theirs, ours, findings)

    def run(self) -> None:
        self.findings.same("base path", base_path(self.theirs), base_path(self.ours), "/servers/0/url")
        theirs, ours = operations(self.theirs), operations(self.ours)
        for key in {**theirs, **ours}:
            if key in theirs and key in ours:
                self._operation(theirs[key], ours[key])
            elif key in theirs:
                self.findings.add("operation", theirs[key].label, ABSENT, theirs[key].pointer)
            else:
                self.findings.add("operation", ABSENT, ours[key].label, ours[key].pointer)
        self.schemas.compare_unreached()

    def _operation(self, a: Operation, b: Operation) -> None:
        theirs, ours = (str(each.value.get("operationId", ABSENT)) for each in (a, b))
        self.findings.same("operationId", theirs, ours, step(a.pointer, "operationId"))
        theirs, ours = (text(each.value.get("deprecated", False)) for each in (a, b))
        self.findings.same("deprecated", theirs, ours, step(a.pointer, "deprecated"))
        self._security(a, b)
        self._parameters(a, b)
        self._body(a, b)
        self._responses(a, b)

    def _security(self, a: Operation, b: Operation) -> None:
        theirs, ours = a.security, b.security
        self.findings.same("security", theirs.requirements, ours.requirements, theirs.pointer, ours.pointer)
        for name in theirs.schemes.keys() & ours.schemes.keys():
            pointer = step("/components/securitySchemes", name)
            self.findings.same("security scheme", theirs.schemes[name], ours.schemes[name], pointer)

    # Parameters and headers -------------------------------------------------------------------------------------------

    def _parameters(self, a: Operation, b: Operation) -> None:
        for key in {**a.parameters, **b.parameters}:
            theirs, ours = a.parameters.get(key), b.parameters.get(key)
            if theirs and ours:
                self._parameter(theirs, ours)
            elif theirs:
                pointer = step(b.pointer, "parameters")
                self.findings.add("parameter", self._parameter_words(self.theirs, theirs), ABSENT, theirs.site, pointer)
            elif ours:
                self.findings.add("parameter", ABSENT, self._parameter_words(self.ours, ours), ours.site)

    def _parameter(self, a: Part, b: Part) -> None:
        theirs, ours = parameter_values(a), parameter_values(b)
        for key in theirs:
            self.findings.same(key, text(theirs[key]), text(ours[key]), step(a.pointer, key), step(b.pointer, key))
        if a.value.get("content") or b.value.get("content"):
            self._content(a, b)
        else:
            self.schemas.compare(_schema(self.theirs, a), _schema(self.ours, b))

    def _parameter_words(self, document: Json, parameter: Part) -> str:
        needed = "required " if parameter.value.get("required") else ""
        return f"{needed}{parameter.value.get('in')} {parameter.value.get('name')}: {self._words(document, parameter)}"

    # Bodies and responses ---------------------------------------------------------------------------------------------

    def _body(self, a: Operation, b: Operation) -> None:
        theirs, ours = a.body, b.body
        if theirs and ours:
            needed = (text(theirs.value.get("required", False)), text(ours.value.get("required", False)))
            self.findings.same("required", *needed, step(theirs.pointer, "required"), step(ours.pointer, "required"))
            self._content(theirs, ours)
        elif theirs:
            self.findings.add("body", self._content_words(self.theirs, theirs), ABSENT, theirs.site)
        elif ours:
            self.findings.add("body", ABSENT, self._content_words(self.ours, ours), ours.site)

    def _responses(self, a: Operation, b: Operation) -> None:
        for status in {**a.responses, **b.responses}:
            theirs, ours = a.responses.get(status), b.responses.get(status)
            if theirs and ours:
                self._content(theirs, ours)
                self._named_parts("headers", theirs, ours)
            elif theirs:
                self.findings.add("response", self._content_words(self.theirs, theirs), ABSENT, theirs.site)
            elif ours:
                self.findings.add("response", ABSENT, self._content_words(self.ours, ours), ours.site)

    def _content(self, a: Part, b: Part) -> None:
        self._named_parts("content", a, b)

    def _named_parts(self, key: str, a: Part, b: Part) -> None:
        """The headers or the media types of two owners."""
        kind = "header" if key == "headers" else "media type"
        all_theirs, all_ours = parts(self.theirs, a, key), parts(self.ours, b, key)
        for name in {**all_theirs, **all_ours}:
            theirs, ours = all_theirs.get(name), all_ours.get(name)
            if theirs and ours:
                if key == "headers":
                    self._parameter(theirs, ours)
                else:
                    self._media_type(theirs, ours)
            elif theirs:
                self.findings.add(
                    kind, self._words(self.theirs, theirs), ABSENT, theirs.site, step(b.pointer, key, name)
                )
            elif ours:
                self.findings.add(kind, ABSENT, self._words(self.ours, ours), step(a.pointer, key, name), ours.site)

    def _media_type(self, a: Part, b: Part) -> None:
        theirs, ours = _schema(self.theirs, a), _schema(self.ours, b)
        self.schemas.compare(theirs, ours)
        objects = _objects(theirs) | _objects(ours)
        encodings = _encoding(a, theirs, objects), _encoding(b, ours, objects)
        self.findings.same("encoding", *encodings, step(a.pointer, "encoding"), step(b.pointer, "encoding"))

    def _content_words(self, document: Json, owner: Part) -> str:
        content = parts(document, owner, "content")
        return (
            ", ".join(f"{name}: {self._words(document, each)}" for name, each in sorted(content.items()))
            or "no content"
        )

    def _words(self, document: Json, owner: Part) -> str:
        return self.schemas.words(_schema(document, owner))


def _schema(document: Json, owner: Part) -> Schema:
    return Schema(document, step(owner.pointer, "schema"), owner.value.get("schema", True))


def _objects(schema: Schema) -> set[str]:
    return {name for name, each in schema.properties.items() if each.type.value == "object"}


def _encoding(media_type: Part, schema: Schema, objects: set[str]) -> str:
    """How the parts of a form are sent, where that is not as it would be anyway."""
    usual = {"contentType": "application/json"}
    declared = {name: how for name, how in media_type.value.get("encoding", {}).items() if name in schema.properties}
    unusual = {name: how for name, how in declared.items() if name not in objects or how != usual}
    return text(unusual) if unusual else ABSENT
