"""What a call does between being described and its result: attempts, waits, tokens, errors."""

from __future__ import annotations

import json
import pickle
import socket
import ssl
from typing import Any

import httpx
import pytest

from aleph_alpha import (
    AsyncClient,
    errors as err,
)
from tests._async.sending import MODEL, REQUEST, Waits, complete
from tests.scripted import COMPLETION, Script, answer, error
from tests.wire.scripted import Peer, Scripted, answer as whole_answer


async def test_a_busy_server_is_asked_again_on_the_documented_schedule(waits: Waits) -> None:
    script = Script(*[error(503, "QUEUE_FULL")] * 8, answer())
    response = await complete(script)
    assert response.completions[0].completion == " well"
    assert waits == [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0]
    assert response.meta.attempts == 9
    assert len({request.content for request in script.requests}) == 1


async def test_the_last_error_is_raised_when_the_retries_are_used_up(waits: Waits) -> None:
    script = Script(error(503, "QUEUE_FULL", x_request_id="7"))
    with pytest.raises(err.BusyError) as caught:
        await complete(script, total_retries=2)
    assert (caught.value.attempts, caught.value.code, caught.value.headers["x-request-id"]) == (3, "QUEUE_FULL", "7")
    assert len(script.requests) == 3


@pytest.mark.parametrize(
    ("status", "kind", "builtin"),
    [
        (400, err.BadRequestError, ValueError),
        (401, err.AuthenticationError, PermissionError),
        (402, err.QuotaError, err.QuotaError),
        (403, err.PermissionDeniedError, RuntimeError),
        (404, err.NotFoundError, RuntimeError),
        (408, err.RequestTimeoutError, TimeoutError),
        (418, err.OtherStatusError, RuntimeError),
        (422, err.UnprocessableEntityError, RuntimeError),
        (429, err.RateLimitError, RuntimeError),
        (500, err.ServerError, RuntimeError),
        (503, err.BusyError, err.BusyError),
        (529, err.ServerError, RuntimeError),
        (600, err.OtherStatusError, RuntimeError),
    ],
)
async def test_errors_keep_the_old_types_and_args(
    status: int, kind: type[err.APIStatusError], builtin: type[Exception], waits: Waits
) -> None:
    with pytest.raises(kind) as caught:
        await complete(Script(error(status, "SOME_CODE")), total_retries=0)
    error_raised = caught.value
    assert isinstance(error_raised, builtin)
    assert error_raised.args[0] == status
    assert error_raised.args == (status, error_raised.body)
    assert error_raised.code == "SOME_CODE"
    again = pickle.loads(pickle.dumps(error_raised))
    assert (type(again), again.args, vars(again)) == (kind, error_raised.args, vars(error_raised))


@pytest.mark.parametrize("body", [b"", b"<html>busy</html>", b"\xff\xfe", b"[1]", b'{"error": 3}', b"[" * 100_000])
async def test_error_bodies_that_are_not_the_apis_survive(body: bytes, waits: Waits) -> None:
    with pytest.raises(err.RateLimitError) as caught:
        await complete(Script(httpx.Response(429, content=body)), total_retries=0)
    assert caught.value.body == body.decode("utf-8", "replace")
    assert (caught.value.code, caught.value.args[0]) == (None, 429)
    assert len(str(caught.value)) < 700


@pytest.mark.parametrize("retry_after", ["0", "0.1", "Wed, 21 Oct 2015 07:28:00 GMT"])
async def test_a_server_that_always_says_at_once_does_not_use_the_schedule_up(retry_after: str, waits: Waits) -> None:
    """Nine attempts within a moment would end every call of an outage."""
    with pytest.raises(err.BusyError) as caught:
        await complete(Script(*[error(503, retry_after=retry_after)] * 9))
    assert caught.value.attempts == 9
    assert 0.75 * 63.75 <= sum(waits) <= 63.75


@pytest.mark.parametrize("retry_after", ["0.5", "3"])
async def test_retry_after_is_waited_for(retry_after: str, waits: Waits) -> None:
    await complete(Script(error(429, retry_after=retry_after), answer()))
    assert waits == [float(retry_after)]


async def test_a_date_to_wait_until_is_by_the_clock_of_the_server(waits: Waits) -> None:
    ahead = {"date": "Sat, 21 Nov 2099 12:00:00 GMT", "retry_after": "Sat, 21 Nov 2099 12:00:02 GMT"}
    await complete(Script(error(429, **ahead), answer()))
    assert waits == [2.0]


async def test_a_retry_after_above_the_cap_is_raised_at_once(waits: Waits) -> None:
    with pytest.raises(err.RateLimitError) as caught:
        await complete(Script(error(429, retry_after="3600")))
    assert (caught.value.retry_after, caught.value.attempts, waits) == (3600.0, 1, [])


