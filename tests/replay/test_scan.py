"""The scanner that keeps secrets, and what the contract does not know, out of committed cassettes."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from aleph_alpha.testing import __main__ as command_line
from aleph_alpha.testing.replay.file import CassetteFile, Interaction
from aleph_alpha.testing.replay.scrub import BOUNDARY, REPLAY_HOST
from aleph_alpha.testing.replay.scrub_find import Finder
from tests.recordings import ROOT, recordings

TOKEN = "kJ8sd92nfQpL0x7TzVb3mYwR4u"  # made up
CASSETTES = ROOT / "cassettes"

CALL = Interaction(
    method="POST",
    uri=f"{REPLAY_HOST}/tokenize?nice=true",
    request_headers={"content-type": "application/json"},
    request_body=b'{"model":"m","prompt":"a","tokens":true,"token_ids":false}',
    status=200,
    reason="OK",
    headers={"content-type": ["application/json"]},
    body=b'{"tokens":["a"]}',
)
STREAM = replace(
    CALL,
    uri=f"{REPLAY_HOST}/complete",
    request_body=b'{"model":"m","prompt":[],"maximum_tokens":1,"stream":true}',
    headers={"content-type": ["text/event-stream"]},
    body=b'data: {"type":"stream_chunk","index":0,"completion":"a"}\n\n',
)
FORM = replace(
    CALL,
    uri=f"{REPLAY_HOST}/transcribe",
    request_headers={"content-type": f"multipart/form-data; boundary={BOUNDARY}"},
    request_body=(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="metadata"\r\n\r\n{{"model":"m"}}\r\n'
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="audiofile"\r\n\r\nRIFF\r\n--{BOUNDARY}--\r\n'
    ).encode(),
    body=b'{"text":"a"}',
)


def written(folder: Path, *calls: Interaction) -> Path:
    path = folder / "planted.yaml"
    CassetteFile("a test", calls).write(path, max_kilobytes=1000)
    return path


def scanned(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    status = command_line.main(["scan", *map(str, arguments)])
    return status, capsys.readouterr().out


@pytest.mark.parametrize(
    ("call", "where"),
    [
        (replace(CALL, request_headers={"authorization": f"Bearer {TOKEN}"}), "header 'authorization'"),
        (replace(CALL, request_headers={"x-request": TOKEN}), "header 'x-request'"),
        (replace(CALL, headers={"set-cookie": [f"session={TOKEN}"]}), "header 'set-cookie'"),
        (replace(CALL, uri=f"{REPLAY_HOST}/tokenize?api_key={TOKEN}"), "URL"),
        (replace(CALL, uri=f"{REPLAY_HOST}/{TOKEN}/tokenize"), "URL"),
        (replace(CALL, uri="https://inference.customer.example/tokenize"), "URL"),
        (replace(CALL, request_body=CALL.request_body.replace(b'"a"', f'"{TOKEN}"'.encode())), "request body"),
        (replace(CALL, body=f'{{"tokens":["{TOKEN}"]}}'.encode()), "response body"),
        (replace(STREAM, body=STREAM.body.replace(b'"a"', f'"{TOKEN}"'.encode())), "response body"),
        (
            replace(CALL, body=b'{"tokens":["' + b"a" * 40_000 + b'"],"token":"' + TOKEN.encode() + b'"}'),
            "response body",
        ),
    ],
)
def test_a_planted_token_is_found_and_not_repeated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], call: Interaction, where: str
) -> None:
    written(tmp_path, CALL, call)
    status, output = scanned(capsys, tmp_path)
    assert status == 1
    assert re.search(rf"planted\.yaml, call 2: {where}", output)
    assert TOKEN not in output


def test_the_token_of_the_environment_is_found_whatever_it_looks_like(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, replace(CALL, body=b'{"tokens":["plain words only"]}'))
    assert scanned(capsys, tmp_path)[0] == 0
    monkeypatch.setenv("AA_TOKEN", "plain words only")
    assert scanned(capsys, tmp_path)[0] == 1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (replace(CALL, uri=f"{REPLAY_HOST}/tokenise"), "the contract has no operation POST /tokenise"),
        (replace(CALL, method="GET"), "the contract has no operation GET /tokenize"),
        (replace(CALL, request_body=b'{"model":"m"}'), "the request does not follow the contract: tokenize"),
        (replace(CALL, request_body=b"{"), "the request cannot be read: tokenize"),
        (replace(CALL, body=b'{"tokens":"a"}'), r"the response does not follow the contract: tokenize: \$.tokens"),
        (replace(CALL, body=b"{"), "the response does not follow the contract"),
        (replace(CALL, status=302), "the document has no status 302"),
        (replace(CALL, headers={"content-type": ["text/html"]}), "'text/html' is not one of"),
        (replace(CALL, status=400, body=b'["a"]'), "the response does not follow the contract"),
        (
            replace(STREAM, body=b'data: {"type":"stream_chunk"}\n\n'),
            "the response does not follow the contract: complete",
        ),
        (replace(FORM, request_body=FORM.request_body.replace(b"metadata", b"meta")), "the form lacks 'metadata'"),
        (
            replace(CALL, method="GET", uri=f"{REPLAY_HOST}/version", headers={"content-type": ["text/plain"]}),
            "the request cannot be read: version: the contract has no body",
        ),
    ],
)
def test_what_the_contract_does_not_know_is_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], call: Interaction, message: str
) -> None:
    written(tmp_path, call)
    status, output = scanned(capsys, tmp_path)
    assert status == 1
    assert re.search(message, output)
    assert scanned(capsys, "--secrets-only", tmp_path)[0] == 0


@pytest.mark.parametrize(
    "call",
    [
        CALL,
        STREAM,
        FORM,
        replace(CALL, status=429, headers={"content-type": ["text/html"]}, body=b"<html>"),
        replace(CALL, status=503, headers={}, body=b""),
        replace(CALL, status=503, body=b'{"error":"busy","code":"QUEUE_FULL"}'),
    ],
)
def test_a_good_cassette_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str], call: Interaction) -> None:
    assert scanned(capsys, written(tmp_path, call)) == (0, "")


def test_an_exception_can_be_made_by_a_pattern(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path, replace(CALL, body=f'{{"tokens":["{TOKEN}"]}}'.encode()))
    assert scanned(capsys, tmp_path, "--allow", "kJ8.*")[0] == 0
    assert scanned(capsys, tmp_path, "--allow", "[")[0] == 2


def test_broken_and_missing_cassettes_fail(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "broken.yaml").write_text("interactions: [1]")
    assert scanned(capsys, tmp_path)[0] == 1
    status, output = scanned(capsys, tmp_path / "nowhere")
    assert (status, "there is no cassette" in output) == (2, True)
    (tmp_path / "empty").mkdir()
    assert scanned(capsys, tmp_path / "empty")[0] == 2


def test_the_projects_cassettes_are_clean(capsys: pytest.CaptureFixture[str]) -> None:
    assert scanned(capsys, CASSETTES) == (0, "")


def test_recordings_of_the_live_api_raise_no_false_alarm() -> None:
    finder = Finder()
    for recording in recordings():
        asked = json.dumps(recording.request).encode()
        assert not list(finder.in_request(REPLAY_HOST + recording.path, {}, asked)), recording.name
        assert not list(finder.in_response(recording.headers, recording.body, recording.path)), recording.name


def test_every_cassette_of_the_project_is_used_and_says_where_it_is_from() -> None:
    sources = [path.read_text("utf-8") for path in (ROOT / "tests" / "_async").glob("test_integration_*.py")]
    used = [name for source in sources for name in re.findall(r'\bcassette\("([^"]+)"\)', source)]
    assert sorted(used) == sorted(
        path.relative_to(CASSETTES).with_suffix("").as_posix() for path in CASSETTES.rglob("*.yaml")
    )
    for path in CASSETTES.rglob("*.yaml"):
        assert CassetteFile.read(path).recorded_from.startswith("the reference server")
