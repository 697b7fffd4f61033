"""The decoder of event streams: the standard's rules, wherever the bytes are cut."""

from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

from aleph_alpha._http.sse import Decoder, Event


def message(data: str, type_: str = "message", id_: str = "") -> Event:
    return Event(data.encode(), type_, id_)


# A stream, and what comes of it.
CORPUS: dict[str, tuple[bytes, list[Event]]] = {
    "nothing": (b"", []),
    "a line feed": (b"\n", []),
    "many line ends": (b"\n\n\r\r\r\n\r\n\n", []),
    "an event": (b"data: a\n\n", [message("a")]),
    "with carriage returns": (b"data: a\r\rdata: b\r\r", [message("a"), message("b")]),
    "with both": (b"data: a\r\n\r\ndata: b\r\n\r\n", [message("a"), message("b")]),
    "line ends mixed": (b"data: a\rdata: b\ndata: c\r\n\r\n", [message("a\nb\nc")]),
    "line feed, then carriage return": (b"data: a\n\rdata: b\n\n", [message("a"), message("b")]),
    "carriage return, line feed, line feed": (b"data: a\r\n\ndata: b\n\n", [message("a"), message("b")]),
    "carriage return at the very end": (b"data: a\n\r", [message("a")]),
    "no space": (b"data:a\n\n", [message("a")]),
    "two spaces": (b"data:  a\n\n", [message(" a")]),
    "a space behind": (b"data: a \n\n", [message("a ")]),
    "a tab is no space": (b"data:\ta\n\n", [message("\ta")]),
    "a space before the colon is part of the name": (b"data : a\n\n", []),
    "a space before the name is part of the name": (b" data: a\n\n", []),
    "names know upper and lower case": (b"Data: a\nDATA: b\n\n", []),
    "no colon": (b"data\n\n", [message("")]),
    "no colon, twice": (b"data\ndata\n\n", [message("\n")]),
    "an empty value": (b"data:\n\n", [message("")]),
    "an empty value with its space": (b"data: \n\n", [message("")]),
    "empty, then not": (b"data:\ndata: a\n\n", [message("\na")]),
    "not empty, then empty": (b"data: a\ndata:\n\n", [message("a\n")]),
    "two lines of data": (b"data: a\ndata: b\n\n", [message("a\nb")]),
    "lines with and without space": (b"data:a\ndata: b\ndata\n\n", [message("a\nb\n")]),
    "a colon in the value": (b"data: a: b:c\n\n", [message("a: b:c")]),
    "the value is a colon": (b"data::\n\n", [message(":")]),
    "a comment": (b": comment\n\n", []),
    "an empty comment": (b":\n\n", []),
    "a comment before an event": (b": ping\ndata: a\n\n", [message("a")]),
    "a comment within an event": (b"data: a\n: ping\ndata: b\n\n", [message("a\nb")]),
    "a comment behind an event": (b"data: a\n\n: ping\n\n", [message("a")]),
    "a comment that looks like data": (b":data: a\n\n", []),
    "a comment that ends the stream": (b"data: a\n\n: bye", [message("a")]),
    "only comments": (b": a\n: b\n\n: c\n\n", []),
    "a type": (b"event: ping\ndata: a\n\n", [message("a", "ping")]),
    "a type without space": (b"event:ping\ndata: a\n\n", [message("a", "ping")]),
    "a type behind the data": (b"data: a\nevent: ping\n\n", [message("a", "ping")]),
    "the last type counts": (b"event: x\nevent: y\ndata: a\n\n", [message("a", "y")]),
    "an empty type": (b"event:\ndata: a\n\n", [message("a")]),
    "a type lasts for one event": (b"event: x\ndata: a\n\ndata: b\n\n", [message("a", "x"), message("b")]),
    "a type without data is lost": (b"event: x\n\ndata: a\n\n", [message("a")]),
    "a type that is no UTF-8": (b"event: \xff\ndata: a\n\n", [message("a", "\ufffd")]),
    "an id": (b"id: 1\ndata: a\n\n", [message("a", id_="1")]),
    "an id lasts": (b"id: 1\ndata: a\n\ndata: b\n\n", [message("a", id_="1"), message("b", id_="1")]),
    "an id without data lasts": (b"id: 1\n\ndata: a\n\n", [message("a", id_="1")]),
    "an empty id resets it": (b"id: 1\ndata: a\n\nid\ndata: b\n\n", [message("a", id_="1"), message("b")]),
    "an id with a zero is ignored": (b"id: 1\nid: 2\0\ndata: a\n\n", [message("a", id_="1")]),
    "a time to reconnect": (b"retry: 10\ndata: a\n\n", [message("a")]),
    "a time that is none": (b"retry: 1x\nretry: -1\nretry: 1.5\nretry\ndata: a\n\n", [message("a")]),
    "an endless time": (b"retry: " + b"9" * 5000 + b"\ndata: a\n\n", [message("a")]),
    "unknown fields": (b"foo: bar\nfoo\ndatab: x\ndat: y\ndata: a\n\n", [message("a")]),
    "a line that is only a name": (b"{}\ndata: a\n\n", [message("a")]),
    "a byte order mark": (b"\xef\xbb\xbfdata: a\n\n", [message("a")]),
    "a byte order mark and nothing": (b"\xef\xbb\xbf", []),
    "a byte order mark and a comment": (b"\xef\xbb\xbf: hi\n\ndata: a\n\n", [message("a")]),
    "two byte order marks": (b"\xef\xbb\xbf\xef\xbb\xbfdata: a\n\ndata: b\n\n", [message("b")]),
    "a byte order mark later": (b"data: a\n\n\xef\xbb\xbfdata: b\n\ndata: c\n\n", [message("a"), message("c")]),
    "a byte order mark in the data": (b"data: \xef\xbb\xbfa\n\n", [message("\ufeffa")]),
    "half a byte order mark": (b"\xef\xbbdata: a\n\ndata: b\n\n", [message("b")]),
    "line separator in the data": ("data: {\"a\": \"\u2028\"}\n\n".encode(), [message('{"a": "\u2028"}')]),
    "paragraph separator": ("data: a\u2029b\n\n".encode(), [message("a\u2029b")]),
    "next line": ("data: a\u0085b\n\n".encode(), [message("a\u0085b")]),
    "separators of str.splitlines": (b"data: a\x0bb\x0cc\x1cd\x1ee\n\n", [message("a\x0bb\x0cc\x1cd\x1ee")]),
    "umlauts and an emoji": ("data: Größe 🦙\n\n".encode(), [message("Größe 🦙")]),
    "a zero in the data": (b"data: a\0b\n\n", [message("a\0b")]),
    "bytes that are not UTF-8 are kept": (b"data: \xff\xfe\n\n", [Event(b"\xff\xfe")]),
    "an event without its end": (b"data: a\n\ndata: b\n", [message("a")]),
    "a line without its end": (b"data: a\n\ndata: b", [message("a")]),
    "data, and no line end at all": (b"data: [DONE]", []),
    "an escaped line feed is data": (b'data: "\\n"\n\n', [message('"\\n"')]),
    "a long line": (b"data: " + b"x" * 300 + b"\n\n", [message("x" * 300)]),
    "many events": (b"".join(b"data: %d\n\n" % n for n in range(20)), [message(str(n)) for n in range(20)]),
    "the recorded form of a chat": (
        b'data: {"choices":[{"delta":{"content":"Hi"}}]}\n\ndata: [DONE]\n\n',
        [message('{"choices":[{"delta":{"content":"Hi"}}]}'), message("[DONE]")],
    ),
    "everything at once": (
        b"\xef\xbb\xbf: hello\r\nretry: 3000\r\nid: 7\r\nevent: delta\r\ndata: one\r\ndata:two\r\n\r\n:\r\rdata\r\r",
        [message("one\ntwo", "delta", "7"), message("", id_="7")],
    ),
}  # fmt: skip


