"""Recording calls into a file and answering them from it."""

from __future__ import annotations

import asyncio
import gzip
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from aleph_alpha import (
    AlephAlphaError,
    AsyncClient,
    BatchSemanticEmbeddingRequest,
    Client,
    CompletionRequest,
    DetokenizationRequest,
    Prompt,
    SemanticRepresentation,
    TokenizationRequest,
)
from aleph_alpha.testing import LocalServer
from aleph_alpha.testing.faults.kinds import Delay, Status
from aleph_alpha.testing.replay.file import CassetteError, CassetteFile, Interaction
from aleph_alpha.testing.replay.recorder import Recording, UnmatchedRequestError, UnusedRecordingError, use_cassette
from aleph_alpha.testing.replay.scrub import REPLAY_HOST
from tests.replay.blocked import no_network

MODEL = "toy-base"
TOKEN = "token-that-must-not-be-written"


@pytest.fixture(scope="module")
def server() -> Iterator[LocalServer]:
    with LocalServer() as server:
        yield server


@pytest.fixture
def cassette(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "cassette.yaml"


def completion(text: str = "An apple a day", **options: Any) -> CompletionRequest:
    return CompletionRequest(Prompt.from_text(text), maximum_tokens=4, **options)


def test_what_was_recorded_is_replayed_without_a_network(server: LocalServer, cassette: Path) -> None:
    with use_cassette(cassette, record=True, recorded_from="here"), Client(TOKEN, server.url) as client:
        live = client.complete(completion(log_probs=2), MODEL), client.models(), client.get_version()
    with no_network(), use_cassette(cassette) as recording, Client("another", REPLAY_HOST) as client:
        replayed = client.complete(completion(log_probs=2), MODEL), client.models(), client.get_version()
    assert replayed == live
    assert (recording.recorded_from, len(recording), recording.recording) == ("here", 3, False)


def test_both_clients_share_a_cassette(server: LocalServer, cassette: Path) -> None:
    with use_cassette(cassette, record=True), Client(TOKEN, server.url + "/v1/") as client:
        live = client.complete(completion(), MODEL)

    async def replayed() -> Any:
        async with AsyncClient("another", "https://my.own.example/v1") as client:
            return await client.complete(completion(), MODEL)

    with no_network(), use_cassette(cassette):
        assert asyncio.run(replayed()) == live


def test_neither_token_nor_host_is_written(server: LocalServer, cassette: Path) -> None:
    with use_cassette(cassette, record=True), Client(TOKEN, server.url, headers={"cookie": "a=b"}) as client:
        client.complete(completion(f"my token is {TOKEN}"), MODEL)
    text = cassette.read_text("utf-8")
    assert TOKEN not in text
    assert server.url.partition("://")[2] not in text
    assert "cookie" not in text
    assert "my token is removed" in text
    with no_network(), use_cassette(cassette), Client("another-long-token", REPLAY_HOST) as client:
        client.complete(completion("my token is another-long-token"), MODEL)


def test_recording_twice_gives_the_same_bytes(server: LocalServer, cassette: Path) -> None:
    written = []
    for _ in range(2):
        with use_cassette(cassette, record=True), Client(TOKEN, server.url) as client:
            client.complete(completion(), MODEL)
            client.tokenizer(MODEL)
        written.append(cassette.read_bytes())
    assert written[0] == written[1]


def test_calls_at_once_are_written_in_the_order_of_their_sending(server: LocalServer, cassette: Path) -> None:
    texts = ["apples", "pears", "plums"]
    slow = server.faults.add(Delay(0.3), path="/complete", on=1)

    async def complete_many() -> None:
        async with AsyncClient(TOKEN, server.url) as client:
            await client.complete_many(map(completion, texts), MODEL, num_concurrent_requests=2)

    with slow, use_cassette(cassette, record=True):
        asyncio.run(complete_many())
    bodies = [each.request_body for each in CassetteFile.read(cassette).interactions]
    assert [text for body in bodies for text in texts if text.encode() in body] == texts


def test_vcrpy_and_other_readers_of_yaml_understand_the_file(server: LocalServer, cassette: Path) -> None:
    with use_cassette(cassette, record=True), Client(TOKEN, server.url) as client:
        version = client.get_version()
    import vcr  # type: ignore[import-untyped]

    with vcr.use_cassette(str(cassette), record_mode="none", match_on=["method", "path"]):
        assert httpx.get(REPLAY_HOST + "/version").text == version
    document = yaml.safe_load(cassette.read_text("utf-8"))
    assert list(document) == ["recorded_from", "version", "interactions"]


@pytest.mark.parametrize("at_once", [1, 6])
def test_identical_requests_are_answered_in_order_and_only_as_often_as_recorded(
    server: LocalServer, cassette: Path, at_once: int
) -> None:
    with use_cassette(cassette, record=True), Client(TOKEN, server.url, total_retries=0) as client:
        server.faults.add(Status(429), on=2)
        outcomes = [attempt(client) for _ in range(6)]
        server.faults.clear()
    assert outcomes == ["ok", "status 429 FAULT: injected 429", "ok", "ok", "ok", "ok"]
    with no_network(), use_cassette(cassette), Client(TOKEN, REPLAY_HOST, total_retries=0) as client:
        if at_once == 1:
            assert [attempt(client) for _ in range(6)] == outcomes
        else:
            got: list[str] = []
            threads = [threading.Thread(target=lambda: got.append(attempt(client))) for _ in range(6)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert sorted(got) == sorted(outcomes)


def attempt(client: Client) -> str:
    try:
        client.tokenize(TokenizationRequest("a b", tokens=True, token_ids=True), MODEL)
    except AlephAlphaError as error:
        return str(error)
    return "ok"


def test_retries_are_recorded_and_replayed(server: LocalServer, cassette: Path) -> None:
    twice_busy = server.faults.add(Status(503, retry_after=0.01), on=(1, 2))
    with twice_busy, use_cassette(cassette, record=True), Client(TOKEN, server.url) as client:
        live = client.complete(completion(), MODEL)
    with no_network(), use_cassette(cassette) as recording, Client(TOKEN, REPLAY_HOST) as client:
        replayed = client.complete(completion(), MODEL)
    assert live.meta is not None
    assert replayed.meta is not None
    assert live.meta.attempts == replayed.meta.attempts == len(recording) == 3


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_an_unrecorded_request_shows_the_difference_and_is_not_tried_again(
    server: LocalServer, cassette: Path, kind: str
) -> None:
    with use_cassette(cassette, record=True), Client(TOKEN, server.url) as client:
        client.complete(completion(), MODEL)

    def call() -> None:
        if kind == "sync":
            with Client(TOKEN, REPLAY_HOST) as client:
                client.complete(completion("An apple a week"), MODEL)
        else:
            asyncio.run(call_async())

    async def call_async() -> None:
        async with AsyncClient(TOKEN, REPLAY_HOST) as client:
            await client.complete(completion("An apple a week"), MODEL)

    with no_network(), pytest.raises(UnmatchedRequestError) as caught, use_cassette(cassette) as recording:
        call()
    assert not isinstance(caught.value, AlephAlphaError)
    assert len(recording.unmatched) == 1
    text = str(caught.value)
    assert str(cassette) in text
    assert '-      "data": "An apple a day",' in text
    assert '+      "data": "An apple a week",' in text
    assert "pytest --aleph-alpha-record" in text


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_streams_are_recorded_and_replayed(server: LocalServer, cassette: Path, kind: str) -> None:
    def texts(host: str) -> list[str]:
        if kind == "sync":
            with Client(TOKEN, host) as client, client.stream_complete(completion(), MODEL) as stream:
                return list(stream.text())
        return asyncio.run(texts_async(host))

    async def texts_async(host: str) -> list[str]:
        async with AsyncClient(TOKEN, host) as client, client.stream_complete(completion(), MODEL) as stream:
            return [piece async for piece in stream.text()]

    with use_cassette(cassette, record=True):
        live = texts(server.url)
    with no_network(), use_cassette(cassette):
        assert texts(REPLAY_HOST) == live != []


def test_an_unrecorded_request_in_a_batch_is_not_hidden(server: LocalServer, cassette: Path) -> None:
    request = BatchSemanticEmbeddingRequest(
        [Prompt.from_text(text) for text in "abcd"], SemanticRepresentation.Symmetric, compress_to_size=128
    )
    with use_cassette(cassette, record=True), Client(TOKEN, server.url) as client:
        live = client.batch_semantic_embed(request, MODEL, batch_size=2, num_concurrent_requests=2)
    with no_network(), use_cassette(cassette), Client(TOKEN, REPLAY_HOST) as client:
        assert client.batch_semantic_embed(request, MODEL, batch_size=2, num_concurrent_requests=2) == live
    with (
        no_network(),
        pytest.raises(UnmatchedRequestError),
        use_cassette(cassette),
        Client(TOKEN, REPLAY_HOST) as client,
    ):
        client.batch_semantic_embed(request, MODEL, batch_size=1, num_concurrent_requests=2)


def test_an_unrecorded_request_that_the_program_swallows_comes_out_at_the_end(
    server: LocalServer, cassette: Path
) -> None:
    with use_cassette(cassette, record=True), Client(TOKEN, server.url) as client:
        client.get_version()

    def swallowing() -> None:
        with use_cassette(cassette), Client(TOKEN, REPLAY_HOST) as client:
            client.get_version()
            with pytest.raises(UnmatchedRequestError):
                client.get_version()

    with pytest.raises(UnmatchedRequestError, match="recorded once and has now been sent twice"):
        swallowing()


def test_a_recording_that_is_not_used_is_reported(server: LocalServer, cassette: Path) -> None:
    with use_cassette(cassette, record=True), Client(TOKEN, server.url) as client:
        client.get_version()
        client.detokenize(DetokenizationRequest([1, 2]), MODEL)
    with pytest.raises(UnusedRecordingError) as caught, use_cassette(cassette), Client(TOKEN, REPLAY_HOST) as client:
        client.get_version()
    assert "holds 1 recording(s)" in str(caught.value)
    assert "2. POST /detokenize" in str(caught.value)


def test_a_failure_is_not_buried_under_unused_recordings(server: LocalServer, cassette: Path) -> None:
    with use_cassette(cassette, record=True), Client(TOKEN, server.url) as client:
        client.get_version()
    with pytest.raises(ZeroDivisionError), use_cassette(cassette):
        raise ZeroDivisionError


def test_a_failure_leaves_the_old_recording_in_place(server: LocalServer, cassette: Path) -> None:
    with use_cassette(cassette, record=True), Client(TOKEN, server.url) as client:
        client.get_version()
    before = cassette.read_bytes()

    def failing() -> None:
        with use_cassette(cassette, record=True), Client(TOKEN, server.url) as client:
            client.models()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failing()
    assert cassette.read_bytes() == before


def test_other_programs_calls_go_through(server: LocalServer, cassette: Path) -> None:
    with use_cassette(cassette, record=True), Client(TOKEN, server.url) as client:
        assert httpx.get(server.url + "/version").status_code == 200
        client.get_version()
    with use_cassette(cassette) as recording, Client(TOKEN, REPLAY_HOST) as client:
        assert httpx.get(server.url + "/version").status_code == 200
        client.get_version()
    assert len(recording) == 1


def test_a_client_with_its_own_http_client_is_recorded_as_well(server: LocalServer, cassette: Path) -> None:
    for recording, host in ((True, server.url), (False, REPLAY_HOST)):
        with (
            use_cassette(cassette, record=recording),
            httpx.Client() as own,
            Client(TOKEN, host, http_client=own) as client,
        ):
            assert client.get_version() == "4.7.0"


def test_large_answers_are_compressed_without_loss(server: LocalServer, cassette: Path) -> None:
    request = BatchSemanticEmbeddingRequest(
        [Prompt.from_text(f"text {number}") for number in range(40)],
        SemanticRepresentation.Symmetric,
        compress_to_size=128,
    )
    with use_cassette(cassette, record=True), Client(TOKEN, server.url) as client:
        live = client.batch_semantic_embed(request, MODEL)
    plain = len(CassetteFile.read(cassette).interactions[0].body)
    assert plain > 32 * 1024
    assert cassette.stat().st_size < 0.75 * plain
    response = yaml.safe_load(cassette.read_text("utf-8"))["interactions"][0]["response"]
    assert response["headers"]["content-encoding"] == ["gzip"]
    assert len(gzip.decompress(response["body"]["string"])) == plain
    with no_network(), use_cassette(cassette), Client(TOKEN, REPLAY_HOST) as client:
        assert client.batch_semantic_embed(request, MODEL) == live


def test_a_cassette_that_would_be_too_large_is_not_written(server: LocalServer, cassette: Path) -> None:
    with (
        pytest.raises(CassetteError, match=r"would have \d+ kB, but 10 are allowed.*GET.*tokenizer"),
        use_cassette(cassette, record=True, max_kilobytes=10),
        Client(TOKEN, server.url) as client,
    ):
        client.tokenizer(MODEL)
    assert not cassette.exists()


def test_a_recording_with_a_secret_in_it_is_not_written(server: LocalServer, cassette: Path) -> None:
    secret = "kJ8sd92nfQpL0x7TzVb3mYwR4u"
    with (
        pytest.raises(CassetteError, match="holds what looks like a secret") as caught,
        use_cassette(cassette, record=True),
        Client(TOKEN, server.url) as client,
    ):
        client.complete(completion(f"The password is {secret}"), MODEL)
    assert secret not in str(caught.value)
    assert not cassette.exists()
    with use_cassette(cassette, record=True, allowed=["kJ8.*"]), Client(TOKEN, server.url) as client:
        client.complete(completion(f"The password is {secret}"), MODEL)
    assert cassette.exists()


def test_a_recording_without_a_call_is_an_error(cassette: Path) -> None:
    with pytest.raises(CassetteError, match="made no call"), use_cassette(cassette, record=True):
        pass


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "There is not a cassette"),
        ("", "is not a cassette"),
        ("[1, 2]", "is not a cassette"),
        ("interactions: [1]", "is not a cassette"),
        ("interactions: [{request: {method: GET}}]", "is not a cassette"),
        ("interactions: {", "cannot be read"),
        ("!!python/object/apply:os.getcwd []", "cannot be read"),
    ],
)
def test_a_broken_cassette_is_reported_before_the_test_begins(
    cassette: Path, content: str | None, message: str
) -> None:
    if content is not None:
        cassette.parent.mkdir()
        cassette.write_text(content)
    with pytest.raises(CassetteError, match=message) as caught, use_cassette(cassette):
        raise AssertionError("not reached")
    assert str(cassette) in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"data: {}\n\ndata: [DONE]\n\n",
        b"data: {}\r\n\r\ndata: x \r\n",
        b"\x00\xff\xfe",
        "\ufeff{}".encode(),
        b" lead and trail \n ",
        "\u2028 \u0085 \U0001f600 \x07".encode(),
        b"'\"\\: #{}[]|>- \n\t",
        b"yes",
        b"12",
        b"a" * 40_000,
    ],
)
def test_bodies_survive_the_file_to_the_byte(cassette: Path, body: bytes) -> None:
    interaction = Interaction(
        "POST", REPLAY_HOST + "/x", {"content-type": "a/b"}, body, 200, "OK", {"a": ["b", "c"]}, body
    )
    CassetteFile("test", [interaction]).write(cassette, max_kilobytes=1000)
    assert CassetteFile.read(cassette).interactions == [interaction]


def test_the_recording_can_be_looked_at(server: LocalServer, cassette: Path) -> None:
    with use_cassette(cassette, record=True) as recording, Client(TOKEN, server.url) as client:
        assert isinstance(recording, Recording)
        client.get_version()
        assert len(recording) == 1
        recording.abandon()
    assert not cassette.exists()
