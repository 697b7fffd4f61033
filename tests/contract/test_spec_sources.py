"""`spec.py diff` reads files and URLs, JSON and YAML, and says in one line what is wrong with the rest."""

from __future__ import annotations

import copy
import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
import yaml
from hypothesis import Phase, given, settings, strategies as st

from scripts._spec.compare import compare
from scripts._spec.load import Json, SpecError, load
from scripts._spec.normalise import normalise
from scripts._spec.places import places
from scripts.spec import CONTRACT, ROOT, main

pytestmark = pytest.mark.slow

MINIMAL: Json = {"openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "paths": {}}


class _Answers(BaseHTTPRequestHandler):
    answers: ClassVar[dict[str, tuple[int, bytes]]] = {}

    def do_GET(self) -> None:
        status, body = self.answers.get(self.path, (404, b""))
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    """A server with the contract and some other responses."""
    _Answers.answers = {
        "/openapi.yaml": (200, CONTRACT.read_bytes()),
        "/openapi.json": (200, json.dumps(load(str(CONTRACT))).encode()),
        "/page": (200, b"<html><body>Sign in</body></html>"),
        "/empty": (200, b""),
        "/broken": (500, b"oops"),
    }
    server = HTTPServer(("127.0.0.1", 0), _Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def run(source: str | Path, capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str, str]:
    status = main(["diff", "--from", str(source), *options])
    printed, complaint = capsys.readouterr()
    return status, printed, complaint


def refusal(source: str | Path, capsys: pytest.CaptureFixture[str]) -> str:
    """The one line that is printed for what cannot be compared."""
    status, printed, complaint = run(source, capsys)
    assert (status, printed) == (2, "")
    assert complaint.count("\n") == 1
    assert complaint.endswith("\n")
    assert complaint.startswith(str(source))
    return complaint


@pytest.mark.parametrize("path", ["/openapi.yaml", "/openapi.json"])
def test_an_installation_is_asked_for_its_document(url: str, path: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, printed, complaint = run(url + path, capsys)
    assert (status, complaint) == (0, "")
    assert printed.startswith(url + path)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/nothing", "the server answered 404"),
        ("/broken", "the server answered 500"),
        ("/page", "not an OpenAPI document"),
        ("/empty", "not an OpenAPI document: a mapping is expected, this is empty"),
    ],
)
def test_an_answer_that_is_no_document_is_refused(
    url: str, path: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert message in refusal(url + path, capsys)


def test_an_unreachable_url_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert "cannot be read: " in refusal(f"http://127.0.0.1:{port}/openapi.yaml", capsys)


@pytest.mark.parametrize("source", ["ftp://example.com/openapi.yaml", "file:///openapi.yaml", "http://", "http://a b/"])
def test_an_unusable_url_is_refused(source: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "cannot be read: " in refusal(source, capsys)


BAD_FILES: list[tuple[bytes, str]] = [
    (b"", "a mapping is expected, this is empty"),
    (b"- a\n- b\n", "a mapping is expected, this is a list"),
    (b"just words", "a mapping is expected, this is a text"),
    (b"a: [1, 2", "neither JSON nor YAML"),
    (b"a: b: c", "line 1, column 5"),
    (b"\ttabs: 1", "neither JSON nor YAML"),
    (b'{"a": 1,, }', "neither JSON nor YAML"),
    (b"a: 1\na: 2\n", "the key 'a' comes twice"),
    (b'{"a": 1, "a": 2}', "the key 'a' comes twice"),
    (b"a: *nowhere", "neither JSON nor YAML"),
    (b"a: !!python/object:os.system {}", "neither JSON nor YAML"),
    (b"a: &a [*a]", "nested too deeply"),
    (b"a: !!binary aGk=", "not JSON: it holds a value of type bytes"),
    (b"\xff\xfe\x00", "not UTF-8"),
    (b"[" * 100_000, ": "),  # who notices first, and says so, depends on the version of PyYAML
    (b'{"a":' * 100_000, "nested too deeply"),
    (b"a: " + b"[" * 500 + b"]" * 500, "nested too deeply"),
    (b"swagger: '2.0'\npaths: {}", "OpenAPI 2.0 (Swagger) is not supported"),
    (b"info: {}\npaths: {}", "the key `openapi` is missing"),
    (b"openapi: 2.0.0\npaths: {}", "OpenAPI 2.0.0 is not supported"),
    (b"openapi: 4.0.0\npaths: {}", "OpenAPI 4.0.0 is not supported"),
    (b"openapi: 3.1.0", "the mapping `paths` is missing"),
    (b"openapi: 3.1.0\npaths: []", "the mapping `paths` is missing"),
    (b"openapi: 3.1.0\npaths: {/a: []}", "/paths/~1a: a mapping is expected"),
    (b"openapi: 3.1.0\npaths: {/a: {get: 1}}", "/paths/~1a/get: a mapping is expected"),
    (b"openapi: 3.1.0\npaths: {}\ncomponents: []", "/components: a mapping is expected"),
    (b"openapi: 3.1.0\npaths: {/a: {get: {parameters: {}}}}", "/paths/~1a/get/parameters: a list is expected"),
    (b"openapi: 3.1.0\npaths: {/a: {get: {responses: []}}}", "/paths/~1a/get/responses: a mapping is expected"),
    (
        b"openapi: 3.1.0\npaths: {/a: {get: {parameters: [{$ref: '#/components/parameters/P'}]}}}",
        "/paths/~1a/get/parameters/0: $ref '#/components/parameters/P' points to nothing",
    ),
]


@pytest.mark.parametrize(("content", "message"), BAD_FILES)
def test_a_file_that_is_no_document_is_refused(
    content: bytes, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "document"
    path.write_bytes(content)
    assert message in refusal(path, capsys)


def test_a_file_made_large_by_aliases_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    path = tmp_path / "document.yaml"
    path.write_text("\n".join(lines))
    assert "too large" in refusal(path, capsys)


def test_a_schema_that_consists_of_itself_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = load(str(CONTRACT))
    document["components"]["schemas"]["Prompt"]["oneOf"].append({"$ref": "#/components/schemas/Prompt"})
    path = tmp_path / "document.json"
    path.write_text(json.dumps(document))
    assert "consists of itself" in refusal(path, capsys)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "cannot be read: No such file" in refusal(tmp_path / "missing.yaml", capsys)
    assert "cannot be read: Is a directory" in refusal(tmp_path, capsys)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("2024-01-01", "2024-01-01"),
        ("true", True),
        ("null", None),
        ("1.5", 1.5),
        ("'true'", "true"),
    ],
)
def test_yaml_is_read_as_in_its_version_1_2(text: str, value: Any, tmp_path: Path) -> None:
    path = tmp_path / "document.yaml"
    path.write_text(f"openapi: 3.1.0\npaths: {{}}\nx: {text}\n200: {{a: 1}}")
    document = load(str(path))
    assert document["x"] == value
    assert type(document["x"]) is type(value)
    assert document["200"] == {"a": 1}


def test_json_and_yaml_of_one_document_are_one(tmp_path: Path) -> None:
    document = load(str(CONTRACT))
    for name, text in (("a.json", json.dumps(document)), ("b.yaml", yaml.safe_dump(document, allow_unicode=True))):
        (tmp_path / name).write_text("\ufeff" + text, encoding="utf-8")
        assert load(str(tmp_path / name)) == document


def changed_contract(folder: Path) -> Path:
    document = load(str(CONTRACT))
    schemas = document["components"]["schemas"]
    schemas["Usage"]["properties"]["cached_tokens"] = {"type": "integer"}
    schemas["ChatRequest"]["properties"]["max_tokens"]["minimum"] = 0
    del document["paths"]["/qa"]
    path = folder / "changed.json"
    path.write_text(json.dumps(document))
    return path


def test_differences_are_printed_a_line_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = changed_contract(tmp_path)
    status, printed, complaint = run(path, capsys)
    assert (status, complaint) == (1, "")
    assert printed.splitlines() == [
        "changed  minimum /components/schemas/ChatRequest/properties/max_tokens/minimum: 1 -> 0 [chatCompletions]",
        "added    field /components/schemas/Usage/properties/cached_tokens: integer [chatCompletions, rerank]",
        "only in the contract operation /paths/~1qa/post: qa [qa]",
        f"{path} (4.7.0) against the contract (4.7.0): 3 unexplained, 0 explained, 0 stale deviations",
    ]


def test_differences_are_printed_for_machines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = changed_contract(tmp_path)
    status, printed, complaint = run(path, capsys, "--format", "json")
    assert (status, complaint) == (1, "")
    report = json.loads(printed)
    assert report["source"] == {"name": str(path), "version": "4.7.0"}
    assert (report["explained"], report["stale"]) == (0, [])
    assert report["unexplained"][1] == {
        "change": "added",
        "kind": "field",
        "pointer": "/components/schemas/Usage/properties/cached_tokens",
        "contract_pointer": "/components/schemas/Usage/properties/cached_tokens",
        "theirs": "integer",
        "ours": "absent",
        "operations": ["chatCompletions", "rerank"],
    }


@pytest.mark.parametrize(
    ("source", "status", "line"),
    [
        ("openapi/inference.yaml", 0, "0 unexplained"),
        ("openapi/deviations.yaml", 2, "a mapping is expected"),
        ("missing.yaml", 2, "No such file"),
    ],
)
def test_the_command_runs_by_itself(source: str, status: int, line: str) -> None:
    command = [sys.executable, "scripts/spec.py", "diff", "--from", source]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == status
    assert line in (done.stderr if status == 2 else done.stdout)
    assert "Traceback" not in done.stderr


@cache
def contract() -> Json:
    return load(str(CONTRACT))


@cache
def normalised_contract() -> Json:
    return normalise(contract(), "contract")


JUNK: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 0, -1.5, "", "null", "#/components", [], [1], ["null"], {}, {"$ref": 1}, {"a": {}}]
)


@pytest.mark.slow
@settings(max_examples=60, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink])
@given(data=st.data())
def test_no_damage_to_a_document_gets_past_the_one_line(data: st.DataObject) -> None:
    """Any value of the contract in the place of which something else stands: compared or refused, nothing else."""
    document = copy.deepcopy(contract())
    place = data.draw(st.sampled_from(list(places(document, "document"))))
    key = data.draw(st.sampled_from(sorted(place.value)) if place.value else st.just("new"))
    inner = place.value.get(key)
    if isinstance(inner, list | dict) and inner and data.draw(st.booleans()):
        deeper = data.draw(st.sampled_from(range(len(inner)) if isinstance(inner, list) else sorted(inner)))
        inner[deeper] = data.draw(JUNK)
    else:
        place.value[key] = data.draw(JUNK)
    with suppress(SpecError):
        compare(normalise(document, "damaged"), normalised_contract())
