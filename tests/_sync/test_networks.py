# Made from tests/_async/test_networks.py by scripts/unasync.py: change it there, then run `make fix`.
"""Each fault of names, connections, certificates, proxies and bytes: see `tests/failures/networks.py`."""

from __future__ import annotations

from typing import Any

import pytest

from aleph_alpha import (
    AlephAlphaError,
    BatchSemanticEmbeddingRequest,
    Client,
    CompletionRequest,
    Prompt,
    SemanticRepresentation,
)
from aleph_alpha._sync import sender as sender_module
from tests.failures.networks import ANSWER, RETRIES, ROWS, Network
from tests.leaks import watched

pytestmark = pytest.mark.proxied

MODEL = "some-model"
BATCH = BatchSemanticEmbeddingRequest([Prompt.from_text("a")], SemanticRepresentation.Symmetric)


def no_wait(seconds: float) -> None:
    """Between attempts."""


def completion(network: Network) -> CompletionRequest:
    """As large as the fault needs it."""
    return CompletionRequest(Prompt.from_text("x" * network.size), maximum_tokens=1)


def call(client: Client, network: Network) -> Any:
    return (client.complete(completion(network), MODEL)).meta


def batch(client: Client, network: Network) -> Any:
    return (client.batch_semantic_embed(BATCH, MODEL)).meta


def stream(client: Client, network: Network) -> Any:
    with client.stream_complete(completion(network), MODEL) as stream:
        assert "".join([piece for piece in stream.text()]) == "well"
    return stream.meta


@pytest.mark.parametrize("kind", [call, batch, stream])
@pytest.mark.parametrize("network", ROWS)
def test_a_call_a_batch_and_a_stream_end_as_the_table_says_and_leave_nothing(
    network: Network, kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender_module, "sleep", no_wait)
    if kind is batch and network.size > 1:
        pytest.skip("the fault needs a large request")
    with watched(), network.open() as place:
        options = {"request_timeout_seconds": 30, **place.options}
        with Client("token", place.url, total_retries=RETRIES, **options) as client:
            for _ in range(2):  # the second time with a connection that is there, if the fault leaves one
                try:
                    outcome, attempts = ANSWER, (kind(client, network)).attempts
                except AlephAlphaError as error:
                    outcome, attempts = type(error).__name__, error.attempts
                assert outcome == (network.in_stream if kind is stream else network.outcome)
                assert attempts == network.attempts
