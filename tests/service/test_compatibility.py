"""What an installation's document means for the client."""

from __future__ import annotations

import copy
import json
import sys
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from hypothesis import given, settings, strategies as st

from aleph_alpha import AlephAlphaError, AsyncClient, Client, ResponseError
from aleph_alpha.compatibility import CompatibilityReport, compare_documents, contract
from aleph_alpha.service.compatibility import METHODS, read_document
from aleph_alpha.service.openapi_shapes import OpenApiDocument
from scripts._spec.compare import compare
from scripts._spec.deviations import for_clients, read_deviations
from scripts._spec.normalise import normalise
from tests.contract.published import CLEAN, published

ROOT = Path(__file__).resolve().parents[2]


def changed(*path: str | int, to: Any = None, remove: bool = False) -> Callable[[Any], None]:
    """A change at one place of a document."""

    def change(document: Any) -> None:
        for key in path[:-1]:
            document = document[key]
        if remove:
            del document[path[-1]]
        else:
            document[path[-1]] = to

    return change


def schema(name: str, *path: str | int, **how: Any) -> Callable[[Any], None]:
    return changed("components", "schemas", name, *path, **how)


def report_on(*changes: Callable[[Any], None]) -> CompatibilityReport:
    document = copy.deepcopy(contract())
    for change in changes:
        change(document)
    return compare_documents(document)


# What of a client calls no operation.
OWN = {"close", "from_env", "with_options"}


def test_every_operation_but_the_login_is_about_methods_that_there_are() -> None:
    operations = {
        each["operationId"]
        for item in contract()["paths"].values()
        for key, each in item.items()
        if key != "parameters"
    }
    assert operations == {*METHODS, "login"}


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_every_method_of_a_client_is_one_that_an_operation_affects(kind: type) -> None:
    methods = {name for name in dir(kind) if not name.startswith("_") and callable(getattr(kind, name))} - OWN
    listed = [name for names in METHODS.values() for name in names]
    assert {"not in METHODS": methods - {*listed}, "not a method": {*listed} - methods} == {
        "not in METHODS": set(),
        "not a method": set(),
    }
    assert sorted(listed) == sorted({*listed})


def test_the_contract_is_compatible_with_itself() -> None:
    assert report_on().findings == []


@pytest.mark.parametrize("name", [CLEAN])
def test_the_vendors_document_means_that_two_old_methods_are_gone(name: Any) -> None:
    report = compare_documents(read_document(published(name).read_text("utf-8")))
    assert report.problems == []
    assert [(finding.methods, finding.where) for finding in report.notes] == [
        (("qa",), "POST /qa"),
        (("summarize",), "POST /summarize"),
    ]


def test_what_the_vendors_document_is_known_to_lack_or_have_wrong_is_where_deviations_say() -> None:
    places = json.loads((files("aleph_alpha_api") / "deviations.json").read_bytes())
    assert places == for_clients(read_deviations(ROOT / "openapi" / "deviations.yaml"))
    for pointer in (*places["undocumented"], *places["misdocumented"]):
        assert OpenApiDocument(contract()).at(pointer, through_references=True), pointer


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (schema("RerankRequest", "properties", "model", remove=True), 0),  # known
        (schema("TokenizationRequest", "properties", "model", remove=True), 1),  # the same field elsewhere
        (schema("ChatRequest", "properties", "top_k", remove=True), 0),
        (schema("CompletionRequest", "properties", "top_k", remove=True), 2),
        (schema("RerankRequest", "properties", "tags", remove=True), 0),  # of any schema
        (schema("StreamChunk", "properties", "log_probs", to={"type": "object"}), 0),
        (schema("StreamChunk", "properties", "log_probs", to={"type": "string"}), 1),  # not what is known
    ],
)
def test_only_what_is_known_of_the_vendors_document_is_left_out(change: Callable[[Any], None], found: int) -> None:
    assert len(report_on(change).findings) == found


def ref(name: str) -> Any:
    return {"$ref": f"#/components/schemas/{name}"}


