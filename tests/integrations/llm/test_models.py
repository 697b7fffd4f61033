"""The plugin's models, from Python."""

from __future__ import annotations

from pathlib import Path

import llm
import PIL.Image
import pytest
from pydantic import BaseModel

from aleph_alpha import APIStatusError
from aleph_alpha.testing import LocalServer
from aleph_alpha.testing.faults import Status


def read(response: llm.Response) -> int:
    """Tokens that a response took to read, once it is there."""
    response.text()
    tokens = response.usage().input
    assert tokens is not None
    return tokens


class City(BaseModel):
    """A city."""

    name: str
    inhabitants: int


def test_chats_are_told_whole_and_as_a_stream() -> None:
    model = llm.get_model("aleph-alpha/toy-chat")
    whole = model.prompt("Tell me about apples.", system="Be brief.", stream=False, max_tokens=12)
    text = whole.text()
    assert text
    usage = whole.usage()
    assert usage.output == 12
    assert read(whole) > 0
    assert whole.resolved_model == "toy-chat"
    streamed = model.prompt("Tell me about apples.", system="Be brief.", max_tokens=12)
    pieces = list(streamed)
    assert len(pieces) > 3
    assert "".join(pieces) == text
    assert streamed.usage() == usage


async def test_chats_are_told_in_asyncio() -> None:
    said = llm.get_model("aleph-alpha/toy-chat").prompt("Tell me about apples.", max_tokens=12).text()
    model = llm.get_async_model("aleph-alpha/toy-chat")
    assert await model.prompt("Tell me about apples.", max_tokens=12).text() == said
    assert await model.prompt("Tell me about apples.", max_tokens=12, stream=False).text() == said


def test_a_conversation_goes_on() -> None:
    conversation = llm.get_model("aleph-alpha/toy-chat").conversation()
    first = read(conversation.prompt("Tell me about apples.", max_tokens=8))
    assert read(conversation.prompt("And pears?", max_tokens=8)) > first


@pytest.mark.parametrize("stream", [True, False])
def test_tools_are_called(stream: bool) -> None:
    def weather(place: str) -> str:
        """The weather in a place."""
        return f"rain in {place}"

    chain = llm.get_model("aleph-alpha/toy-chat").chain("What is the weather in Paris?", tools=[weather], stream=stream)
    assert "rain in Paris" in chain.text()


@pytest.mark.parametrize("stream", [True, False])
def test_a_schema_is_followed(stream: bool) -> None:
    model = llm.get_model("aleph-alpha/toy-chat")
    response = model.prompt("Describe Paris with 3 inhabitants.", schema=City, stream=stream)
    assert City.model_validate_json(response.text()) == City(name="Paris", inhabitants=3)


def test_a_picture_is_seen(tmp_path: Path) -> None:
    file = tmp_path / "red.png"
    PIL.Image.new("RGB", (24, 24), "red").save(file)
    model = llm.get_model("aleph-alpha/toy-multimodal")
    seen = model.prompt("What is this?", attachments=[llm.Attachment(path=str(file))], max_tokens=4)
    assert read(seen) > read(model.prompt("What is this?", max_tokens=4))
    with pytest.raises(ValueError, match="attachments"):
        llm.get_model("aleph-alpha/toy-chat").prompt("?", attachments=[llm.Attachment(path=str(file))]).text()


def test_texts_are_completed_by_models_that_cannot_chat() -> None:
    model = llm.get_model("aleph-alpha/toy-base")
    whole = model.prompt("An apple a day", stream=False, maximum_tokens=6)
    text = whole.text()
    streamed = model.prompt("An apple a day", maximum_tokens=6)
    assert streamed.text() == text
    assert streamed.usage() == whole.usage()
    word = text.split()[-1]
    assert model.prompt("An apple a day", maximum_tokens=6, stop_sequences=word).text() == text[: text.index(word)]
    assert llm.get_model("aleph-alpha/toy-chat/complete").prompt("An apple a day", maximum_tokens=6).text() == text


def test_texts_are_embedded_by_each_kind_of_model() -> None:
    texts = [f"text {n}" for n in range(120)]
    sizes = {"toy-base": 5120, "toy-base/query": 5120, "toy-base/document": 5120, "toy-embedding": 1024}
    first = {}
    for name, size in sizes.items():
        vectors = list(llm.get_embedding_model(f"aleph-alpha/{name}").embed_multi(texts))
        assert [len(vector) for vector in vectors] == [size] * 120
        first[name] = vectors[0]
    assert first["toy-base/query"] != first["toy-base/document"]


def test_a_failure_is_told(server: LocalServer) -> None:
    rule = server.faults.add(Status(400, code="OUT_OF_INK"), path="/chat/completions")
    try:
        with pytest.raises(APIStatusError, match="OUT_OF_INK"):
            llm.get_model("aleph-alpha/toy-chat").prompt("Hello").text()
    finally:
        server.faults.end(rule)
