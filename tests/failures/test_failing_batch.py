"""When one request of a bulk call fails, the others end at once, wherever they hang."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
import trustme

from aleph_alpha import (
    BadRequestError,
    BatchSemanticEmbeddingRequest,
    Client,
    CompletionRequest,
    Prompt,
    SemanticRepresentation,
)
from aleph_alpha._http.wire import connect as wire_connect
from aleph_alpha._http.wire.sync_socket import wrapped
from tests.wire.scripted import Peer, Scripted, answer

pytestmark = [pytest.mark.usefixtures("nothing_left"), pytest.mark.proxied]

WORKERS = 4
REFUSAL = answer(b'{"error": "no", "code": "PROMPT_TOO_LONG"}', "400 Bad Request")
VECTOR = answer(b'{"model_version": "1", "embeddings": [[0.5]], "num_tokens_prompt_total": 1}')


def embed(client: Client) -> Any:
    """Four batches at once, the first of which is refused."""
    prompts = [Prompt.from_text(str(number)) for number in range(20)]
    request = BatchSemanticEmbeddingRequest(prompts, SemanticRepresentation.Symmetric)
    return client.batch_semantic_embed(request, "some-model", WORKERS, batch_size=1)


class Hanging:
    """Refuses the prompt "0" once the others have come as far as they are to hang."""

    def __init__(
        self, hang: Callable[[Peer], None], others: int = WORKERS - 1, before: Callable[[], object] = int
    ) -> None:
        self.hang = hang
        self.ready = threading.Semaphore(0)
        self.others = others
        self.before = before
        self.received: list[str] = []

    def __call__(self, peer: Peer) -> None:
        while (request := peer.request()) is not None:
            text = json.loads(request.body)["prompts"][0][0]["data"]
            self.received.append(text)
            if text == "0":
                self.before()
                for _ in range(self.others):
                    assert self.ready.acquire(timeout=60)
                peer.send(REFUSAL)
            else:
                self.hang(peer)
                self.ready.release()
                peer.until_closed()
                return


def client_for(server: Scripted, **options: Any) -> Client:
    """Without a bound of its own: a call that is not interrupted outlives the test's."""
    return Client("token", server.url, request_timeout_seconds=None, **options)


@pytest.mark.parametrize("retry_ambiguous", [False, True])
@pytest.mark.parametrize(
    "hang",
    [
        pytest.param(lambda peer: None, id="no response"),
        pytest.param(lambda peer: peer.send(VECTOR[:20]), id="inside the head"),
        pytest.param(lambda peer: peer.send(VECTOR[:-5]), id="inside the body"),
    ],
)
def test_batches_under_way_end_with_the_one_that_failed(hang: Callable[[Peer], None], retry_ambiguous: bool) -> None:
    script = Hanging(hang)
    with Scripted(script) as server, client_for(server, retry_ambiguous=retry_ambiguous) as client:
        with pytest.raises(BadRequestError) as caught:
            embed(client)
        assert (caught.value.partial, caught.value.attempts) == ({}, 1)
        assert sorted(script.received) == ["0", "1", "2", "3"]  # nothing was sent again, nothing more was begun


def test_batches_that_wait_for_a_connection_end_with_the_one_that_failed() -> None:
    script = Hanging(lambda peer: None, others=1)
    with Scripted(script) as server, client_for(server, limit=2) as client:
        with pytest.raises(BadRequestError):
            embed(client)
        # the connection of the one that failed may go to one that waits; the other one is still waiting then
        assert len(script.received) <= 3


def test_batches_that_wait_to_be_sent_again_end_with_the_one_that_failed() -> None:
    later = answer(b"", "503 Busy", "Retry-After: 60", "Connection: close")
    all_sent = threading.Barrier(WORKERS)  # a refusal holds for those, too, that have not been sent

    def refuse_when_all_are_there(peer: Peer) -> None:
        all_sent.wait(60)
        peer.send(later)

    script = Hanging(refuse_when_all_are_there, before=lambda: all_sent.wait(60))
    with Scripted(script) as server, client_for(server) as client:
        with pytest.raises(BadRequestError):
            embed(client)
        assert len(script.received) == WORKERS


def test_batches_within_a_tls_handshake_end_with_the_one_that_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    authority = trustme.CA()
    server_side, client_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("127.0.0.1").configure_cert(server_side)
    authority.configure_trust(client_side)
    mute = threading.Semaphore(0)

    def script(peer: Peer) -> None:
        with peer.sock.dup() as sock:
            hello = sock.recv(1, socket.MSG_PEEK)
        assert hello
        if peer.number == 0:
            for _ in range(WORKERS - 1):
                assert mute.acquire(timeout=60)
            peer.sock = wrapped(server_side, peer.sock, server_side=True)
            peer.request()
            peer.send(REFUSAL)
        else:
            mute.release()
            peer.until_closed()

    with Scripted(script) as server:
        url = server.url.replace("http:", "https:")
        monkeypatch.setattr("aleph_alpha._http.exchange.CONNECT_TIMEOUT", 600.0)
        with (
            Client("token", url, request_timeout_seconds=None, verify_ssl=client_side) as client,
            pytest.raises(BadRequestError),
        ):
            embed(client)