FAILURES: list[tuple[Exception, type[Exception], int, int]] = [
    # failure, our exception, attempts of three, the same with retry_ambiguous
    (httpx.ConnectError("refused"), err.APIConnectionError, 3, 3),
    (httpx.ConnectTimeout("slow"), err.APITimeoutError, 3, 3),
    (httpx.ReadTimeout("slow"), err.APITimeoutError, 1, 3),
    (httpx.WriteTimeout("slow"), err.APITimeoutError, 1, 3),
    (httpx.ReadError("reset"), err.APIConnectionError, 1, 3),
    (httpx.WriteError("reset"), err.APIConnectionError, 1, 3),
    (httpx.RemoteProtocolError("cut"), err.APIConnectionError, 1, 3),
    (httpx.PoolTimeout("full"), err.APITimeoutError, 1, 1),
    (httpx.ProxyError("407"), err.APIConnectionError, 1, 1),
    (httpx.DecodingError("gzip"), err.ResponseError, 1, 1),
    (httpx.InvalidURL("bad"), err.APIConnectionError, 1, 1),
]


@pytest.mark.parametrize("ambiguous", [False, True])
@pytest.mark.parametrize(("failure", "kind", "attempts", "with_ambiguous"), FAILURES)
async def test_only_what_cannot_have_been_carried_out_is_sent_again(
    failure: Exception, kind: type[Exception], attempts: int, with_ambiguous: int, ambiguous: bool, waits: Waits
) -> None:
    script = Script(failure)
    with pytest.raises(kind) as caught:
        await complete(script, total_retries=2, retry_ambiguous=ambiguous)
    assert isinstance(caught.value, err.AlephAlphaError)
    assert not isinstance(caught.value, httpx.HTTPError)
    assert len(script.requests) == (with_ambiguous if ambiguous else attempts) == caught.value.attempts
    assert caught.value.__cause__ is failure
    assert "/complete" in str(caught.value)


@pytest.mark.parametrize(
    "cause",
    [ssl.SSLCertVerificationError(1, "self-signed"), socket.gaierror(socket.EAI_NONAME, "Name or service not known")],
)
async def test_a_bad_certificate_or_host_name_is_not_tried_again(cause: Exception, waits: Waits) -> None:
    failure = httpx.ConnectError(str(cause))
    failure.__cause__ = cause
    with pytest.raises(err.APIConnectionError):
        await complete(Script(failure))
    assert waits == []


async def test_no_retry_goes_beyond_the_deadline(waits: Waits) -> None:
    script = Script(error(503))
    with pytest.raises(err.BusyError):
        await complete(script, deadline=0.9)
    assert waits == [0.25, 0.5]


@pytest.mark.parametrize(
    ("steps", "options", "note"),
    [
        (
            [error(429, retry_after="3600")],
            {},
            "not tried again: the server asks to wait 3600 s, and retry_after_cap is 60 s",
        ),
        ([error(503, retry_after="30")], {"deadline": 20}, "beyond the deadline of the call"),
        ([httpx.ConnectError("refused")], {"deadline": 0.2}, "beyond the deadline of the call"),
        ([error(503, retry_after="3600")], {"total_retries": 0}, None),
        ([error(503)], {"total_retries": 2}, None),
        ([error(400, retry_after="3600")], {}, None),
        ([httpx.ReadError("reset")], {}, None),
    ],
)
async def test_an_error_says_why_it_was_not_tried_again_where_it_might_have_been(
    steps: list[Any], options: dict[str, Any], note: str | None, waits: Waits
) -> None:
    with pytest.raises(err.AlephAlphaError) as caught:
        await complete(Script(*steps), **options)
    for raised in (caught.value, pickle.loads(pickle.dumps(caught.value))):
        notes = getattr(raised, "__notes__", [])
        assert notes == [] if note is None else note in "".join(notes)


async def test_a_resend_that_meets_a_refused_port_goes_on_by_the_schedule(waits: Waits) -> None:
    """A reused connection was dead, and the one resend that this allows has not been sent yet."""

    def dies(peer: Peer) -> None:
        peer.request()
        peer.send(whole_answer(json.dumps(COMPLETION).encode()))
        peer.request()
        peer.server.listen_no_more()

    for ambiguous in (False, True):
        with Scripted(dies) as server:
            async with AsyncClient("token", server.url, total_retries=2, retry_ambiguous=ambiguous) as client:
                await client.complete(REQUEST, MODEL)
                with pytest.raises(err.APIConnectionError, match=f"127.0.0.1:{server.port}") as caught:
                    await client.complete(REQUEST, MODEL)
                assert caught.value.attempts == 3
