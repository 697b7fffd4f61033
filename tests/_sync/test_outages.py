# Made from tests/_async/test_outages.py by scripts/unasync.py: change it there, then run `make fix`.
"""What an outage does to many calls of one client: nothing is lost, and the server is not stormed."""

from __future__ import annotations

from typing import Any

import pytest

from aleph_alpha import (
    AlephAlphaError,
    BusyError,
    Client,
    CompletionRequest,
    Prompt,
    ServerError,
    TokenizationRequest,
    TranscriptionRequest,
)
from aleph_alpha._runtime.threads import fan_out
from aleph_alpha._sync import sender as sender_module
from aleph_alpha.testing import LocalServer
from aleph_alpha.testing.faults.kinds import Status
from tests.retry.door import door

MODEL = "toy-base"
OTHER_MODEL = "another-model"
TEXT = TokenizationRequest("An apple", tokens=True, token_ids=False)
ASKED = CompletionRequest(Prompt.from_text("The sun is"), maximum_tokens=2)
CALLS = 30


def call(client: Client, number: int) -> None:
    client.tokenize(TEXT, MODEL)


def stream(client: Client, number: int) -> None:
    with client.stream_complete(ASKED, MODEL) as stream:
        stream.final()


def upload(client: Client, number: int) -> None:
    client.transcribe(TranscriptionRequest(b"RIFF" * 30_000), "toy-transcription")


def call_of_a_copy(client: Client, number: int) -> None:
    client.with_options(nice=bool(number % 2)).tokenize(TEXT, MODEL)


def at_once(client: Client, what: Any, calls: int = CALLS) -> list[AlephAlphaError | None]:
    """How that many calls end."""
    ends: list[AlephAlphaError | None] = [None] * calls

    def one(number: int) -> None:
        try:
            what(client, number)
        except AlephAlphaError as error:
            ends[number] = error

    fan_out((lambda number=number: one(number) for number in range(calls)), calls, lambda index, result: None)  # type: ignore[misc]
    return ends


@pytest.mark.parametrize(
    "status", [500, 503, pytest.param(502, marks=pytest.mark.slow), pytest.param(504, marks=pytest.mark.slow)]
)
@pytest.mark.parametrize("what", [call, stream, call_of_a_copy, upload])
def test_an_outage_loses_no_call_and_is_met_with_a_few_probes(status: int, what: Any) -> None:
    failing = 10
    with door(status, lambda failed, body: failed < failing) as (server, place):
        with Client("token", server.url) as client:
            assert at_once(client, what) == [None] * CALLS
    assert (place.failed, place.requests) == (failing, CALLS + failing)


@pytest.mark.proxied
def test_an_outage_loses_nothing_of_many_calls() -> None:
    with door(500, lambda failed, body: failed < 10) as (server, place):
        with Client("token", server.url) as client:
            responses = client.complete_many([ASKED] * CALLS, MODEL)
    assert len(responses) == CALLS
    assert place.requests == CALLS + 10


@pytest.mark.parametrize(("status", "kind"), [(500, ServerError), (503, BusyError)])
def test_an_outage_longer_than_the_schedule_ends_each_call_with_an_error_of_its_own(
    status: int, kind: type[AlephAlphaError]
) -> None:
    with door(status, lambda failed, body: True) as (server, place):
        with Client("token", server.url, total_retries=1) as client:
            ends = at_once(client, call)
    assert {type(end) for end in ends} == {kind}
    assert len({id(end) for end in ends}) == CALLS
    attempts = [end.attempts for end in ends if end is not None]
    assert set(attempts) <= {1, 2}
    assert place.requests == sum(attempts)


@pytest.mark.parametrize("apart", ["model", "endpoint"])
def test_a_model_or_an_endpoint_that_fails_does_not_stop_the_calls_to_another(apart: str) -> None:
    def either(client: Client, number: int) -> None:
        if not number % 2:
            response = client.tokenize(TEXT, MODEL)
            assert response.meta is not None
            assert response.meta.attempts == 1
        elif apart == "model":
            client.tokenize(TEXT, OTHER_MODEL)
        else:
            client.complete(ASKED, MODEL)

    failing = OTHER_MODEL.encode() if apart == "model" else b"maximum_tokens"
    with door(500, lambda failed, body: failing in body) as (server, _):
        with Client("token", server.url, total_retries=1) as client:
            ends = at_once(client, either)
            assert [type(end) for end in ends] == [type(None), ServerError] * (CALLS // 2)
            again = at_once(client, call)
            assert again == [None] * CALLS


def test_a_few_calls_keep_the_schedule_of_each_one_even_if_all_fail() -> None:
    with door(503, lambda failed, body: True) as (server, place):
        with Client("token", server.url, total_retries=2) as client:
            ends = at_once(client, call, 4)
    assert [end.attempts for end in ends if end is not None] == [3] * 4
    assert place.requests == 12


@pytest.mark.parametrize(
    ("status", "other_kind", "waits"),
    [(429, False, True), (429, True, True), (503, False, True), (503, True, False), (500, False, True)],
)
def test_a_call_that_has_not_been_sent_yet_keeps_to_the_retry_after_of_another(
    status: int, other_kind: bool, waits: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns: list[float] = []

    class Told:
        """In the place of `Wake`."""

        def __call__(self) -> None:
            pass

        def wait(self, seconds: float) -> bool:
            turns.append(seconds)
            return False

    with LocalServer() as server:
        with Client("token", server.url) as client:
            client.tokenize(TEXT, MODEL)
            server.faults.add(Status(status, retry_after=30), on=1)
            with pytest.raises(AlephAlphaError):  # it would wait beyond its deadline
                client.with_options(deadline=20).tokenize(TEXT, MODEL)
            monkeypatch.setattr(sender_module, "Wake", Told)
            copy = client.with_options(nice=True)
            if other_kind:
                copy.complete(ASKED, MODEL)
            else:
                copy.tokenize(TEXT, MODEL)
    assert turns == ([pytest.approx(30, abs=5)] if waits else [])