def decode(*chunks: bytes) -> list[Event]:
    decoder = Decoder()
    return [event for chunk in chunks for event in decoder.feed(chunk)]


def test_the_corpus_is_large_enough() -> None:
    assert len(CORPUS) >= 60


@pytest.mark.parametrize(("stream", "events"), CORPUS.values(), ids=CORPUS.keys())
def test_a_stream_gives_its_events_wherever_it_is_cut(stream: bytes, events: list[Event]) -> None:
    assert decode(stream) == events
    for cut in range(len(stream) + 1):
        assert decode(stream[:cut], stream[cut:]) == events, cut
    assert decode(*(stream[at : at + 1] for at in range(len(stream)))) == events
    assert decode(*(part for at in range(len(stream)) for part in (stream[at : at + 1], b""))) == events


def by_the_book(stream: bytes) -> list[Event]:
    """The standard's algorithm, step by step and character by character."""
    text = stream.removeprefix(b"\xef\xbb\xbf").decode("latin-1")
    lines, line, at = [], "", 0
    while at < len(text):
        if text[at] in "\r\n":
            at += text[at : at + 2] == "\r\n"
            lines.append(line)
            line = ""
        else:
            line += text[at]
        at += 1
    events: list[Event] = []
    data, kind, last_id = "", "", ""
    for line in lines:
        if line == "":
            if data != "":
                events.append(Event(data[:-1].encode("latin-1"), as_utf_8(kind) or "message", as_utf_8(last_id)))
            data = kind = ""
            continue
        name, value = line.split(":", 1) if ":" in line else (line, "")
        value = value[1:] if value[:1] == " " else value
        if name == "data":
            data += value + "\n"
        elif name == "event":
            kind = value
        elif name == "id" and "\0" not in value:
            last_id = value
    return events


