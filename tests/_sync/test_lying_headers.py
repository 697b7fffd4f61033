# Made from tests/_async/test_lying_headers.py by scripts/unasync.py: change it there, then run `make fix`.
"""Answers that are wrong in a way that hides nothing are read all the same, and the log says what was wrong."""

from __future__ import annotations

import gzip
import json
import logging
import zlib
from pathlib import Path

import pytest
import vcr  # type: ignore[import-untyped]
from hypothesis import given, strategies as st

from aleph_alpha import BusyError, Client, CompletionRequest, Prompt
from aleph_alpha._http.unpacking import unpacked
from aleph_alpha._http.wire.protocol import WireResponse
from tests.scripted import COMPLETION
from tests.wire.scripted import Scripted, answer, serving

pytestmark = pytest.mark.proxied

REQUEST = CompletionRequest(Prompt.from_text("An apple a day"), maximum_tokens=1)
BODY = json.dumps(COMPLETION).encode()
MARK = b"\xef\xbb\xbf"
EVENTS = (
    b'data: {"type": "stream_chunk", "index": 0, "completion": " well"}\n\n'
    b'data: {"type": "stream_summary", "index": 0, "model_version": "1", "finish_reason": "maximum_tokens"}\n\n'
    b'data: {"type": "completion_summary", "num_tokens_prompt_total": 3, "num_tokens_generated": 1}\n\n'
)
LYING = ["gzip", "GZIP", "x-gzip", "deflate", "gzip, deflate", "gzip, gzip", "br", "zstd"]


@pytest.mark.parametrize("encoding", LYING)
def test_a_proxy_that_unpacks_and_keeps_the_content_encoding_is_no_error(
    encoding: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "aleph_alpha")
    with Scripted(serving(answer(BODY, "200 OK", f"Content-Encoding: {encoding}"))) as server:
        with Client("token", server.url) as client:
            response = client.complete(REQUEST, "model")
            assert response.completions[0].completion == " well"
    assert response.meta is not None
    if encoding.lower() not in ("br", "zstd"):  # which httpx leaves as they are where nothing can unpack them
        assert {each.path for each in response.meta.deviations} == {"header content-encoding"}
        assert "content that is not packed" in caplog.text


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_of_two_encodings_the_one_that_is_there_is_undone(encoding: str) -> None:
    packed = gzip.compress(BODY) if encoding == "gzip" else zlib.compress(BODY)
    with Scripted(serving(answer(packed, "200 OK", f"Content-Encoding: {encoding}, gzip"))) as server:
        with Client("token", server.url) as client:
            assert (client.complete(REQUEST, "model")).completions[0].completion == " well"


def test_an_error_under_a_content_encoding_that_lies_keeps_its_body() -> None:
    body = b'{"error": "busy", "code": "QUEUE_FULL"}'
    with Scripted(serving(answer(MARK + body, "503 Busy", "Content-Encoding: gzip"))) as server:
        with Client("token", server.url, total_retries=0) as client:
            with pytest.raises(BusyError) as caught:
                client.complete(REQUEST, "model")
            assert (caught.value.code, caught.value.body) == ("QUEUE_FULL", body.decode())


@pytest.mark.parametrize("pieces", [1, 7, 100_000])
@pytest.mark.parametrize("packing", ["plain", "gzip", "members", "deflate", "bare deflate"])
def test_a_stream_is_read_whether_it_is_packed_as_it_says_or_not(packing: str, pieces: int) -> None:
    bare = zlib.compressobj(wbits=-15)
    body = {
        "plain": EVENTS,
        "gzip": gzip.compress(EVENTS),
        "members": gzip.compress(EVENTS[:50]) + gzip.compress(EVENTS[50:]),
        "deflate": zlib.compress(EVENTS),
        "bare deflate": bare.compress(EVENTS) + bare.flush(),
    }[packing]
    chunks = (body[at : at + pieces] for at in range(0, len(body), pieces))
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n"
    encodings = ["deflate"] if "deflate" in packing else ["gzip"] if packing != "plain" else ["gzip", "deflate"]
    sent = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
    for encoding in encodings:
        with Scripted(serving(head + f"Content-Encoding: {encoding}\r\n\r\n".encode() + sent)) as server:
            with Client("token", server.url) as client:
                response = client.stream_complete(REQUEST, "model").final()
                assert response.completions[0].completion == " well"


def test_a_recording_that_keeps_the_encoding_over_a_body_that_is_plain_is_replayed(tmp_path: Path) -> None:
    """As the vendor's async client makes them: aiohttp has unpacked what it gives to vcrpy."""
    tape = tmp_path / "tape.yaml"
    recorded = {
        "version": 1,
        "interactions": [
            {
                "request": {"method": "POST", "uri": "https://api.example.com/complete", "body": None, "headers": {}},
                "response": {
                    "status": {"code": 200, "message": "OK"},
                    "headers": {"Content-Encoding": ["gzip"], "Content-Type": ["application/json"]},
                    "body": {"string": BODY.decode()},
                },
            }
        ],
    }
    tape.write_text(json.dumps(recorded))
    with vcr.use_cassette(str(tape), record_mode="none", match_on=["method", "path"]):
        with Client("token", "https://api.example.com") as client:
            assert (client.complete(REQUEST, "model")).completions[0].completion == " well"


def test_a_length_that_is_said_twice_is_read_and_noted(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "aleph_alpha")
    twice = answer(BODY, "200 OK", f"Content-Length: {len(BODY)}")
    with Scripted(serving(twice)) as server:
        with Client("token", server.url) as client:
            client.complete(REQUEST, "model")
            response = client.complete(REQUEST, "model")
            assert response.completions[0].completion == " well"
            assert response.meta is not None
            assert response.meta.headers["content-length"] == str(len(BODY))
        assert server.connections == 1
    assert [str(each) for each in response.meta.deviations] == [
        "header content-length: expected one value, got the same value again"
    ]
    assert "header content-length" in caplog.text


def test_json_behind_a_byte_order_mark_is_read_and_noted(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "aleph_alpha")
    with Scripted(serving(answer(MARK + BODY), answer(MARK + b"4.7.0"))) as server:
        with Client("token", server.url) as client:
            assert (client.complete(REQUEST, "model")).completions[0].completion == " well"
            assert client.get_version() == "4.7.0"
    assert "byte order mark" in caplog.text


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1), st.sampled_from(["gzip", "deflate"]))
def test_any_text_comes_out_as_it_was_packed_or_not(text: str, encoding: str) -> None:
    content = text.encode()
    packed = gzip.compress(content) if encoding == "gzip" else zlib.compress(content)
    headers = [(b"Content-Encoding", encoding.encode())]
    for sent, noted in ((content, 1), (packed, 0)):
        found = unpacked(WireResponse(200, headers, sent, True, False), 1_000_000)
        assert (found.content, len(found.deviations)) == (content, noted)
