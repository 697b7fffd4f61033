"""httpx as it comes, and JSON from the standard library: what one writes without a client package."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from benchmarks.meter import MODEL, TOKEN, Setup

LIBRARY = "httpx"
_HEADERS = {"Authorization": f"Bearer {TOKEN}"}
_COMPLETION = {"model": MODEL, "prompt": [{"type": "text", "data": "An apple a day"}], "maximum_tokens": 32}


def imported(setup: Setup) -> None:
    with setup.measure():
        import_module(LIBRARY)


def built(setup: Setup) -> None:
    with setup.measure():
        httpx = import_module(LIBRARY)

        client = httpx.Client(base_url=setup.url, headers=_HEADERS)
    client.close()


def first_call(setup: Setup) -> None:
    with setup.measure():
        httpx = import_module(LIBRARY)

        client = httpx.Client(base_url=setup.url, headers=_HEADERS)
        client.post("/complete", json=_COMPLETION).json()
    client.close()


def sequential(setup: Setup) -> None:
    httpx = import_module(LIBRARY)

    with httpx.Client(base_url=setup.url, headers=_HEADERS) as client:
        for _ in range(setup["warm"]):
            client.post("/complete", json=_COMPLETION).json()
        with setup.measure(setup["calls"]):
            for _ in range(setup["calls"]):
                client.post("/complete", json=_COMPLETION).json()


def concurrent(setup: Setup) -> None:
    import asyncio

    httpx = import_module(LIBRARY)

    async def main() -> None:
        # Its default of 5 seconds for a connection to become free is not enough for 1,000 at once.
        async with httpx.AsyncClient(base_url=setup.url, headers=_HEADERS, timeout=300) as client:

            async def work(calls: int) -> None:
                for _ in range(calls):
                    (await client.post("/complete", json=_COMPLETION)).json()

            await asyncio.gather(*(work(1) for _ in range(setup["tasks"])))
            with setup.measure(setup["tasks"] * setup["calls"]):
                await asyncio.gather(*(work(setup["calls"]) for _ in range(setup["tasks"])))

    asyncio.run(main())


def threads(setup: Setup) -> None:
    from concurrent.futures import ThreadPoolExecutor

    httpx = import_module(LIBRARY)

    with httpx.Client(base_url=setup.url, headers=_HEADERS) as client, ThreadPoolExecutor(setup["threads"]) as pool:

        def work(calls: int) -> None:
            for _ in range(calls):
                client.post("/complete", json=_COMPLETION).json()

        list(pool.map(work, [5] * setup["threads"]))
        with setup.measure(setup["threads"] * setup["calls"]):
            list(pool.map(work, [setup["calls"]] * setup["threads"]))


def batch_lists(setup: Setup) -> None:
    import asyncio

    httpx = import_module(LIBRARY)

    async def main() -> None:
        batch = setup["batch"]
        prompts = [
            [{"type": "text", "data": f"A prompt to embed, number {index}"}] for index in range(setup["prompts"])
        ]
        async with httpx.AsyncClient(base_url=setup.url, headers=_HEADERS, timeout=300) as client:

            async def embed(part: list[Any]) -> list[list[float]]:
                body = {"model": MODEL, "prompts": part, "representation": "symmetric"}
                response = await client.post("/batch_semantic_embed", json=body)
                embeddings: list[list[float]] = response.json()["embeddings"]
                return embeddings

            await embed(prompts[:batch])
            with setup.measure():
                kept = []
                for start in range(0, len(prompts), batch):
                    kept += await embed(prompts[start : start + batch])

    asyncio.run(main())


def chat_stream(setup: Setup) -> None:
    import asyncio
    import json

    httpx = import_module(LIBRARY)

    async def main() -> None:
        body = {"model": MODEL, "messages": [{"role": "user", "content": "Hello!"}], "stream": True}
        async with httpx.AsyncClient(base_url=setup.url, headers=_HEADERS) as client:

            async def stream() -> None:
                async with client.stream("POST", "/chat/completions", json=body) as response:
                    async for line in response.aiter_lines():
                        if line.startswith("data: {"):
                            json.loads(line[6:])

            await stream()
            with setup.measure(setup["events"] * setup["streams"]):
                for _ in range(setup["streams"]):
                    await stream()

    asyncio.run(main())


def image_prompt(setup: Setup) -> None:
    import base64
    from pathlib import Path

    httpx = import_module(LIBRARY)

    with httpx.Client(base_url=setup.url, headers=_HEADERS) as client:

        def call() -> None:
            data = base64.b64encode(Path(setup.file).read_bytes()).decode()
            body = {"model": MODEL, "prompt": [{"type": "image", "data": data}], "maximum_tokens": 32}
            client.post("/complete", json=body).json()

        call()
        with setup.measure(setup["calls"]):
            for _ in range(setup["calls"]):
                call()
