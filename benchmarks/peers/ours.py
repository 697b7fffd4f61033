"""This package."""

from __future__ import annotations

from benchmarks.meter import MODEL, TOKEN, Setup


def imported(setup: Setup) -> None:
    with setup.measure():
        import aleph_alpha  # noqa: F401


def built(setup: Setup) -> None:
    with setup.measure():
        from aleph_alpha import Client, CompletionRequest, Prompt

        client = Client(TOKEN, setup.url)
        CompletionRequest(Prompt.from_text("An apple a day"), maximum_tokens=32)
    client.close()


def first_call(setup: Setup) -> None:
    with setup.measure():
        from aleph_alpha import Client, CompletionRequest, Prompt

        client = Client(TOKEN, setup.url)
        client.complete(CompletionRequest(Prompt.from_text("An apple a day"), maximum_tokens=32), MODEL)
    client.close()


def sequential(setup: Setup) -> None:
    from aleph_alpha import Client, CompletionRequest, Prompt

    with Client(TOKEN, setup.url) as client:

        def call() -> None:
            client.complete(CompletionRequest(Prompt.from_text("An apple a day"), maximum_tokens=32), MODEL)

        for _ in range(setup["warm"]):
            call()
        with setup.measure(setup["calls"]):
            for _ in range(setup["calls"]):
                call()


def concurrent(setup: Setup) -> None:
    import asyncio

    from aleph_alpha import AsyncClient, CompletionRequest, Prompt

    async def main() -> None:
        async with AsyncClient(TOKEN, setup.url) as client:

            async def work(calls: int) -> None:
                for _ in range(calls):
                    request = CompletionRequest(Prompt.from_text("An apple a day"), maximum_tokens=32)
                    await client.complete(request, MODEL)

            await asyncio.gather(*(work(1) for _ in range(setup["tasks"])))
            with setup.measure(setup["tasks"] * setup["calls"]):
                await asyncio.gather(*(work(setup["calls"]) for _ in range(setup["tasks"])))

    asyncio.run(main())
    setup.results["limit"] = 100


def threads(setup: Setup) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from aleph_alpha import Client, CompletionRequest, Prompt

    with Client(TOKEN, setup.url) as client, ThreadPoolExecutor(setup["threads"]) as pool:

        def work(calls: int) -> None:
            for _ in range(calls):
                client.complete(CompletionRequest(Prompt.from_text("An apple a day"), maximum_tokens=32), MODEL)

        list(pool.map(work, [5] * setup["threads"]))
        with setup.measure(setup["threads"] * setup["calls"]):
            list(pool.map(work, [setup["calls"]] * setup["threads"]))


def _batch(setup: Setup, *, as_array: bool) -> None:
    import asyncio

    from aleph_alpha import AsyncClient, BatchSemanticEmbeddingRequest, Prompt, SemanticRepresentation

    def request(count: int) -> BatchSemanticEmbeddingRequest:
        prompts = [Prompt.from_text(f"A prompt to embed, number {index}") for index in range(count)]
        return BatchSemanticEmbeddingRequest(prompts, SemanticRepresentation.Symmetric)

    async def main() -> None:
        batch = setup["batch"]
        async with AsyncClient(TOKEN, setup.url) as client:
            await client.batch_semantic_embed(request(batch), MODEL, batch_size=batch, as_array=as_array)
            whole = request(setup["prompts"])
            with setup.measure():
                response = await client.batch_semantic_embed(whole, MODEL, batch_size=batch, as_array=as_array)
            assert len(response.embeddings) == setup["prompts"]  # noqa: S101
            setup.results["returned"] = 4 * setup["prompts"] * len(response.embeddings[0])

    asyncio.run(main())


def batch_arrays(setup: Setup) -> None:
    _batch(setup, as_array=True)


def batch_lists(setup: Setup) -> None:
    _batch(setup, as_array=False)


batch_many = batch_arrays


def embeddings_base64(setup: Setup) -> None:
    import asyncio

    from aleph_alpha import AsyncClient, EmbeddingV2Request

    async def main() -> None:
        batch = setup["batch"]
        texts = [f"A prompt to embed, number {index}" for index in range(setup["prompts"])]
        async with AsyncClient(TOKEN, setup.url) as client:
            await client.embeddings(EmbeddingV2Request(texts[:batch]), MODEL, as_array=True)
            with setup.measure():
                kept = []
                for start in range(0, len(texts), batch):
                    request = EmbeddingV2Request(texts[start : start + batch])
                    kept.append((await client.embeddings(request, MODEL, as_array=True)).as_array())
            assert sum(map(len, kept)) == setup["prompts"]  # noqa: S101

    asyncio.run(main())


def chat_stream(setup: Setup) -> None:
    import asyncio

    from aleph_alpha import AsyncClient, ChatRequest, Message

    async def main() -> None:
        async with AsyncClient(TOKEN, setup.url) as client:
            request = ChatRequest(MODEL, [Message("user", "Hello!")])

            async def stream() -> None:
                async for _ in client.chat_with_streaming(request, MODEL):
                    pass

            await stream()
            with setup.measure(setup["events"] * setup["streams"]):
                for _ in range(setup["streams"]):
                    await stream()

    asyncio.run(main())


def explain(setup: Setup) -> None:
    from aleph_alpha import ExplanationRequest, Prompt
    from aleph_alpha._call.call import Defaults
    from aleph_alpha.explanation import explain_call
    from benchmarks.responses import explanation

    body = explanation(setup["scores"])
    request = ExplanationRequest(Prompt.from_text("word " * setup["scores"]), target=" pizza")
    # What the client does with the body of a response.
    parse = explain_call(request, MODEL, Defaults()).parse
    parse(body).with_text_from_prompt(request)
    with setup.measure(setup["calls"]):
        for _ in range(setup["calls"]):
            parse(body).with_text_from_prompt(request)


def image_prompt(setup: Setup) -> None:
    from aleph_alpha import Client, CompletionRequest, Image, Prompt

    with Client(TOKEN, setup.url) as client:

        def call() -> None:
            client.complete(CompletionRequest(Prompt([Image.from_file(setup.file)]), maximum_tokens=32), MODEL)

        call()
        with setup.measure(setup["calls"]):
            for _ in range(setup["calls"]):
                call()


def image_chat(setup: Setup) -> None:
    from aleph_alpha import ChatRequest, Client, Image, Message

    with Client(TOKEN, setup.url) as client:

        def call() -> None:
            message = Message("user", ["What is this?", Image.from_file(setup.file)])
            client.chat(ChatRequest(MODEL, [message]), MODEL)

        call()
        with setup.measure(setup["calls"]):
            for _ in range(setup["calls"]):
                call()


def tokenizer(setup: Setup) -> None:
    import time

    from aleph_alpha import Client

    with Client(TOKEN, setup.url) as client:
        client.get_version()
        started = time.perf_counter()
        client.tokenizer(MODEL)
        setup.results["first"] = time.perf_counter() - started
        with setup.measure(setup["calls"]):
            for _ in range(setup["calls"]):
                client.tokenizer(MODEL)
