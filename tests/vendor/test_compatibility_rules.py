"""What existing users of the vendor's client rely on, a test for each rule that concerns the clients.

Rules about requests, responses and builders are in tests/vendor/test_old_idioms.py and tests/prompt/.
"""

from __future__ import annotations

import asyncio
import copy
import functools
import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from aleph_alpha import (
    AlephAlphaError,
    AsyncClient,
    BusyError,
    Client,
    CompletionRequest,
    CompletionResponse,
    Prompt,
    QuotaError,
)
from aleph_alpha.testing import LocalServer

REQUEST = CompletionRequest(prompt=Prompt.from_text("An apple a day"), maximum_tokens=4)
MODEL = "toy-base"


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    with LocalServer() as server:
        yield server.url


def test_one_async_client_is_entered_again_and_again_from_a_new_event_loop_each_time(host: str) -> None:
    client = AsyncClient("token", host)  # built outside a running loop

    async def use() -> CompletionResponse:
        async with client:
            return await client.complete(REQUEST, MODEL)

    assert len({asyncio.run(use()).completions[0].completion for _ in range(4)}) == 1


def test_an_async_client_is_used_from_one_event_loop_after_another_without_being_closed(host: str) -> None:
    client = AsyncClient("token", host)
    for _ in range(4):
        assert asyncio.run(client.complete(REQUEST, MODEL)).num_tokens_generated == 4
    asyncio.run(client.close())


def test_an_async_client_serves_event_loops_of_several_threads_at_once(host: str) -> None:
    client = AsyncClient("token", host)

    async def several() -> list[int]:
        responses = await asyncio.gather(*(client.complete(REQUEST, MODEL) for _ in range(5)))
        return [response.num_tokens_generated for response in responses]

    with ThreadPoolExecutor(4) as threads:
        results = list(threads.map(lambda _: asyncio.run(several()), range(8)))
    assert results == [[4] * 5] * 8
    asyncio.run(client.close())


def test_a_client_is_shared_by_threads(host: str) -> None:
    texts = [f"text {number}" for number in range(40)]
    with Client("token", host, limit=3) as client, ThreadPoolExecutor(8) as threads:
        requests = [CompletionRequest(Prompt.from_text(text), maximum_tokens=1, echo=True) for text in texts]
        responses = list(threads.map(lambda request: client.complete(request, MODEL), requests))
    for text, response in zip(texts, responses, strict=True):
        assert (response.completions[0].completion or "").strip().startswith(text)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_client_serves_parent_and_child_after_a_fork(host: str) -> None:
    client = Client("token", host)
    client.complete(REQUEST, MODEL)  # an idle connection that the child must not use
    child = os.fork()
    if child == 0:
        status = 1
        try:
            status = int(client.complete(REQUEST, MODEL).num_tokens_generated != 4)
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert client.complete(REQUEST, MODEL).num_tokens_generated == 4
    client.close()


def test_clients_are_hashable_keys_of_a_cache(host: str) -> None:
    @functools.lru_cache
    def name(client: Client | AsyncClient) -> str:
        return type(client).__name__

    client = Client("token", host)
    assert (name(client), name(client), name(AsyncClient("token", host))) == ("Client", "Client", "AsyncClient")
    assert name.cache_info().hits == 1


def test_methods_live_on_the_class_so_that_instrumentors_can_patch_them(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    plain = Client.complete

    def traced(self: Client, *args: Any, **kwargs: Any) -> CompletionResponse:
        seen.append(kwargs.get("model", ""))
        return plain(self, *args, **kwargs)

    monkeypatch.setattr(Client, "complete", traced)
    Client("token", host).complete(request=REQUEST, model=MODEL)
    assert seen == [MODEL]


def test_keyword_calls_in_any_order(host: str) -> None:
    assert Client(host=host, token="token").complete(model=MODEL, request=REQUEST).num_tokens_generated == 4


def test_the_tokenizer_is_a_real_one_that_can_be_copied_and_changed(host: str) -> None:
    from tokenizers import Tokenizer

    tokenizer = Client("token", host).tokenizer(MODEL)
    assert isinstance(tokenizer, Tokenizer)
    changed = copy.deepcopy(tokenizer)
    changed.pre_tokenizer.add_prefix_space = False
    assert changed.encode("sun").ids != [] != tokenizer.encode("sun").ids


def test_models_are_plain_dicts_with_name_and_max_context_size(host: str) -> None:
    models = Client("token", host).models()
    assert all(type(model) is dict and model["name"] and model["max_context_size"] > 0 for model in models)


def test_request_timeout_seconds_may_be_none(host: str) -> None:
    assert Client("token", host, request_timeout_seconds=None).complete(REQUEST, MODEL).num_tokens_generated == 4


def test_the_token_alone_makes_a_client_for_the_default_host() -> None:
    assert Client("token").host == AsyncClient("token").host == "https://api.aleph-alpha.com/"


@pytest.mark.parametrize(
    ("model", "code", "builtin"),
    [("no-such-model", "UNKNOWN_MODEL", RuntimeError), ("toy-embedding", "MISSING_CAPABILITY", ValueError)],
)
def test_errors_keep_args_of_status_and_body_and_the_builtin_types(
    host: str, model: str, code: str, builtin: type[Exception]
) -> None:
    with pytest.raises(builtin) as caught:
        Client("token", host).complete(REQUEST, model)
    status, body = caught.value.args
    assert isinstance(status, int)
    assert json.loads(body)["code"] == code
    assert isinstance(caught.value, AlephAlphaError)


@pytest.mark.parametrize("kind", [QuotaError, BusyError])
def test_errors_of_the_old_package_can_be_built_from_anything(kind: type[AlephAlphaError]) -> None:
    assert kind().args == ()
    assert kind("busy").args == ("busy",)
    assert str(kind(503, "busy")) == "status 503: busy"


def test_responses_that_have_json_in_the_reference_round_trip(host: str) -> None:
    response = Client("token", host).complete(REQUEST, MODEL)
    assert CompletionResponse.from_json(dict(response.to_json())) == response
