"""What only the asynchronous client can do: be cancelled, keep the loop free, run tools that are async."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import Any

import httpx
import PIL.Image
import pytest

from aleph_alpha import (
    AsyncClient,
    ChatRequest,
    Client,
    CompletionRequest,
    InvalidRequestError,
    Message,
    Prompt,
    TranscriptionRequest,
)
from tests.event_server import END, PAUSE, event_server
from tests.event_streams import DONE, chunk, data, text
from tests.scripted import Script, answer

REQUEST = ChatRequest("some-model", [Message("user", "Hi")])
BEGINNING = data(text("Hel"))
REST = data(text("lo"), chunk(finish_reason="stop")) + DONE


def says(content: str) -> httpx.Response:
    message = {"role": "assistant", "content": content}
    return answer({"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]})


def scripted(*steps: Any) -> AsyncClient:
    transport = httpx.MockTransport(Script(*steps))
    return AsyncClient("token", "https://example.com", http_client=httpx.AsyncClient(transport=transport))


@pytest.mark.parametrize("how", ["events", "text", "final", "items", "block"])
async def test_a_cancelled_stream_closes_its_connection(how: str) -> None:
    with event_server(BEGINNING, PAUSE, REST, END) as server:
        async with AsyncClient("token", server.url) as client:
            begun = asyncio.Event()

            async def read() -> None:
                async with client.stream_chat(REQUEST) as stream:
                    await anext(stream)
                    begun.set()
                    if how == "events":
                        await anext(stream)
                    elif how == "text":
                        assert [piece async for piece in stream.text()]
                    elif how == "final":
                        await stream.final()
                    else:
                        await asyncio.Event().wait()

            async def iterate() -> None:
                async for _ in client.chat_with_streaming(REQUEST):
                    begun.set()

            task = asyncio.create_task(iterate() if how == "items" else read())
            await asyncio.wait_for(begun.wait(), 5)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert await asyncio.to_thread(server.gone.wait, 5), "the connection is still open"
        assert server.requests == 1


async def test_many_streams_at_once() -> None:
    with event_server(BEGINNING, REST, END) as server:
        async with AsyncClient("token", server.url, limit=5) as client:
            finals = await asyncio.gather(*(client.stream_chat(REQUEST).final() for _ in range(50)))
        assert {final.message.content for final in finals} == {"Hello"}
        assert (server.requests, server.connections <= 5) == (50, True)


async def test_pictures_are_encoded_and_files_read_off_the_loop(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    threads: list[threading.Thread] = []
    original = PIL.Image.Image.save

    def save(self: PIL.Image.Image, *arguments: Any, **options: Any) -> None:
        threads.append(threading.current_thread())
        original(self, *arguments, **options)

    monkeypatch.setattr(PIL.Image.Image, "save", save)
    picture = PIL.Image.new("RGB", (8, 8))
    await scripted(says("red")).chat(ChatRequest("some-model", [Message("user", ["What?", picture])]))
    with event_server(BEGINNING, REST, END) as server:
        async with AsyncClient("token", server.url) as client:
            await client.stream_chat(ChatRequest("some-model", [Message("user", picture)])).final()
    assert len(threads) == 2
    assert threading.main_thread() not in threads

    class File:
        name = "a.wav"

        def read(self) -> bytes:
            threads.append(threading.current_thread())
            return b"RIFF"

    await scripted(answer({"transcription": "Hi"})).transcribe(TranscriptionRequest(File()), "m")  # type: ignore[arg-type]
    assert threads[-1] is not threading.main_thread()


async def test_tools_may_be_async() -> None:
    async def get_weather(location: str) -> str:
        await asyncio.sleep(0)
        return f"rain in {location}"

    call = {
        "id": "call-1",
        "type": "function",
        "function": {"name": "get_weather", "arguments": '{"location": "Paris"}'},
    }
    asks = answer(
        {
            "choices": [
                {"index": 0, "message": {"role": "assistant", "tool_calls": [call]}, "finish_reason": "tool_calls"}
            ]
        }
    )
    run = await scripted(asks, says("It rains.")).chat_with_tools(REQUEST, tools=[get_weather])
    assert run.messages[2].content == "rain in Paris"


def test_tools_of_the_synchronous_client_must_not_be_async() -> None:
    async def now() -> str:
        return "noon"

    script = Script(says("Hello."))
    client = Client("token", "https://example.com", http_client=httpx.Client(transport=httpx.MockTransport(script)))
    with pytest.raises(InvalidRequestError, match="the tool now is async; an AsyncClient can run it"):
        client.chat_with_tools(REQUEST, tools=[now])
    assert script.requests == []


async def test_as_many_requests_are_under_way_as_asked_for() -> None:
    now = most = 0
    full = asyncio.Event()

    async def respond(request: httpx.Request) -> httpx.Response:
        nonlocal now, most
        now += 1
        most = max(most, now)
        if now == 4:
            full.set()
        await asyncio.wait_for(full.wait(), 5)
        now -= 1
        number = json.loads(request.content)["prompt"][0]["data"]
        counts = {"num_tokens_prompt_total": 1, "num_tokens_generated": 1}
        return httpx.Response(200, json={"model_version": "1", "completions": [{"completion": number}], **counts})

    transport = httpx.MockTransport(respond)
    client = AsyncClient("token", "https://example.com", http_client=httpx.AsyncClient(transport=transport))
    requests = [CompletionRequest(Prompt.from_text(str(number))) for number in range(12)]
    responses = await client.complete_many(requests, "some-model", num_concurrent_requests=4)
    assert [response.completions[0].completion for response in responses] == [str(number) for number in range(12)]
    assert most == 4