OBJECT = {"type": "object"}
AUDIO = {"type": "object", "required": ["type"], "properties": {"type": {"const": "audio"}}}
ITEMS = "POST /complete request.prompt<MultimodalPrompt>[]"
CHANGES: list[tuple[Callable[[Any], None], str, str, str, str]] = [
    (changed("paths", "/rerank", remove=True), "problem", "rerank", "POST /rerank", "expect 404"),
    (changed("paths", "/rerank", "post", remove=True), "problem", "rerank", "POST /rerank", "expect 404"),
    (changed("paths", "/qa", remove=True), "note", "qa", "POST /qa", "deprecated"),
    (
        schema("TranslationRequest", "required", to=["model", "source", "target_language", "style"]),
        *("problem", "translate", "POST /translate request.style", "required there, and unknown here"),
    ),
    (
        schema("RerankRequest", "required", to=["query", "documents", "top_n"]),
        *("problem", "rerank", "POST /rerank request.top_n", "required there, and optional here"),
    ),
    (
        schema("RerankRequest", "properties", "top_n", remove=True),
        *("note", "rerank", "POST /rerank request.top_n", "may be ignored or refused"),
    ),
    (
        schema("RerankRequest", "properties", "threshold", to={"type": "number"}),
        *("note", "rerank", "POST /rerank request.threshold", "is new"),
    ),
    (
        schema("RerankRequest", "properties", "query", to={"type": "array", "items": {"type": "string"}}),
        *("problem", "rerank", "POST /rerank request.query", "array there, string here"),
    ),
    (
        schema("RerankRequest", "properties", "documents", "items", to={"type": "object"}),
        *("problem", "rerank", "POST /rerank request.documents[]", "object there, string here"),
    ),
    (
        schema("EmbeddingEncodingFormat", "enum", to=["float"]),
        *("note", "embeddings", "POST /embeddings request.encoding_format", "does not take base64"),
    ),
    (
        schema("RerankResult", "properties", "relevance_score", to={"type": "string"}),
        *("problem", "rerank", "POST /rerank response.results[].relevance_score", "string there, number here"),
    ),
    (
        schema("RerankResult", "properties", "relevance_score", remove=True),
        *("problem", "rerank", "POST /rerank response.results[].relevance_score", "are not understood"),
    ),
    (
        changed("paths", "/version", "get", "responses", "200", "content", to={"text/plain": {"schema": OBJECT}}),
        *("problem", "get_version", "GET /version response", "object there, string here"),
    ),
    (
        schema("PromptItem", "oneOf", to=[ref("TextPromptItem"), ref("TokenIdsPromptItem")]),
        *("note", "complete", ITEMS, "does not take ImagePromptItem"),
    ),
    (
        schema("TextPromptItem", "properties", "data", "type", to="integer"),
        *("problem", "complete", f"{ITEMS}<TextPromptItem>.data", "integer there, string here"),
    ),
    (
        schema("ImagePromptItem", "required", to=["type", "data", "alt"]),
        *("problem", "complete", f"{ITEMS}<ImagePromptItem>.alt", "required there, and unknown here"),
    ),
    (
        schema("TokenIdsPromptItem", "properties", "controls", remove=True),
        *("note", "complete", f"{ITEMS}<TokenIdsPromptItem>.controls", "may be ignored or refused"),
    ),
    (
        schema("ExplanationItem", "oneOf", 0, to=AUDIO),
        *("problem", "explain", "POST /explain response.explanations[].items[]", "may be audio, which is new"),
    ),
    (
        schema("StreamSummary", "properties", "finish_reason", "type", to="integer"),
        *("note", "complete", "POST /complete event<StreamSummary>.finish_reason", "integer there, string here"),
    ),
    (
        schema("EmbeddingV2ResponseData", "properties", "embedding", "oneOf", 1, "type", to="boolean"),
        *("problem", "embeddings", "POST /embeddings response.data[].embedding", "may be boolean, which is new"),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("change", "level", "method", "where", "message"), CHANGES)
def test_a_change_is_said_with_the_methods_that_it_affects(
    change: Callable[[Any], None], level: str, method: str, where: str, message: str
) -> None:
    report = report_on(change)
    (finding,) = [one for one in report.findings if method in one.methods]
    assert (finding.level, finding.where) == (level, where)
    assert message in finding.message
    assert method in str(finding)
    assert str(report).startswith("API 4.7.0 against the contract 4.7.0: ")


def test_each_member_of_a_union_is_compared_with_the_one_that_it_is() -> None:
    texts_only = {"type": ["string", "array"], "items": {"type": "string"}}
    report = report_on(
        schema("PromptItem", "oneOf", 0, to=AUDIO), schema("EmbeddingV2Request", "properties", "input", to=texts_only)
    )
    assert {
        (one.level, one.where, one.message)
        for one in report.findings
        if one.where.startswith(("POST /complete ", "POST /embeddings"))
    } == {
        ("note", ITEMS, "does not take TextPromptItem"),
        ("note", ITEMS, "takes audio, which is new: this client does not know it"),
        ("note", "POST /embeddings request.input", "does not take array of integer"),
        ("note", "POST /embeddings request.input", "does not take array of array of integer"),
    }


def union_members(value: Any) -> Iterator[str]:
    """Names of the components that are members of unions."""
    if isinstance(value, dict):
        for key in ("oneOf", "anyOf"):
            members = [one for one in value.get(key, []) if one.get("type") != "null"]
            yield from (one["$ref"].rpartition("/")[2] for one in members if len(members) > 1 and "$ref" in one)
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from union_members(inner)


@pytest.mark.parametrize("name", sorted(set(union_members(contract()))))
def test_inside_of_unions_spec_diff_sees_no_more(name: str) -> None:
    ids = {
        (method.upper(), path): each["operationId"]
        for path, item in contract()["paths"].items()
        for method, each in item.items()
        if method != "parameters"
    }
    ours = normalise(dict(contract()), "ours")
    for field in contract()["components"]["schemas"][name].get("properties", {}):
        change = schema(name, "properties", field, to={"type": "boolean"})
        theirs: Any = copy.deepcopy(contract())
        change(theirs)
        told = {operation for each in compare(normalise(theirs, "theirs"), ours) for operation in each.operations}
        assert told
        assert {
            ids[method, path] for method, path, *_ in (one.where.split() for one in report_on(change).findings)
        } == told


def renamed(document: Any) -> None:
    """A component of a union has another name, and the union is nested in others."""
    components = document["components"]["schemas"]
    components["WrittenItem"] = components.pop("TextPromptItem")
    components["PromptItem"] = {
        "anyOf": [{"oneOf": [ref("TokenIdsPromptItem"), ref("WrittenItem")]}, ref("ImagePromptItem"), {"type": "null"}]
    }


@pytest.mark.parametrize(
    "change",
    [
        renamed,
        changed("info", "description", to="other words"),
        schema("RerankRequest", "description", to="other words"),
        schema("RerankResponse", "properties", "took_ms", to={"type": "integer"}),  # answers may have more
        schema("RerankRequest", "properties", "top_n", "type", to="integer"),
        schema("ModelStatus", "enum", to=["available", "unavailable", "warming_up"]),
        changed("paths", "/new", to={"get": {"operationId": "brandNew", "responses": {}}}),
        changed("paths", "/users/login", remove=True),
    ],
)
def test_what_does_not_matter_to_the_client_is_not_said(change: Callable[[Any], None]) -> None:
    assert report_on(change).findings == []


def test_problems_come_first() -> None:
    report = report_on(changed("paths", "/qa", remove=True), changed("paths", "/rerank", remove=True))
    assert [finding.level for finding in report.findings] == ["problem", "note"]


# --- reading documents -----------------------------------------------------------------------------


def test_json_and_yaml_are_read_alike() -> None:
    as_json = json.dumps(contract())
    assert read_document(as_json) == read_document("\ufeff " + as_json) == read_document(yaml.safe_dump(contract()))


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "a: b", "a: [", "paths: []", "\x00", "&a [*a]", "- " * 2000])
def test_what_is_no_document_is_an_error(text: str) -> None:
    with pytest.raises(ResponseError, match="openapiDocument"):
        read_document(text)


