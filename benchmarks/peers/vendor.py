"""aleph-alpha-client, which this package replaces; imported by name, as it lives in an environment of its own."""

from __future__ import annotations

from importlib import import_module

from benchmarks.meter import MODEL, TOKEN, Setup

_PACKAGE = "aleph_alpha_client"


def imported(setup: Setup) -> None:
    with setup.measure():
        import_module(_PACKAGE)


def built(setup: Setup) -> None:
    with setup.measure():
        theirs = import_module(_PACKAGE)
        theirs.Client(TOKEN, setup.url)
        theirs.CompletionRequest(prompt=theirs.Prompt.from_text("An apple a day"), maximum_tokens=32)


def first_call(setup: Setup) -> None:
    with setup.measure():
        theirs = import_module(_PACKAGE)
        request = theirs.CompletionRequest(prompt=theirs.Prompt.from_text("An apple a day"), maximum_tokens=32)
        theirs.Client(TOKEN, setup.url).complete(request, MODEL)


def sequential(setup: Setup) -> None:
    theirs = import_module(_PACKAGE)
    client = theirs.Client(TOKEN, setup.url)

    def call() -> None:
        request = theirs.CompletionRequest(prompt=theirs.Prompt.from_text("An apple a day"), maximum_tokens=32)
        client.complete(request, MODEL)

    for _ in range(setup["warm"]):
        call()
    with setup.measure(setup["calls"]):
        for _ in range(setup["calls"]):
            call()


def concurrent(setup: Setup) -> None:
    import asyncio

    theirs = import_module(_PACKAGE)

    async def main() -> None:
        async with theirs.AsyncClient(TOKEN, setup.url) as client:

            async def work(calls: int) -> None:
                for _ in range(calls):
                    request = theirs.CompletionRequest(
                        prompt=theirs.Prompt.from_text("An apple a day"), maximum_tokens=32
                    )
                    await client.complete(request, MODEL)

            await asyncio.gather(*(work(1) for _ in range(setup["tasks"])))
            with setup.measure(setup["tasks"] * setup["calls"]):
                await asyncio.gather(*(work(setup["calls"]) for _ in range(setup["tasks"])))

    asyncio.run(main())


def threads(setup: Setup) -> None:
    from concurrent.futures import ThreadPoolExecutor

    theirs = import_module(_PACKAGE)
    client = theirs.Client(TOKEN, setup.url)

    def work(calls: int) -> None:
        for _ in range(calls):
            request = theirs.CompletionRequest(prompt=theirs.Prompt.from_text("An apple a day"), maximum_tokens=32)
            client.complete(request, MODEL)

    with ThreadPoolExecutor(setup["threads"]) as pool:
        list(pool.map(work, [5] * setup["threads"]))
        with setup.measure(setup["threads"] * setup["calls"]):
            list(pool.map(work, [setup["calls"]] * setup["threads"]))


def batch_lists(setup: Setup) -> None:
    import asyncio
    from typing import Any

    theirs = import_module(_PACKAGE)

    def request(count: int) -> Any:
        prompts = [theirs.Prompt.from_text(f"A prompt to embed, number {index}") for index in range(count)]
        return theirs.BatchSemanticEmbeddingRequest(
            prompts=prompts, representation=theirs.SemanticRepresentation.Symmetric
        )

    async def main() -> None:
        batch = setup["batch"]
        async with theirs.AsyncClient(TOKEN, setup.url) as client:
            await client.batch_semantic_embed(request(batch), MODEL, batch_size=batch)
            whole = request(setup["prompts"])
            with setup.measure():
                response = await client.batch_semantic_embed(whole, MODEL, batch_size=batch)
            assert len(response.embeddings) == setup["prompts"]  # noqa: S101

    asyncio.run(main())


# It has neither arrays nor base64 for many prompts: the same work is done as lists.
batch_arrays = batch_many = embeddings_base64 = batch_lists


def chat_stream(setup: Setup) -> None:
    import asyncio

    theirs = import_module(_PACKAGE)

    async def main() -> None:
        async with theirs.AsyncClient(TOKEN, setup.url) as client:
            chat = import_module(f"{_PACKAGE}.chat")
            message = chat.Message(role=chat.Role.User, content="Hello!")
            request = chat.ChatRequest(messages=[message], model=MODEL)

            async def stream() -> None:
                async for _ in client.chat_with_streaming(request, MODEL):
                    pass

            await stream()
            with setup.measure(setup["events"] * setup["streams"]):
                for _ in range(setup["streams"]):
                    await stream()

    asyncio.run(main())


def explain(setup: Setup) -> None:
    import json

    from benchmarks.responses import explanation

    theirs = import_module(_PACKAGE)
    body = explanation(setup["scores"])
    request = theirs.ExplanationRequest(prompt=theirs.Prompt.from_text("word " * setup["scores"]), target=" pizza")

    def parse() -> None:
        theirs.ExplanationResponse.from_json(json.loads(body)).with_text_from_prompt(request)

    parse()
    with setup.measure(setup["calls"]):
        for _ in range(setup["calls"]):
            parse()


def image_prompt(setup: Setup) -> None:
    theirs = import_module(_PACKAGE)
    client = theirs.Client(TOKEN, setup.url)

    def call() -> None:
        prompt = theirs.Prompt([theirs.Image.from_file(setup.file)])
        client.complete(theirs.CompletionRequest(prompt=prompt, maximum_tokens=32), MODEL)

    call()
    with setup.measure(setup["calls"]):
        for _ in range(setup["calls"]):
            call()


def image_chat(setup: Setup) -> None:
    from PIL import Image

    theirs = import_module(_PACKAGE)
    chat = import_module(f"{_PACKAGE}.chat")
    client = theirs.Client(TOKEN, setup.url)

    def call() -> None:
        with Image.open(setup.file) as picture:
            message = chat.Message(role=chat.Role.User, content=["What is this?", picture])
            client.chat(chat.ChatRequest(messages=[message], model=MODEL), MODEL)

    call()
    with setup.measure(setup["calls"]):
        for _ in range(setup["calls"]):
            call()


def tokenizer(setup: Setup) -> None:
    import time

    client = import_module(_PACKAGE).Client(TOKEN, setup.url)
    client.get_version()
    started = time.perf_counter()
    client.tokenizer(MODEL)
    setup.results["first"] = time.perf_counter() - started
    with setup.measure(setup["calls"]):
        for _ in range(setup["calls"]):
            client.tokenizer(MODEL)