@pytest.mark.direct
def test_batches_that_look_up_the_host_end_with_the_one_that_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    real, asked, end = socket.getaddrinfo, threading.Semaphore(0), threading.Event()
    first = threading.Lock()

    def slow(host: Any, *arguments: Any, **named: Any) -> Any:
        if host != "slow.example" or named.get("flags"):
            return real(host, *arguments, **named)
        if first.acquire(blocking=False):
            for _ in range(WORKERS - 1):
                assert asked.acquire(timeout=60)
            return real("127.0.0.1", *arguments, **named)
        asked.release()
        assert end.wait(60)
        raise socket.gaierror(socket.EAI_AGAIN, "later")

    def refuse(peer: Peer) -> None:
        if peer.request() is not None:
            peer.send(REFUSAL)

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    monkeypatch.setattr("aleph_alpha._http.exchange.CONNECT_TIMEOUT", 600.0)
    with Scripted(refuse) as server:
        url = f"http://slow.example:{server.port}"
        with Client("token", url, request_timeout_seconds=None) as client, pytest.raises(BadRequestError):
            embed(client)
    end.set()
    for thread in threading.enumerate():
        if thread.name.startswith("look up"):
            thread.join(10)


def test_connections_that_do_not_come_about_end_with_the_one_that_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    real, first, trying = wire_connect._in_turn, threading.Lock(), threading.Semaphore(0)

    def refuse(peer: Peer) -> None:
        if peer.request() is not None:
            for _ in range(WORKERS - 1):
                assert trying.acquire(timeout=60)
            peer.send(REFUSAL)

    with full_listener() as port, Scripted(refuse) as server, client_for(server) as client:
        swallowed = socket.getaddrinfo("127.0.0.1", port, type=socket.SOCK_STREAM)

        def in_turn(addresses: Any) -> Any:
            if first.acquire(blocking=False):
                return real(addresses)
            trying.release()
            return real(swallowed)

        monkeypatch.setattr(wire_connect, "_in_turn", in_turn)
        monkeypatch.setattr("aleph_alpha._http.exchange.CONNECT_TIMEOUT", 600.0)
        with pytest.raises(BadRequestError):
            embed(client)


@contextmanager
def full_listener() -> Iterator[int]:
    """A port whose queue is full: further connections are neither made nor refused."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(8):
            sock = stack.enter_context(socket.socket())
            sock.setblocking(False)
            sock.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


def test_an_interrupted_bulk_call_keeps_what_was_there_and_reports_no_interrupted_call() -> None:
    """Ctrl-C in the main thread; the calls that it interrupts are no results, not even failed ones."""
    waiting = threading.Semaphore(0)

    def script(peer: Peer) -> None:
        while (request := peer.request()) is not None:
            if b"good" in request.body:
                body = {"model_version": "1", "completions": [], "num_tokens_prompt_total": 1}
                peer.send(answer(json.dumps(body | {"num_tokens_generated": 0}).encode()))
            else:
                waiting.release()
                peer.until_closed()
                return

    def requests() -> Iterator[CompletionRequest]:
        for text in ("good", "bad", "bad"):
            yield CompletionRequest(Prompt.from_text(text))
        assert waiting.acquire(timeout=60)
        assert waiting.acquire(timeout=60)
        raise KeyboardInterrupt

    with Scripted(script) as server, client_for(server) as client:
        with pytest.raises(KeyboardInterrupt) as caught:
            client.complete_many(requests(), "some-model", num_concurrent_requests=3, return_errors=True)
        assert sorted(vars(caught.value)["partial"]) == [0]
        assert vars(caught.value)["remaining"] == [1, 2]


def test_a_connection_that_outlives_a_batch_is_not_broken_by_its_end() -> None:
    """An interrupt of one bulk call never meets a connection that has gone on to another call."""
    done = threading.Event()

    def script(peer: Peer) -> None:
        while (request := peer.request()) is not None:
            text = json.loads(request.body)["prompts"][0][0]["data"]
            peer.send(REFUSAL if text == "7" else VECTOR)

    with Scripted(script) as server, Client("token", server.url, limit=8) as client:
        one = BatchSemanticEmbeddingRequest([Prompt.from_text("100")], SemanticRepresentation.Symmetric)

        def others() -> int:
            count = 0
            while not done.is_set():
                client.batch_semantic_embed(one, "some-model")  # raises if it is interrupted
                count += 1
            return count

        with ThreadPoolExecutor(2) as threads:
            calls = [threads.submit(others) for _ in range(2)]
            try:
                for _ in range(50):
                    with pytest.raises(BadRequestError):
                        embed(client)
            finally:
                done.set()
            assert all(call.result(60) > 0 for call in calls)
