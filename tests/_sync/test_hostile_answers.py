# Made from tests/_async/test_hostile_answers.py by scripts/unasync.py: change it there, then run `make fix`.
"""What hostile answers can do: end in a documented error, in bounded time and memory."""

from __future__ import annotations

import pickle
import tracemalloc
from typing import Any

import pytest

from aleph_alpha import AlephAlphaError, Client, CompletionRequest, Prompt, StreamError, errors as err
from aleph_alpha._http import sse
from tests.failures.networks import COMPLETION
from tests.wire.scripted import Peer, Scripted, answer

pytestmark = pytest.mark.proxied

MODEL = "some-model"
REQUEST = CompletionRequest(Prompt.from_text("x"), maximum_tokens=1)
ONE = b'"num_tokens_generated": 1'


def number(text: bytes) -> bytes:
    """A completion with another number in it."""
    return COMPLETION.replace(ONE, b'"num_tokens_generated": ' + text)


def beside(text: bytes) -> bytes:
    """A completion with one more member."""
    return COMPLETION.replace(b"{", b"{" + text + b", ", 1)


def text(escaped: bytes) -> bytes:
    """A completion with another text in it."""
    return COMPLETION.replace(b'"well"', b'"' + escaped + b'"')


NOT_JSON = "not JSON"

# body -> the completion's text and token count, or a part of the message
JSON: dict[str, tuple[bytes, Any]] = {
    "a name twice: the last one counts": (beside(b'"num_tokens_generated": 7'), ("well", 1)),
    "NaN": (number(b"NaN"), ("well", None)),
    "Infinity": (number(b"Infinity"), ("well", None)),
    "more than a double holds": (number(b"1e400"), ("well", None)),
    "more than 64 bits": (number(b"18446744073709551616"), ("well", 18446744073709551616)),
    "100,000 digits": (number(b"9" * 100_000), NOT_JSON),
    "a whole number as a fraction": (number(b"1.0"), ("well", 1)),
    "true for a number": (number(b"true"), ("well", None)),
    "minus zero": (number(b"-0"), ("well", 0)),
    "1,000 levels deep": (beside(b'"x": ' + b"[" * 1000 + b"]" * 1000), ("well", 1)),
    "100,000 arrays deep": (beside(b'"x": ' + b"[" * 100_000 + b"]" * 100_000), NOT_JSON),
    "100,000 objects deep": (beside(b'"x": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000), NOT_JSON),
    "half a surrogate pair": (text(b"\\ud800"), ("\ufffd", 1)),
    "a surrogate pair": (text(b"\\ud83d\\ude00"), ("\U0001f600", 1)),
    "NUL": (text(b"\\u0000"), ("\0", 1)),
    "a raw control character": (text(b"a\nb"), NOT_JSON),
    "a byte order mark": (b"\xef\xbb\xbf" + COMPLETION, ("well", 1)),
    "two byte order marks": (2 * b"\xef\xbb\xbf" + COMPLETION, NOT_JSON),
    "UTF-16": (COMPLETION.decode().encode("utf-16"), "UTF-8"),
    "invalid UTF-8": (text(b"\xff"), "UTF-8"),
    "something after it": (COMPLETION + b"x", NOT_JSON),
    "two responses": (COMPLETION * 2, NOT_JSON),
    "nothing": (b"", NOT_JSON),
    "null": (b"null", "null"),
    "names of Python's own": (beside(b'"__class__": "x", "__proto__": {}, "__init__": 1'), ("well", 1)),
    "a name of a megabyte": (beside(b'"' + b"k" * 1_000_000 + b'": 1'), ("well", 1)),
}


def always(data: bytes) -> Any:
    """A server that says nothing else."""

    def script(peer: Peer) -> None:
        while peer.request() is not None:
            peer.send(data)

    return script


@pytest.mark.parametrize("name", JSON)
def test_json_is_read_or_refused_as_the_table_says(name: str) -> None:
    body, expected = JSON[name]
    with Scripted(always(answer(body))) as server:
        with Client("token", server.url) as client:
            if isinstance(expected, str):
                with pytest.raises(err.ResponseError, match=expected) as caught:
                    client.complete(REQUEST, MODEL)
                assert len(str(caught.value)) < 500
                assert len(caught.value.body) <= 10_000
            else:
                response = client.complete(REQUEST, MODEL)
                assert (response.completions[0].completion, response.num_tokens_generated) == expected


@pytest.mark.parametrize("status", ["400 Bad Request", "500 Error", "302 Found"])
@pytest.mark.parametrize(
    "body",
    [b"x" * 20_000_000, b'{"error": "' + b"x" * 20_000_000 + b'"}', b"[" * 20_000_000, b"\xff" * 20_000_000],
    ids=["text", "message", "nested", "no text"],
)
def test_an_error_body_of_any_size_is_shown_in_a_few_lines(body: bytes, status: str) -> None:
    with Scripted(always(answer(body, status, "Location: /" + "y" * 10_000))) as server:
        with Client("token", server.url, total_retries=0) as client:
            with pytest.raises(AlephAlphaError) as caught:
                client.complete(REQUEST, MODEL)
    assert len(str(caught.value)) < 20_000
    assert len(repr(caught.value)) < 20_000
    assert type(pickle.loads(pickle.dumps(caught.value))) is type(caught.value)


def test_an_event_without_end_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "MAX_EVENT_BYTES", 4_000_000)

    def script(peer: Peer) -> None:
        peer.request()
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: ")
        while True:
            peer.send(b"x" * 100_000)

    with Scripted(script) as server:
        with Client("token", server.url) as client:
            tracemalloc.start()
            try:
                with pytest.raises(StreamError, match="larger than 4,000,000 bytes"):
                    client.stream_complete(REQUEST, MODEL).final()
                assert tracemalloc.get_traced_memory()[1] < 20_000_000
            finally:
                tracemalloc.stop()
