"""Which methods of the client a deployment's OpenAPI document breaks.

This looks at what the methods of the client rely on, and at nothing else: operations, fields that
are sent and fields that are read, their types, and the members of unions. ``make spec-diff`` of the
project's repository tells every difference between two documents.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from aleph_alpha._call.short_repr import ShortRepr
from aleph_alpha._optional import need
from aleph_alpha.errors import ResponseError
from aleph_alpha.options import Deviation
from aleph_alpha.service.openapi_shapes import Json, Members, OpenApiDocument, Shape, member_pairs, object_of

__all__ = ["CompatibilityReport", "Finding", "compare_documents", "contract"]

# The methods that each operation of the contract is called by.
METHODS: Mapping[str, tuple[str, ...]] = {
    "version": ("get_version", "validate_version"),
    "openapiDocument": ("openapi_document", "check_compatibility"),
    "me": ("me",),
    "listTokens": ("list_tokens",),
    "newToken": ("create_token",),
    "deleteToken": ("delete_token",),
    "recentRequests": ("recent_requests",),
    "postCheckPrivileges": ("check_privileges",),
    "getModelTokenizer": ("tokenizer", "count_tokens"),
    "availableModels": ("models", "context_size"),
    "modelSettings": ("model_settings",),
    "complete": (
        *("complete", "complete_many", "iter_complete_many"),
        *("stream_complete", "complete_with_streaming"),
    ),
    "completeJson": ("complete_json",),
    "chatCompletions": (
        *("chat", "chat_many", "iter_chat_many"),
        *("chat_with_tools", "stream_chat", "chat_with_streaming"),
    ),
    "embeddings": ("embeddings",),
    "semanticEmbed": ("semantic_embed",),
    "batchSemanticEmbed": ("batch_semantic_embed", "iter_batch_semantic_embed", "embed_texts"),
    "instructableEmbed": ("instructable_embed", "instructable_embed_many", "iter_instructable_embed_many"),
    "embed": ("embed", "embed_many", "iter_embed_many"),
    "evaluate": ("evaluate", "evaluate_many", "iter_evaluate_many", "score_choices"),
    "explain": ("explain", "explain_many", "iter_explain_many"),
    "tokenize": ("tokenize",),
    "detokenize": ("detokenize",),
    "createSteeringConcept": ("create_steering_concept",),
    "transcribe": ("transcribe", "transcribe_many", "iter_transcribe_many"),
    "translate": ("translate", "translate_many", "iter_translate_many"),
    "rerank": ("rerank", "rerank_many", "iter_rerank_many"),
    "qa": ("qa",),
    "summarize": ("summarize",),
}

_READ_WITHOUT = "it is read as None where it cannot be read"


@dataclass(frozen=True)
class Finding:
    """One difference between a deployment's document and the contract.

    Parameters:
        level: ``"problem"``: calls of these methods will fail, or responses will not be understood, if the
            document is right. ``"note"``: they work as long as what is named is not used.
        methods: the methods of the client that it affects.
        where: the operation, as in ``"POST /rerank"``, and the field.
        message: what is different.
    """

    level: Literal["problem", "note"]
    methods: tuple[str, ...]
    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.level}: {self.where}: {self.message} (affects {', '.join(self.methods)})"


@dataclass(frozen=True, repr=False)
class CompatibilityReport(ShortRepr):
    """The differences that affect the client; ``Client.check_compatibility`` returns one, and it prints well.

    Parameters:
        api_version: version of the deployment's document.
        contract_version: version of the contract that this client was generated from.
        findings: problems first.

    >>> report = compare_documents({"info": {"version": "4.8.0"}, "paths": {}})
    >>> print(report.problems[0])
    problem: GET /version: is not in the document: expect 404 (affects get_version, validate_version)
    """

    api_version: str
    contract_version: str
    findings: list[Finding]

    @property
    def problems(self) -> list[Finding]:
        """What will not work: ``assert not report.problems`` is a check for CI."""
        return [finding for finding in self.findings if finding.level == "problem"]

    @property
    def notes(self) -> list[Finding]:
        """What works as long as it is not used: fields, members and values that one of the two does not know."""
        return [finding for finding in self.findings if finding.level == "note"]

    def __str__(self) -> str:
        counts = f"{len(self.problems)} problems, {len(self.notes)} notes"
        head = f"API {self.api_version} against the contract {self.contract_version}: {counts}"
        return "\n".join([head, *map(str, self.findings)])


@cache
def contract() -> Json:
    """The contract that this client was generated from."""
    from importlib.resources import files

    document: Json = json.loads((files("aleph_alpha_api") / "openapi.json").read_bytes())
    return document


class _Known:
    """What the vendor's document lacks or has wrong, though the API does as the contract says.

    openapi/deviations.yaml of the project's repository has the evidence; the generated package has its places.
    """

    def __init__(self, ours: OpenApiDocument) -> None:
        from importlib.resources import files

        places: Json = json.loads((files("aleph_alpha_api") / "deviations.json").read_bytes())
        # By the id of the schema: the contract is kept as it is, so that ids stay. A field that is lacking is so
        # where the pointer says, not wherever a component is referred to.
        self._lacking = {
            id(schema) for pointer in places["undocumented"] for schema in ours.at(pointer, through_references=False)
        }
        self._wrong = {
            id(schema): wrong
            for pointer, wrong in places["misdocumented"].items()
            for schema in ours.at(pointer, through_references=True)
        }

    def lacking(self, schema: Any) -> bool:
        """Whether the vendor's document does not have this field."""
        return id(schema) in self._lacking

    def wrong(self, schema: Any, types: frozenset[str]) -> bool:
        """Whether the vendor's document has these types in place of the schema's."""
        return self._wrong.get(id(schema)) in types


