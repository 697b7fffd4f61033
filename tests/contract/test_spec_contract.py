"""openapi/inference.yaml is a valid document that keeps its own conventions and says what it promises to say."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts._spec.lint import unconventional
from scripts._spec.load import Json, load
from scripts._spec.normalise import normalise
from scripts._spec.operations import operations, parts
from scripts._spec.places import at
from scripts._spec.schema import Schema
from scripts.spec import CONTRACT, main
from tests.contract.published import CLEAN, published

DOCUMENT = load(str(CONTRACT))


def test_the_contract_is_sound(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint"]) == 0
    assert capsys.readouterr().out == "inference.yaml: sound\n"


@pytest.mark.parametrize(
    ("pointer", "edit", "fault"),
    [
        ("/paths/~1version/get", lambda op: op.pop("operationId"), "/paths/~1version/get: operationId"),
        ("/paths/~1qa/post", lambda op: op.update(operationId="complete"), "/paths/~1qa/post: operationId"),
        ("/paths/~1qa/post", lambda op: op.update(operationId="ask_it"), "/paths/~1qa/post: operationId"),
        ("/paths/~1qa/post", lambda op: op["tags"].append("models"), "/paths/~1qa/post: exactly one declared tag"),
        ("/paths/~1qa/post", lambda op: op.update(tags=["other"]), "/paths/~1qa/post: exactly one declared tag"),
        ("/paths/~1qa/post", lambda op: op.pop("summary"), "/paths/~1qa/post: no summary"),
        ("/paths/~1qa/post/responses", lambda all_: all_.pop("5XX"), "/paths/~1qa/post: 5XX does not answer Error"),
        (
            "/components/schemas/QaAnswer/properties",
            lambda fields: fields.update(more={"type": "object", "description": "Things."}),
            "/components/schemas/QaAnswer/properties/more: an object or enumeration without a name",
        ),
        (
            "/components/schemas/QaAnswer/properties/answer",
            lambda field: field.update(enum=["yes", "no"]),
            "/components/schemas/QaAnswer/properties/answer: an object or enumeration without a name",
        ),
        (
            "/components/schemas",
            lambda all_: all_.update(Left={"type": "string", "description": "Over."}),
            "/components/schemas/Left: no operation uses it",
        ),
        (
            "/components/schemas/QaAnswer/properties/score",
            lambda field: field.pop("description"),
            "/components/schemas/QaAnswer/properties/score: no description",
        ),
    ],
)
def test_what_breaks_a_convention_is_named_by_its_pointer(
    pointer: str, edit: Callable[[Json], object], fault: str
) -> None:
    document = copy.deepcopy(DOCUMENT)
    edit(at(document, pointer))
    faults = list(unconventional(document, "contract"))
    assert any(each.startswith(fault) for each in faults), faults


def test_lint_fails_for_what_is_invalid_and_for_what_breaks_a_convention(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "contract.yaml"
    path.write_text("openapi: 3.1.0\ninfo: {title: T}\npaths: {/x: {get: {responses: {'200': {description: ''}}}}}\n")
    assert main(["lint", "--contract", str(path)]) == 1
    printed = capsys.readouterr().out
    assert re.search("^/info: .version. is a required property$", printed, re.MULTILINE)
    assert "/paths/~1x/get: 4XX does not answer Error" in printed
    assert printed.endswith("contract.yaml: 6 faults\n")


def test_every_published_operation_is_there_and_two_of_older_servers() -> None:
    theirs = operations(normalise(load(str(published(CLEAN))), "published"))
    ours = operations(normalise(DOCUMENT, "contract"))
    assert len(theirs) == 28
    assert ours.keys() - theirs.keys() == {("/qa", "post"), ("/summarize", "post")}
    assert theirs.keys() <= ours.keys()
    assert all(ours[key].value["deprecated"] for key in ours.keys() - theirs.keys())


@pytest.mark.parametrize(
    ("path", "events", "tags"),
    [
        ("/complete", "CompletionStreamEvent", ["stream_chunk", "stream_summary", "completion_summary"]),
        ("/chat/completions", "ChatStreamChunk", []),
    ],
)
def test_event_streams_are_described_beside_the_json(path: str, events: str, tags: list[str]) -> None:
    document = normalise(DOCUMENT, "contract")
    content = parts(document, operations(document)[path, "post"].responses["200"], "content")
    assert content.keys() == {"application/json", "text/event-stream"}
    schema = Schema(document, content["text/event-stream"].pointer + "/schema")
    assert schema.component == events
    assert [dict(each.tag).get("type", "").strip('"') for each in schema.members if each.tag] == tags