def as_utf_8(text: str) -> str:
    return text.encode("latin-1").decode("utf-8", "replace")


PIECES = st.sampled_from(
    [
        b"data",
        b"event",
        b"id",
        b"retry",
        b":",
        b" ",
        b"\n",
        b"\r",
        b"\r\n",
        b"\n\n",
        b"data: x",
        b"\xef\xbb\xbf",
        b"\0",
        b"7",
    ]
)


@settings(max_examples=400)
@given(st.lists(PIECES | st.binary(max_size=4), max_size=30), st.data())
def test_any_stream_in_any_chunks_is_read_by_the_book(pieces: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(pieces)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    chunks = [stream[start:end] for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert decode(*chunks) == by_the_book(stream)


def test_the_time_to_reconnect_is_told() -> None:
    decoder = Decoder()
    decoder.feed(b"retry: 10\nretry: 1x\n\n")
    assert decoder.retry == 10


@pytest.mark.parametrize(
    ("stream", "rest"),
    [
        (b"", b""),
        (b"data: a\n\n", b""),
        (b"data: a\n\ndata: b", b"data: b"),
        (b"data: a\n\ndata: b\nda", b"b\nda"),
        (b"data: a\n", b"a"),
    ],
)
def test_what_a_stream_ends_in_the_middle_of_is_told(stream: bytes, rest: bytes) -> None:
    decoder = Decoder()
    decoder.feed(stream)
    assert decoder.finish() == rest


def test_a_line_of_megabytes_in_small_chunks_takes_no_quadratic_time() -> None:
    """8 MB in 16-byte chunks would take an hour if each of them looked at what came before."""
    decoder = Decoder()
    decoder.feed(b"data: ")
    piece = b"x" * 16
    for _ in range(500_000):
        decoder.feed(piece)
    (event,) = decoder.feed(b"\n\n")
    assert len(event.data) == 8_000_000