def read_document(text: str) -> Json:
    """An OpenAPI document, JSON or YAML.

    Raises:
        ImportError: it is YAML, and PyYAML is not installed (extra ``openapi``).
        ResponseError: it is neither, or no OpenAPI document.
    """
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        try:
            return _checked(json.loads(text.lstrip("\ufeff")))
        except ValueError as error:
            raise ResponseError(f"openapiDocument: not JSON: {error}", body=text.encode("utf-8", "replace")) from None
    yaml = need("yaml", "openapi", what="OpenAPI documents in YAML")
    try:
        return _checked(yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ResponseError(f"openapiDocument: not YAML: {error}", body=text.encode("utf-8", "replace")) from None


def _checked(document: Any) -> Json:
    if not isinstance(document, dict) or not isinstance(document.get("paths"), dict):
        raise ResponseError("openapiDocument: the response is not an OpenAPI document: it has no paths", path="paths")
    return document


def compare_documents(
    theirs: Json, ours: Json | None = None, deviations: Mapping[tuple[str, str], Deviation] | None = None
) -> CompatibilityReport:
    """Which methods of the client a document affects.

    Args:
        theirs: the deployment's document.
        ours: the contract; that of this client unless given.
        deviations: what a client has met in responses that was not as the contract says, by operation and place.

    >>> report = compare_documents(contract())
    >>> report.findings
    []
    """
    ours = contract() if ours is None else ours
    known = _Known(OpenApiDocument(ours))
    findings = [
        finding
        for operation, path, method, described in _operations(ours)
        if operation in METHODS
        for finding in _Operation(
            operation, path, method, OpenApiDocument(theirs), OpenApiDocument(ours), known
        ).findings(described)
    ]
    findings += _met(ours, findings, deviations or {})
    findings.sort(key=lambda finding: finding.level != "problem")
    return CompatibilityReport(_version(theirs), _version(ours), findings)


def _met(ours: Json, findings: list[Finding], deviations: Mapping[tuple[str, str], Deviation]) -> Iterator[Finding]:
    """What was met in responses, and whether the document tells of it."""
    told = {finding.where for finding in findings}
    places = {operation: f"{method.upper()} {path}" for operation, path, method, _ in _operations(ours)}
    for (operation, place), one in deviations.items():
        separator = "" if place.startswith("[") or not place else "."
        names = [f"{places[operation]} {owner}{separator}{place}" for owner in ("response", "event")]
        why = "as" if not told.isdisjoint(names) else "which is not what"
        message = f"{one.found} came, not {one.expected}, {why} the document says; the responses were read all the same"
        yield Finding("note", METHODS[operation], names[0], message)


def _version(document: Json) -> str:
    info = document.get("info")
    return str(info.get("version", "?")) if isinstance(info, dict) else "?"


def _operations(document: Json) -> Iterator[tuple[str, str, str, Json]]:
    for path, item in document["paths"].items():
        for method in ("get", "put", "post", "delete", "patch"):
            if method in item:
                yield item[method]["operationId"], path, method, item[method]


class _Operation:
    """The comparison of one operation."""

    def __init__(
        self, operation: str, path: str, method: str, theirs: OpenApiDocument, ours: OpenApiDocument, known: _Known
    ) -> None:
        self.name = operation
        self.path, self.method = path, method
        self.theirs, self.ours, self.known = theirs, ours, known
        self.where = f"{method.upper()} {path}"
        self.found: list[Finding] = []
        self._seen: set[tuple[int, int, bool]] = set()
        self._beside = False  # what is looked at is not what a response is asked for

    def findings(self, ours: Json) -> list[Finding]:
        theirs = object_of(object_of(self.theirs.json["paths"].get(self.path)).get(self.method))
        if not theirs:
            deprecated = ours.get("deprecated") is True
            gone = "is deprecated, and not in the document" if deprecated else "is not in the document"
            self._add("note" if deprecated else "problem", "", f"{gone}: expect 404")
            return self.found
        for compare, name, owner in ((self._sent, "request", _body), (self._read, "response", _success)):
            a, b = _schemas(self.theirs, owner(theirs)), _schemas(self.ours, owner(ours))
            shared = sorted(a.keys() & b.keys())
            for media_type in shared:
                compare(a[media_type], b[media_type], "event" if media_type == "text/event-stream" else name)
            if not shared and a and b:  # of other media types
                compare(next(iter(a.values())), next(iter(b.values())), name)
        return self.found

    def _sent(self, theirs: Any, ours: Any, where: str) -> None:
        """What the client sends has to be what they take."""
        if self._done(theirs, ours, where):
            return
        pairs, new, gone = self._members(theirs, ours, where)
        for member in gone:
            self._add("note", where, f"does not take {member}")
        for member in new:
            self._add("note", where, f"takes {member}, which is new: this client does not know it")
        for one, other in pairs:
            self._sent_member(one.shape, other.shape, where if len(pairs) == 1 else f"{where}<{other}>")

    def _sent_member(self, a: Shape, b: Shape, where: str) -> None:
        for name in sorted(a.required - b.required):
            known = "and optional here" if name in b.fields else "and unknown here"
            self._add("problem", f"{where}.{name}", f"is required there, {known}")
        for name in sorted(b.fields.keys() - a.fields.keys() if a.fields else ()):
            if not self.known.lacking(b.fields[name]):
                self._add("note", f"{where}.{name}", "is not in the document: it may be ignored or refused")
        for name in sorted(a.fields.keys() - b.fields.keys() - a.required):
            self._add("note", f"{where}.{name}", "is new: this client does not know it")
        if a.values is not None and b.values is not None and b.values - a.values:
            self._add("note", where, f"does not take {', '.join(sorted(b.values - a.values))}")
        for name in sorted(a.fields.keys() & b.fields.keys()):
            self._sent(a.fields[name], b.fields[name], f"{where}.{name}")
        if a.items is not None and b.items is not None:
            self._sent(a.items, b.items, f"{where}[]")

    def _read(self, theirs: Any, ours: Any, where: str) -> None:
        """What they return has to be what the client reads."""
        if self._done(theirs, ours, where):
            return
        pairs, new, _ = self._members(theirs, ours, where)
        for member in new:
            if member.name not in self.ours.components:  # else read elsewhere, such as the events of a stream
                if self._beside:
                    self._add("note", where, f"may be {member}, which is new: it is kept as it came")
                else:
                    self._add("problem", where, f"may be {member}, which is new: such responses are not understood")
        for one, other in pairs:
            self._read_member(one.shape, other.shape, where if len(pairs) == 1 else f"{where}<{other}>")

    def _read_member(self, a: Shape, b: Shape, where: str) -> None:
        for name in sorted(b.required - a.fields.keys() if a.fields else ()):
            if self._beside or b.beside(name):
                self._add("note", f"{where}.{name}", f"is not in the document: {_READ_WITHOUT}")
            else:
                self._add(
                    "problem", f"{where}.{name}", "is not in the document: responses without it are not understood"
                )
        beside = self._beside
        for name in sorted(a.fields.keys() & b.fields.keys()):
            self._beside = beside or b.beside(name)
            self._read(a.fields[name], b.fields[name], f"{where}.{name}")
        self._beside = beside
        if a.items is not None and b.items is not None:
            self._read(a.items, b.items, f"{where}[]")

    def _done(self, theirs: Any, ours: Any, where: str) -> bool:
        """Whether there is nothing more to compare: the types differ, or this was compared before."""
        a, b = self.theirs.shape(theirs), self.ours.shape(ours)
        if a.types and b.types and not a.types & b.types:
            if not self.known.wrong(ours, a.types):
                self._another_type(a.words, b.words, where)
            return True
        key = id(a), id(b), self._beside  # the documents keep shapes, so that ids stay
        if key in self._seen or (*key[:2], False) in self._seen:
            return True
        self._seen.add(key)
        return not (a.types and b.types)  # anything goes

    def _members(self, theirs: Any, ours: Any, where: str) -> Members:
        found = member_pairs((self.theirs, theirs), (self.ours, ours))
        if found.new and found.gone and not found.pairs:
            there, here = (" or ".join(map(str, each)) for each in (found.new, found.gone))
            self._another_type(there, here, where)
            return Members([], [], [])
        return found

    def _another_type(self, theirs: str, ours: str, where: str) -> None:
        words = f"has another type: {theirs} there, {ours} here"
        if self._beside:
            self._add("note", where, f"{words}; {_READ_WITHOUT}")
        else:
            self._add("problem", where, words)

    def _add(self, level: Literal["problem", "note"], field: str, message: str) -> None:
        where = f"{self.where} {field}".rstrip()
        self.found.append(Finding(level, METHODS[self.name], where, message))


def _body(operation: Json) -> Any:
    return operation.get("requestBody")


def _success(operation: Json) -> Any:
    responses = object_of(operation.get("responses"))
    return next((response for status, response in responses.items() if str(status).startswith("2")), None)


def _schemas(document: OpenApiDocument, owner: Any) -> Json:
    """The schemas of what an owner of content holds, by media type."""
    content = object_of(document.follow(owner).get("content"))
    return {name: object_of(each)["schema"] for name, each in content.items() if "schema" in object_of(each)}
