"""Batch counterparts are methods like any other: named, signed, documented, bound and patched as such."""

from __future__ import annotations

import asyncio
import inspect
import pickle
from typing import Any
from unittest import mock

import httpx
import pytest

from aleph_alpha import AsyncClient, Client, TranslationRequest, TranslationResponse
from aleph_alpha._sync import methods as sync_methods

KINDS = [Client, AsyncClient]
TASKS = sorted(name.removesuffix("_many") for name in dir(Client) if name.endswith("_many") and name[:5] != "iter_")
OPTIONS = {"num_concurrent_requests": 8, "progress_bar": False, "return_errors": False}


def counterparts(kind: Any, task: str) -> list[tuple[str, Any, str]]:
    """Name, function and type of the result, of both."""
    response = getattr(kind, task).__annotations__["return"]
    return [
        (f"{task}_many", getattr(kind, f"{task}_many"), f"list[{response}] | list[{response} | AlephAlphaError]"),
        (
            *(f"iter_{task}_many", getattr(kind, f"iter_{task}_many")),
            f"Items[{response}] | Items[{response} | AlephAlphaError]",
        ),
    ]


def test_both_counterparts_of_a_task_come_together() -> None:
    assert {"chat", "complete", "embed", "evaluate", "explain", "rerank", "transcribe", "translate"} <= set(TASKS)
    for kind in KINDS:
        names = {name for name in dir(kind) if name.endswith("_many")}
        assert names == {f"{prefix}{task}_many" for task in TASKS for prefix in ("", "iter_")}


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("kind", KINDS)
def test_the_signature_is_that_of_the_task_with_the_options_of_a_batch(kind: Any, task: str) -> None:
    own = list(inspect.signature(getattr(kind, task)).parameters.values())
    for name, method, result in counterparts(kind, task):
        signature = inspect.signature(method)
        options = {key: value for key, value in OPTIONS.items() if key != "progress_bar" or name[:5] != "iter_"}
        found = list(signature.parameters.values())
        assert [parameter.name for parameter in found] == [
            "self",
            "requests",
            *(each.name for each in own[2:]),
            *options,
        ]
        assert found[1].annotation == f"Iterable[{own[1].annotation}]"
        assert found[2 : len(own)] == own[2:]  # the model: its type, its default, and how it is passed
        assert {each.name: each.default for each in found[len(own) :]} == options
        assert {each.kind for each in found[len(own) :]} == {inspect.Parameter.KEYWORD_ONLY}
        assert signature.return_annotation == result


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("kind", KINDS)
def test_each_is_a_function_of_the_class_under_its_name(kind: Any, task: str) -> None:
    for name, method, _ in counterparts(kind, task):
        assert inspect.isfunction(method)
        assert method.__name__ == name
        assert method.__qualname__ == getattr(kind, task).__qualname__.replace(task, name)
        assert method.__module__ == getattr(kind, task).__module__
        assert inspect.iscoroutinefunction(method) is (kind is AsyncClient and name == f"{task}_many")


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("kind", KINDS)
def test_each_documents_its_parameters_and_has_an_example_of_itself(kind: Any, task: str) -> None:
    for name, method, _ in counterparts(kind, task):
        doc = inspect.getdoc(method) or ""
        assert f"client.{name}(" in doc.partition(">>>")[2]
        for parameter in list(inspect.signature(method).parameters)[1:]:
            assert f"\n    {parameter}: " in doc
        assert "Raises:" in doc
        assert "{" not in doc.partition(">>>")[0]  # nothing is left to be filled in


def answering(kind: Any, seen: list[httpx.Request]) -> Any:
    def respond(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        body = {"translation": "Hallo", "score": 0.5, "num_tokens_prompt_total": 1, "num_tokens_generated": 1}
        return httpx.Response(200, json=body)

    transport = httpx.MockTransport(respond)
    http_client: Any = httpx.Client(transport=transport) if kind is Client else httpx.AsyncClient(transport=transport)
    return kind("token", "https://example.com", http_client=http_client)


def collected(result: Any) -> list[Any]:
    """What either client gives, collected."""

    async def wait() -> list[Any]:
        return [each async for each in result] if hasattr(result, "__aiter__") else await result

    return asyncio.run(wait()) if hasattr(result, "__aiter__") or inspect.isawaitable(result) else list(result)


REQUESTS = [TranslationRequest("m", "Hello", "de")] * 2


@pytest.mark.parametrize("method", ["translate_many", "iter_translate_many"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_copy_with_other_options_sends_with_these(kind: Any, method: str) -> None:
    seen: list[httpx.Request] = []
    copy = answering(kind, seen).with_options(headers={"X-Copy": "1"}, tags=["a"])
    assert [type(each) for each in collected(getattr(copy, method)(REQUESTS))] == [TranslationResponse] * 2
    assert [request.headers["x-copy"] for request in seen] == ["1", "1"]
    assert all(b'"tags":["a"]' in request.content for request in seen)


@pytest.mark.parametrize("method", ["translate_many", "iter_translate_many"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_patch_of_the_class_counts_for_every_client_and_copy(kind: Any, method: str) -> None:
    seen: list[httpx.Request] = []
    client = answering(kind, seen)
    with mock.patch.object(kind, method, autospec=True) as patched:
        answer = getattr(client.with_options(nice=True), method)(REQUESTS, num_concurrent_requests=2)
        if inspect.iscoroutine(answer):
            asyncio.run(answer)
        patched.assert_called_once_with(mock.ANY, REQUESTS, num_concurrent_requests=2)
        with pytest.raises(TypeError):
            getattr(client, method)(REQUESTS, concurrency=2)
    assert seen == []
    original = getattr(kind, method)
    with mock.patch.object(kind, method, lambda self, *args, **options: original(self, *args, **options)):
        assert len(collected(getattr(client, method)(REQUESTS))) == len(seen) == 2


@pytest.mark.parametrize("kind", KINDS)
def test_a_subclass_may_override_it_and_call_the_one_above(kind: Any) -> None:
    class Counting(kind):  # type: ignore[misc]
        def translate_many(self, requests: Any, **options: Any) -> Any:
            return super().translate_many(list(requests)[:1], **options)

    client = answering(kind, [])
    client.__class__ = Counting
    assert len(collected(client.translate_many(REQUESTS))) == 1
    assert len(collected(client.iter_translate_many(REQUESTS))) == 2


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("complete_many", ([],)),
        ("iter_complete_many", ([],)),
        ("translate_many", ([], "model")),
        ("iter_translate_many", ([], "model")),
        ("iter_rerank_many", ([], None, 8)),
    ],
)
def test_arguments_that_do_not_fit_are_refused_at_once(kind: Any, method: str, arguments: tuple[Any, ...]) -> None:
    with pytest.raises(TypeError, match=method):
        getattr(kind("token"), method)(*arguments)


def test_a_task_that_takes_more_by_position_has_no_counterpart() -> None:
    with pytest.raises(TypeError, match="batch_semantic_embed must take a request, or a request and a model, got"):
        sync_methods.many(Client.batch_semantic_embed)


@pytest.mark.parametrize("kind", KINDS)
def test_a_bound_one_is_pickled_with_its_client(kind: Any) -> None:
    bound = pickle.loads(pickle.dumps(kind("token").complete_many))
    assert isinstance(bound.__self__, kind)
    assert bound.__func__ is kind.complete_many