def test_a_missing_yaml_reader_is_named_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    assert read_document(json.dumps(contract())) == contract()
    with pytest.raises(ImportError, match=r"pip install 'aleph-alpha\[openapi\]'"):
        read_document("paths: {}")


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.sampled_from(["#/paths", "#/components/schemas/RerankRequest"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["$ref", "type", "properties", "required", "items", "oneOf", "allOf", "enum", "content", "schema", "x"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths to everything in a document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(one for key, part in inner for one in places(part, (*path, key)))]


PLACES = [path for path in places(contract()) if path and path[0] in ("paths", "components")]


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PLACES), JSON), min_size=1, max_size=5))
def test_no_document_makes_the_comparison_fail(changes: list[tuple[Any, Any]]) -> None:
    document: Any = copy.deepcopy(contract())
    for path, value in changes:
        target = document
        for key in path[:-1]:
            target = target.get(key) if isinstance(target, dict) else None
        if isinstance(target, dict):
            target[path[-1]] = value
    try:
        read = read_document(json.dumps(document))
    except ResponseError:
        return
    assert str(compare_documents(read))


def test_schemas_that_hold_themselves_come_to_an_end() -> None:
    document: Any = copy.deepcopy(contract())
    document["components"]["schemas"]["RerankRequest"]["properties"]["query"] = {
        "$ref": "#/components/schemas/RerankRequest"
    }
    document["components"]["schemas"]["Prompt"] = {
        "oneOf": [{"$ref": "#/components/schemas/Prompt"}, {"type": "string"}]
    }
    document["components"]["schemas"]["Usage"] = {"$ref": "#/components/schemas/Usage"}
    assert compare_documents(document).problems


# --- the client ------------------------------------------------------------------------------------


def answering(text: str) -> Client:
    transport = httpx.MockTransport(lambda request: httpx.Response(200, text=text))
    return Client("token", "https://example.com", http_client=httpx.Client(transport=transport))


def test_the_client_asks_the_installation() -> None:
    document: Any = copy.deepcopy(contract())
    del document["paths"]["/rerank"]
    document["info"]["version"] = "4.8.0"
    report = answering(yaml.safe_dump(document)).check_compatibility()
    assert (report.api_version, report.contract_version) == ("4.8.0", "4.7.0")
    assert [finding.methods for finding in report.problems] == [("rerank", "rerank_many", "iter_rerank_many")]


def test_an_installation_without_a_document_says_so() -> None:
    with pytest.raises(AlephAlphaError, match="not an OpenAPI document"):
        answering("<html>Welcome</html>").check_compatibility()
