"""Plain functions as tools of an AsyncClient: the event loop goes on while they run."""

from __future__ import annotations

import asyncio
import contextvars
import functools
import threading
from typing import Any

import httpx
import pytest

from aleph_alpha import AsyncClient, ChatRequest, Client, InvalidRequestError, Message, ToolRun
from tests.scripted import Script, answer

REQUEST = ChatRequest("some-model", [Message("user", "What is the weather in Paris?")])
USER: contextvars.ContextVar[str] = contextvars.ContextVar("USER")


def says(content: str) -> httpx.Response:
    message = {"role": "assistant", "content": content}
    return answer({"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]})


def asks(name: str, times: int = 1) -> httpx.Response:
    calls = [
        {"id": f"call-{n}", "type": "function", "function": {"name": name, "arguments": "{}"}} for n in range(times)
    ]
    message = {"role": "assistant", "content": None, "tool_calls": calls}
    return answer({"choices": [{"index": 0, "message": message, "finish_reason": "tool_calls"}]})


def client_for(script: Script) -> AsyncClient:
    return AsyncClient(
        "token", "https://x.example", http_client=httpx.AsyncClient(transport=httpx.MockTransport(script))
    )


async def run_one(function: Any, name: str = "tool") -> Any:
    run = await client_for(Script(asks(name), says("Well."))).chat_with_tools(REQUEST, tools=[function])
    return run.messages[2].content


async def test_the_event_loop_goes_on_while_a_plain_function_runs() -> None:
    loop, gone_on = asyncio.get_running_loop(), threading.Event()

    def tool() -> bool:
        loop.call_soon_threadsafe(gone_on.set)
        return gone_on.wait(10)

    assert await run_one(tool) == "true"


async def test_a_generator_is_read_and_a_result_written_in_the_thread_too() -> None:
    loop, gone_on = asyncio.get_running_loop(), threading.Event()

    def tool() -> Any:
        loop.call_soon_threadsafe(gone_on.set)
        yield gone_on.wait(10)

    assert await run_one(tool) == "[true]"


async def test_context_variables_of_the_caller_are_seen() -> None:
    def tool() -> str:
        return USER.get()

    async def as_user(name: str) -> Any:
        USER.set(name)
        return await run_one(tool)

    assert await asyncio.gather(*map(as_user, "abc")) == ["a", "b", "c"]


async def test_async_functions_of_every_kind_are_awaited_by_the_loop() -> None:
    here = threading.get_ident()

    async def plain() -> int:
        await asyncio.sleep(0)
        return threading.get_ident()

    class Callable:
        async def __call__(self) -> int:
            return await plain()

        async def method(self) -> int:
            return await plain()

    def wrapped() -> Any:
        return plain()

    for function, name in [
        *((plain, "plain"), (functools.partial(plain), "plain"), (Callable(), "Callable")),
        *((Callable().method, "method"), (wrapped, "wrapped")),
    ]:
        assert await run_one(function, name) == str(here)


def test_the_plain_client_refuses_async_functions_of_every_kind() -> None:
    async def plain() -> None: ...

    class Callable:
        async def __call__(self) -> None: ...

    script = Script(says("Well."))
    client = Client("token", "https://x.example", http_client=httpx.Client(transport=httpx.MockTransport(script)))
    for function in (plain, functools.partial(plain), Callable(), functools.partial(Callable())):
        with pytest.raises(InvalidRequestError, match="is async; an AsyncClient can run it"):
            client.chat_with_tools(REQUEST, tools=[function])
    assert script.requests == []


async def cancelled(script: Script, function: Any, begun: asyncio.Event) -> ToolRun:
    task = asyncio.ensure_future(client_for(script).chat_with_tools(REQUEST, tools=[function]))
    await begun.wait()
    task.cancel("enough")
    with pytest.raises(asyncio.CancelledError) as caught:
        await task
    run = caught.value.run  # type: ignore[attr-defined]
    assert isinstance(run, ToolRun)
    return run


async def test_a_cancellation_has_the_conversation_so_far() -> None:
    calls, begun = [0], asyncio.Event()

    async def tool() -> str:
        calls[0] += 1
        if calls[0] == 2:
            begun.set()
            await asyncio.Event().wait()
        return "rain"

    run = await cancelled(Script(asks("tool", times=3)), tool, begun)
    assert [message.content for message in run.messages[2:]] == ["rain"]
    assert len(run.response.tool_calls) == 3


async def test_a_cancellation_does_not_wait_for_a_thread() -> None:
    loop, begun, ended = asyncio.get_running_loop(), asyncio.Event(), threading.Event()

    def tool() -> None:
        loop.call_soon_threadsafe(begun.set)
        ended.wait(10)

    run = await cancelled(Script(asks("tool")), tool, begun)
    assert (run.rounds, len(run.messages)) == (1, 2)
    ended.set()


async def test_a_deadline_of_the_caller_has_the_conversation_so_far() -> None:
    async def tool() -> None:
        await asyncio.Event().wait()

    with pytest.raises(TimeoutError) as caught:
        await asyncio.wait_for(client_for(Script(asks("tool"))).chat_with_tools(REQUEST, tools=[tool]), 0.05)
    reason = caught.value.__cause__
    assert len(reason.run.messages) == 2  # type: ignore[union-attr]


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit])
def test_an_interrupt_in_a_thread_ends_the_run_and_has_the_conversation(kind: type[BaseException]) -> None:
    calls = [0]

    def tool() -> str:
        calls[0] += 1
        if calls[0] == 2:
            raise kind
        return "rain"

    with pytest.raises(kind) as caught:
        asyncio.run(client_for(Script(asks("tool", times=2))).chat_with_tools(REQUEST, tools=[tool]))
    run = caught.value.run  # type: ignore[attr-defined]
    assert [message.content for message in run.messages[2:]] == ["rain"]
