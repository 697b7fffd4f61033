"""Fault injection seen from the socket: which requests meet a fault, and what goes over the wire."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from aleph_alpha.testing import LocalServer
from aleph_alpha.testing.faults.kinds import (
    KINDS,
    BadGzip,
    BadJson,
    ContentType,
    Delay,
    Disconnect,
    Drip,
    Fault,
    HugeHeaders,
    Informational,
    NotHttp,
    Split,
    Stall,
    Status,
    StreamError,
    StreamNoise,
    Truncate,
)
from aleph_alpha.testing.faults.rules import Faults

HEADERS = {"Authorization": "Bearer x"}
BODY = {"model": "toy-base", "token_ids": [40, 41]}


@pytest.fixture(scope="module")
def server() -> Iterator[LocalServer]:
    with LocalServer() as server:
        yield server


@pytest.fixture
def faults(server: LocalServer) -> Iterator[Faults]:
    server.faults.clear()
    yield server.faults
    server.faults.clear()


@pytest.fixture
def http(server: LocalServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, headers=HEADERS, timeout=5) as client:
        yield client


class Line:
    """A plain connection to the server."""

    def __init__(self, server: LocalServer) -> None:
        host, port = server.url.removeprefix("http://").split(":")
        self.socket = socket.create_connection((host, int(port)), timeout=5)

    def ask(self, path: str = "/version", body: bytes | None = None, *, method: str = "") -> Line:
        head = (
            f"{method or ('GET' if body is None else 'POST')} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\n"
        )
        if body is not None:
            head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        self.socket.sendall(head.encode() + b"\r\n" + (body or b""))
        return self

    def rest(self) -> bytes:
        """Everything until the other side closes; `ConnectionResetError` when it resets."""
        out = b""
        while part := self.socket.recv(65536):
            out += part
        return out

    def until(self, end: bytes) -> bytes:
        out = b""
        while not out.endswith(end):
            part = self.socket.recv(65536)
            assert part, out
            out += part
        return out

    def __enter__(self) -> Line:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()


@pytest.fixture
def line(server: LocalServer) -> Iterator[Line]:
    with Line(server) as line:
        yield line


# --- which requests -------------------------------------------------------------------------------


def statuses(http: httpx.Client, *paths: str) -> list[int]:
    return [http.get(path).status_code for path in paths]


@pytest.mark.parametrize(
    ("on", "met"),
    [(None, [1, 2, 3, 4]), (1, [1]), (3, [3]), ((2, 4), [2, 4]), (range(2, 10), [2, 3, 4])],
)
def test_requests_are_counted_from_one(faults: Faults, http: httpx.Client, on: Any, met: list[int]) -> None:
    rule = faults.add(Status(418), on=on)
    got = statuses(http, *["/version"] * 4)
    assert [number for number, status in enumerate(got, 1) if status == 418] == met
    assert (rule.seen, rule.hits) == (4, len(met))


@pytest.mark.parametrize(
    ("which", "met"),
    [
        ({"path": "/version"}, ["/version", "/v1/version"]),
        ({"path": "/models*"}, ["/models_available", "/models/toy-base/tokenizer"]),
        ({"operation": "getModelTokenizer"}, ["/models/toy-base/tokenizer"]),
        ({"operation": "version"}, ["/version", "/v1/version"]),
        ({}, ["/version", "/v1/version", "/models_available", "/models/toy-base/tokenizer"]),
    ],
)
def test_a_fault_is_for_a_path_or_an_operation(
    faults: Faults, http: httpx.Client, which: dict[str, str], met: list[str]
) -> None:
    faults.add(Status(418), **which)  # type: ignore[arg-type]
    paths = ["/version", "/v1/version", "/models_available", "/models/toy-base/tokenizer"]
    assert [path for path, status in zip(paths, statuses(http, *paths), strict=True) if status == 418] == met


def test_a_path_is_met_where_a_proxy_passes_the_whole_address_on(
    faults: Faults, server: LocalServer, line: Line
) -> None:
    faults.add(Status(503), path="/version")
    assert line.ask(f"{server.url}/version?x=1").socket.recv(12) == b"HTTP/1.1 503"


def test_a_share_is_drawn_the_same_way_for_the_same_seed(faults: Faults, http: httpx.Client) -> None:
    def draw(seed: int) -> list[int]:
        with faults.add(Status(418), share=0.3, seed=seed):
            return statuses(http, *["/version"] * 60)

    first = draw(1)
    assert first == draw(1) != draw(2)
    assert 5 < first.count(418) < 35
    assert first.count(200) + first.count(418) == 60


def test_each_rule_counts_and_the_oldest_acts(faults: Faults, http: httpx.Client) -> None:
    older = faults.add(Status(418), on=2)
    newer = faults.add(Status(503), on=(1, 2, 3))
    assert statuses(http, *["/version"] * 4) == [503, 418, 503, 200]
    assert (older.hits, newer.hits, newer.seen) == (1, 2, 4)
    assert [seen.faults for seen in faults.seen] == [("Status",)] * 3 + [()]


def test_rules_end_with_their_block_and_one_by_one(faults: Faults, http: httpx.Client) -> None:
    with faults.add(Status(418)):
        assert statuses(http, "/version") == [418]
    rule = faults.add(Status(418))
    rule.end()
    rule.end()
    assert statuses(http, "/version") == [200]
    assert faults.rules == []


def test_two_servers_have_faults_of_their_own(faults: Faults, http: httpx.Client) -> None:
    with LocalServer() as other:
        other.faults.add(Status(418))
        assert statuses(http, "/version") == [200]


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((), {}, "at least one fault"),
        ((503,), {}, "not int"),
        ((Status(),), {"share": 1.5}, "share must be from 0 to 1"),
        ((Status(),), {"on": 0}, "counts requests from 1"),
        ((Status(),), {"on": ()}, "counts requests from 1"),
        ((Status(),), {"operation": "nothing"}, "not an operation of the contract"),
        ((Status(),), {"operation": "complete", "path": "/complete"}, "two names of one thing"),
    ],
)
def test_what_cannot_be_meant_is_refused(arguments: Any, options: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Faults().add(*arguments, **options)


# --- what goes over the wire ----------------------------------------------------------------------


@pytest.mark.parametrize("how", ["close", "reset"])
@pytest.mark.parametrize(
    ("at", "received"),
    [
        ("request", b""),
        ("start", b""),
        (0, b"\r\n\r\n"),
        (2, b"\r\n\r\n4."),
        ("body", b"\r\n\r\n4."),
        ("end", b"\r\n\r\n4.7.0"),
    ],
)
def test_a_connection_ends_at_any_byte(faults: Faults, line: Line, at: Any, how: Any, received: bytes) -> None:
    faults.add(Disconnect(at, how))
    line.ask()
    got = b""
    ended = "close"
    try:
        while part := line.socket.recv(1):
            got += part
    except ConnectionResetError:
        ended = "reset"
    assert (ended, got[-len(received) :] if received else got) == (how, received)
    assert b"content-length: 5" in got or not received


def test_a_head_can_be_cut(faults: Faults, line: Line) -> None:
    faults.add(Disconnect("head"))
    got = line.ask().rest()
    assert got.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"\r\n\r\n" not in got


def test_a_request_can_be_refused_before_its_body_is_sent(faults: Faults, line: Line) -> None:
    faults.add(Status(413, early=True))
    line.socket.sendall(b"POST /complete HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n{")
    got = line.rest()
    assert got.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close" in got


def test_silence_lasts_until_the_client_leaves(faults: Faults, server: LocalServer, line: Line) -> None:
    faults.add(Stall(2), on=1)
    got = line.ask().until(b"\r\n\r\n4.")
    assert b"content-length: 5" in got
    line.socket.settimeout(0.1)
    with pytest.raises(TimeoutError):
        line.socket.recv(1)


def test_a_drip_is_slow_but_complete(faults: Faults, line: Line) -> None:
    faults.add(Drip(interval=0.02))
    started = time.monotonic()
    assert line.ask().until(b"4.7.0")
    assert time.monotonic() - started >= 0.08  # four pauses


@pytest.mark.parametrize("before", ["head", "body"])
def test_a_delay_comes_before_head_or_body(faults: Faults, line: Line, before: Any) -> None:
    faults.add(Delay(0.1, before=before))
    started = time.monotonic()
    line.ask()
    if before == "body":
        line.until(b"\r\n\r\n")  # the head alone
    assert line.until(b"4.7.0").startswith(b"HTTP/1.1 200" if before == "head" else b"4.7.0")
    assert time.monotonic() - started >= 0.1


@pytest.mark.parametrize("size", [1, 3, 100])
def test_a_body_is_split_into_chunks(faults: Faults, line: Line, size: int) -> None:
    faults.add(Split(size))
    head, _, body = line.ask().until(b"0\r\n\r\n").partition(b"\r\n\r\n")
    assert b"transfer-encoding: chunked" in head
    assert b"content-length" not in head
    pieces = ["4.7.0"[start : start + size] for start in range(0, 5, size)]
    assert body == b"".join(b"%x\r\n%s\r\n" % (len(piece), piece.encode()) for piece in pieces) + b"0\r\n\r\n"


def test_interim_answers_come_first(faults: Faults, line: Line) -> None:
    faults.add(Informational(102, times=2))
    got = line.ask().until(b"4.7.0")
    assert got.count(b"HTTP/1.1 102 ") == 2
    assert got.index(b"HTTP/1.1 200 OK") > got.rindex(b"HTTP/1.1 102 ")


def test_what_is_no_http_is_sent_as_it_is(faults: Faults, line: Line) -> None:
    faults.add(NotHttp("220 smtp.example ESMTP\r\n"))
    assert line.ask().rest() == b"220 smtp.example ESMTP\r\n"


def test_a_header_can_be_huge(faults: Faults, line: Line) -> None:
    faults.add(HugeHeaders(50))
    assert len(line.ask().until(b"4.7.0")) > 50_000


def test_the_connection_goes_on_after_a_fault(faults: Faults, line: Line) -> None:
    faults.add(Status(503, body="html", retry_after=1.5), on=1)
    faults.add(ContentType(None), on=2)
    refused = line.ask().until(b"</html>")
    assert b"HTTP/1.1 503 Service Unavailable\r\n" in refused
    assert b"retry-after: 1.5\r\n" in refused
    assert b"content-type" not in line.ask().until(b"4.7.0")
    assert b"content-type: text/plain" in line.ask().until(b"4.7.0")


def test_pieces_of_a_request_make_no_difference(faults: Faults, line: Line) -> None:
    faults.add(Status(418), on=1, path="/version")
    for end in (b"}", b"4.7.0"):  # the fault's body, then the server's
        for byte in b"GET /version HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\n\r\n":
            line.socket.sendall(bytes([byte]))
        assert line.until(end).startswith(b"HTTP/1.1 ")
    assert [seen.faults for seen in faults.seen] == [("Status",), ()]


def test_what_is_no_request_is_the_servers_to_refuse(faults: Faults, line: Line) -> None:
    faults.add(Status(418))
    line.socket.sendall(b"GARBAGE\r\n\r\n")
    assert line.rest().startswith(b"HTTP/1.1 400 ")


def test_expect_100_continue_still_works_with_a_fault(faults: Faults, line: Line) -> None:
    faults.add(ContentType(None))
    body = json.dumps(BODY).encode()
    line.socket.sendall(
        b"POST /detokenize HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\nContent-Type: application/json\r\n"
        b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(body)
    )
    assert line.until(b"\r\n\r\n").startswith(b"HTTP/1.1 100 ")
    line.socket.sendall(body)
    assert b"HTTP/1.1 200 OK" in line.until(b"}")


# --- what is said ---------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["mistyped", "incomplete", "other", "not_json", "not_utf8", "empty"])
def test_json_can_be_broken_in_every_way(faults: Faults, http: httpx.Client, how: Any) -> None:
    whole = http.post("/detokenize", json=BODY).json()
    faults.add(BadJson(how))
    answer = http.post("/detokenize", json=BODY)
    assert answer.headers["content-length"] == str(len(answer.content))
    broken: dict[str, Any] = {"mistyped": {"result": {"not": "expected"}}, "incomplete": {}, "other": [["surprise"]]}
    if how in broken:
        assert answer.json() == broken[how] != whole
    else:
        with pytest.raises((json.JSONDecodeError, UnicodeDecodeError)):
            json.loads(answer.content.decode())


@pytest.mark.parametrize("at", [None, 3, -1, 0])
def test_a_body_can_be_cut_in_a_valid_frame(faults: Faults, http: httpx.Client, at: int | None) -> None:
    faults.add(Truncate(at))
    assert http.get("/version").text == "4.7.0"[: 2 if at is None else at]


@pytest.mark.parametrize("how", ["plain", "corrupt", "truncated", "bomb"])
def test_gzip_can_be_broken(faults: Faults, line: Line, how: Any) -> None:
    faults.add(BadGzip(how, megabytes=2), Disconnect("end"))
    head, _, body = line.ask().rest().partition(b"\r\n\r\n")
    assert b"content-encoding: gzip" in head
    if how == "bomb":
        assert len(gzip.decompress(body)) == 2_000_005
        assert len(body) < 10_000
    else:
        with pytest.raises((OSError, EOFError)):
            gzip.decompress(body)


def streamed(http: httpx.Client) -> tuple[bytes, list[Any]]:
    body = {"model": "toy-base", "prompt": [{"type": "text", "data": "The sun"}], "maximum_tokens": 4, "stream": True}
    content = http.post("/complete", json=body).content
    data = [
        line[5:].strip()
        for line in content.decode().replace("\r\n", "\n").replace("\r", "\n").split("\n")
        if line.startswith("data:")
    ]
    return content, [json.loads(each) for each in data]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_stream_can_have_everything_that_its_format_allows(faults: Faults, http: httpx.Client, end: Any) -> None:
    _, whole = streamed(http)
    faults.add(StreamNoise(line_end=end, space=False))
    content, events = streamed(http)
    assert events == whole
    for part in (": still there", "event: message", "id: 0", "retry: 1000", 'data:{"'):
        assert part.encode() in content
    assert end.encode() in content
    assert b"\n" in content or end == "\r"


@pytest.mark.parametrize("after", [0, 1])
def test_a_stream_can_have_an_error_in_it(faults: Faults, http: httpx.Client, after: int) -> None:
    _, whole = streamed(http)
    faults.add(StreamError(after, code="SOME_CODE"))
    _, events = streamed(http)
    assert events == [*whole[:after], {"error": "injected into the stream", "code": "SOME_CODE"}]


def test_a_fault_that_does_not_fit_the_answer_says_so(faults: Faults, http: httpx.Client) -> None:
    faults.add(BadJson("mistyped"))
    answer = http.get("/version")
    assert answer.status_code == 500
    assert "The fault does not fit this response" in answer.text


def test_several_faults_go_into_one_answer(faults: Faults, line: Line) -> None:
    faults.add(Disconnect(3), Informational(), Delay(0.01), Split(1))
    got = line.ask().rest()
    assert got.startswith(b"HTTP/1.1 103 ")
    assert got.endswith(b"1\r\n4\r\n1\r\n.\r\n1\r\n7")


# --- stopping -------------------------------------------------------------------------------------


def test_a_server_stops_in_spite_of_what_is_stalled_or_dripping(caplog: pytest.LogCaptureFixture) -> None:
    server = LocalServer().start()
    server.faults.add(Stall("start"), on=1)
    server.faults.add(Delay(60), on=2)
    server.faults.add(Drip(1.0), on=3)
    lines = [Line(server).ask() for _ in range(3)]
    deadline = time.monotonic() + 5
    while len(server.faults.seen) < 3 and time.monotonic() < deadline:
        threading.Event().wait(0.01)
    server.stop()
    assert "timeout graceful shutdown exceeded" not in caplog.text
    for line in lines:
        line.socket.close()


# --- the control API ------------------------------------------------------------------------------


def test_rules_can_be_made_over_http(server: LocalServer, faults: Faults, http: httpx.Client) -> None:
    rule = {"faults": [{"kind": "status", "status": 418, "retry_after": 2}], "path": "/version", "on": [1, 3]}
    made = http.post("/_faults", json=rule)
    assert made.status_code == 201
    assert [http.get("/version").status_code for _ in range(3)] == [418, 200, 418]
    (listed,) = http.get("/_faults").json()
    assert listed == {**made.json(), "seen": 3, "hits": 2}
    assert http.delete(f"/_faults/{listed['id']}").status_code == 200
    assert http.get("/_faults").json() == []
    assert http.delete(f"/_faults/{listed['id']}").status_code == 404
    http.post(
        "/_faults", json={"faults": [{"kind": "delay", "seconds": 0}], "share": 1, "seed": 3, "operation": "version"}
    )
    assert http.delete("/_faults").json() == []
    assert [seen.path for seen in faults.seen] == []


def test_the_control_api_meets_no_faults_and_is_not_counted(faults: Faults, http: httpx.Client) -> None:
    rule = faults.add(Status(418))
    assert http.get("/_faults").status_code == 200
    assert (rule.seen, faults.seen) == (0, [])


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_made_over_http(faults: Faults, http: httpx.Client, kind: str) -> None:
    fields = {"seconds": 1} if kind == "delay" else {}
    assert http.post("/_faults", json={"faults": [{"kind": kind, **fields}]}).status_code == 201
    (rule,) = faults.rules
    assert isinstance(rule.faults[0], KINDS[kind])
    assert issubclass(KINDS[kind], Fault)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("{", "Expecting"),
        ("[]", '"faults", a list'),
        ('{"faults": []}', "at least one fault"),
        ('{"faults": [{"kind": "flood"}]}', '"kind", one of status, delay'),
        ('{"faults": [{"kind": "status", "statu": 1}]}', "status has no 'statu'; it has status, body"),
        ('{"faults": [{"kind": "status", "status": "503"}]}', "status.status must be int, not '503'"),
        ('{"faults": [{"kind": "status", "status": true}]}', "status.status must be int, not True"),
        ('{"faults": [{"kind": "status", "body": "xml"}]}', "status.body must be Literal"),
        ('{"faults": [{"kind": "status", "headers": {"a": 1}}]}', "status.headers must be"),
        ('{"faults": [{"kind": "disconnect", "at": 1.5}]}', "disconnect.at must be"),
        ('{"faults": [{"kind": "delay"}]}', "seconds"),
        ('{"faults": [{"kind": "drip"}], "every": 2}', "'every' is not one of faults, on, operation"),
        ('{"faults": [{"kind": "drip"}], "on": "first"}', "on must be"),
        ('{"faults": [{"kind": "drip"}], "share": 2}', "share must be from 0 to 1"),
        ('{"faults": [{"kind": "drip"}], "operation": "x"}', "not an operation of the contract"),
    ],
)
def test_the_control_api_says_what_is_wrong(faults: Faults, http: httpx.Client, body: str, message: str) -> None:
    answer = http.post("/_faults", content=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_FAULT")
    assert message in answer.json()["error"]
    assert faults.rules == []


def test_the_documented_table_is_up_to_date() -> None:
    from scripts import fault_table

    assert fault_table.main(["--check"]) == 0
