"""Embeddings, reranking, translation, transcription, steering, account and models: requests and responses."""

from __future__ import annotations

import email
import email.policy
import json
import struct
from base64 import b64encode
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given, settings, strategies as st

from aleph_alpha import (
    EmbeddingV2Request,
    EmbeddingV2Response,
    InstructableEmbeddingRequest,
    InvalidRequestError,
    ModelCatalogue,
    ModelSettings,
    Prompt,
    RerankRequest,
    ResponseError,
    SteeringConceptCreationRequest,
    SteeringPairedExample,
    TranscriptionRequest,
    TranslationRequest,
    steering,
)
from aleph_alpha._call.call import Call, Defaults
from aleph_alpha.embedding_v2 import EmbeddingV2ResponseData, embeddings_call
from aleph_alpha.instructable import instructable_embed_call
from aleph_alpha.model_settings import model_settings_call
from aleph_alpha.reranking import rerank_call
from aleph_alpha.service import account
from aleph_alpha.transcription import transcribe_call
from aleph_alpha.translation import translate_call

NONE = Defaults()
ALL = Defaults(nice=True, hosting="aleph-alpha", tags=("a",))


def body(call: Call[Any]) -> Any:
    assert call.body is not None
    return json.loads(bytes(call.body))


# --- what is sent ----------------------------------------------------------------------------------


def test_reranking() -> None:
    call = rerank_call(RerankRequest("q", ("a", "b"), top_n=1), "m", ALL)
    assert (call.path, call.query) == ("/rerank", "nice=true")
    expected = {"model": "m", "query": "q", "documents": ["a", "b"], "top_n": 1}
    assert body(call) == {**expected, "hosting": "aleph-alpha", "tags": ["a"]}
    assert body(rerank_call(RerankRequest("q", ["a"]), None, NONE)) == {"query": "q", "documents": ["a"]}


def test_translation() -> None:
    call = translate_call(TranslationRequest("m", "Hello", "de"), ALL)
    assert (call.path, call.query) == ("/translate", "nice=true")
    assert body(call)["target_language"] == "de"


def test_steering_takes_nothing_of_the_clients_settings() -> None:
    request = SteeringConceptCreationRequest([SteeringPairedExample("no", "yes")])
    call = steering.steering_concept_call(request, ALL)
    assert (call.path, call.query) == ("/steering_concepts", "")
    assert body(call) == {"examples": [{"negative": "no", "positive": "yes"}]} == request.to_json()
    assert call.parse(b'{"id": "7"}').id == "7"
    with pytest.raises(ResponseError, match="id: is required"):
        call.parse(b"{}")


def test_instructable_embeddings() -> None:
    request = InstructableEmbeddingRequest(Prompt.from_text("Hi"), "the salutation")
    assert body(instructable_embed_call(request, "m", NONE)) == {
        "model": "m",
        "input": [{"type": "text", "data": "Hi", "controls": []}],
        "instruction": "the salutation",
        "normalize": False,
        "contextual_control_threshold": None,
        "control_log_additive": True,
    }


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("text", "text"),
        (["a", "b"], ["a", "b"]),
        (("a",), ["a"]),
        ([1, 2], [1, 2]),
        ([[1], (2, 3)], [[1], [2, 3]]),
        (np.array([1, 2]), [1, 2]),
        (np.array([[1, 2], [3, 4]]), [[1, 2], [3, 4]]),
    ],
)
def test_embeddings_of_texts_and_token_ids(given: Any, sent: Any) -> None:
    assert body(embeddings_call(EmbeddingV2Request(given), "m", NONE)) == {"model": "m", "input": sent}


def test_arrays_are_asked_for_in_base64_unless_the_request_says_otherwise() -> None:
    def format_of(request: EmbeddingV2Request) -> Any:
        return body(embeddings_call(request, "m", NONE, as_array=True)).get("encoding_format")

    assert format_of(EmbeddingV2Request("a")) == "base64"
    assert format_of(EmbeddingV2Request("a", encoding_format="float")) == "float"


@pytest.mark.parametrize(
    ("make", "pattern"),
    [
        (lambda: rerank_call(RerankRequest("q", "one text"), "m", NONE), "RerankRequest.documents must be a list of"),
        (lambda: rerank_call(RerankRequest(7, []), "m", NONE), "RerankRequest.query must be a string"),  # type: ignore[arg-type]
        (lambda: rerank_call(RerankRequest("q", [], 1.5), "m", NONE), "RerankRequest.top_n"),  # type: ignore[arg-type]
        (lambda: rerank_call(RerankRequest("q", []), "", NONE), "rerank: model"),
        (lambda: translate_call(TranslationRequest("m", "x", None), NONE), "TranslationRequest.target_language"),  # type: ignore[arg-type]
        (lambda: translate_call(TranslationRequest("", "x", "de"), NONE), "translate: model"),
        (lambda: embeddings_call(EmbeddingV2Request([]), "m", NONE), "EmbeddingV2Request.input must not be empty"),
        (lambda: embeddings_call(EmbeddingV2Request([1, "a"]), "m", NONE), "element 0 is int 1"),  # type: ignore[arg-type]
        (lambda: embeddings_call(EmbeddingV2Request(None), "m", NONE), "EmbeddingV2Request.input must be a text"),  # type: ignore[arg-type]
        (lambda: embeddings_call(EmbeddingV2Request("a", 1.5), "m", NONE), "EmbeddingV2Request.dimensions"),  # type: ignore[arg-type]
        (lambda: transcribe_call(TranscriptionRequest(b""), "m", NONE), "TranscriptionRequest.audio is empty"),
        (lambda: transcribe_call(TranscriptionRequest(7), "m", NONE), "TranscriptionRequest.audio must be bytes"),  # type: ignore[arg-type]
        (lambda: transcribe_call(TranscriptionRequest(b"x", 7), "m", NONE), "TranscriptionRequest.language"),  # type: ignore[arg-type]
        (lambda: steering.steering_concept_call(SteeringConceptCreationRequest([]), NONE), "examples must be a list"),
        (lambda: account.create_token_call(None), "description must be a string"),  # type: ignore[arg-type]
        (lambda: account.delete_token_call("7"), "token_id must be an int"),  # type: ignore[arg-type]
        (lambda: instructable_embed_call(InstructableEmbeddingRequest(Prompt("a"), 7), "m", NONE), "instruction"),  # type: ignore[arg-type]
        (lambda: instructable_embed_call(InstructableEmbeddingRequest("a", "b"), "m", NONE), "Request.input"),  # type: ignore[arg-type]
    ],
)  # fmt: skip
def test_what_cannot_be_sent_is_refused_by_name(make: Any, pattern: str) -> None:
    with pytest.raises(InvalidRequestError, match=pattern):
        make()


# --- forms -----------------------------------------------------------------------------------------


def parts(call: Call[Any]) -> dict[str, Any]:
    """The parts of a form, as Python's own parser of MIME reads them."""
    assert call.body is not None
    head = f"Content-Type: {call.content_type}\r\n\r\n".encode()
    message = email.message_from_bytes(head + bytes(call.body), policy=email.policy.HTTP)
    return {str(part.get_param("name", header="content-disposition")): part for part in message.iter_parts()}


@pytest.mark.parametrize("content", [b"RIFF\x00\xff\r\n--x\r\n\r\n", b"\r\n", bytes(range(256)) * 10])
def test_a_recording_is_sent_as_it_is(content: bytes, tmp_path: Path) -> None:
    (path := tmp_path / "meeting.wav").write_bytes(content)
    with path.open("rb") as file:
        calls = [
            transcribe_call(TranscriptionRequest(audio, language="en"), "m", ALL) for audio in (path, str(path), file)
        ]
    assert calls[0].body == calls[1].body == calls[2].body  # and the boundary is no matter of chance
    assert (calls[0].path, calls[0].query) == ("/transcribe", "")
    form = parts(calls[0])
    assert form["audiofile"].get_content() == content
    assert (form["audiofile"].get_filename(), form["audiofile"].get_content_type()) == ("meeting.wav", "audio/x-wav")
    assert form["metadata"].get_content_type() == "application/json"
    assert json.loads(form["metadata"].get_content()) == {"model": "m", "language": "en"}


def test_bytes_may_be_given_a_name() -> None:
    form = parts(transcribe_call(TranscriptionRequest(b"x", file_name='a"\r\nb.mp3'), "m", NONE))
    assert form["audiofile"].get_filename() == "a%22%0D%0Ab.mp3"
    assert form["audiofile"].get_content_type() == "audio/mpeg"
    assert json.loads(form["metadata"].get_content()) == {"model": "m"}
    assert parts(transcribe_call(TranscriptionRequest(b"x"), "m", NONE))["audiofile"].get_filename() == "audio"


def test_files_that_cannot_be_read_say_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        transcribe_call(TranscriptionRequest(tmp_path / "missing.wav"), "m", NONE)
    (path := tmp_path / "text.wav").write_text("x")
    with path.open() as file, pytest.raises(InvalidRequestError, match="text mode"):
        transcribe_call(TranscriptionRequest(file), "m", NONE)  # type: ignore[arg-type]


def test_what_a_model_does_not_say_of_a_recording_is_none() -> None:
    parse = transcribe_call(TranscriptionRequest(b"x"), "m", NONE).parse
    response = parse(b'{"transcription": "Hello", "segments": [{"text": "Hello", "start": 0}]}')
    assert (response.transcription, response.language) == ("Hello", None)
    assert response.segments is not None
    assert (response.segments[0].start, response.segments[0].end, response.segments[0].tokens) == (0, None, None)


# --- vectors ---------------------------------------------------------------------------------------

VECTORS = st.lists(st.lists(st.floats(-1e6, 1e6, width=32), min_size=1, max_size=5), max_size=4)


def base64_of(vector: list[float]) -> str:
    return b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()


def answer(vectors: list[Any]) -> bytes:
    data = [{"object": "embedding", "index": n, "embedding": vector} for n, vector in enumerate(vectors)]
    usage = {"prompt_tokens": 3, "total_tokens": 3}
    return orjson.dumps({"object": "list", "data": data[::-1], "model": "m", "usage": usage})


def parsed(content: bytes, *, as_array: bool = False) -> EmbeddingV2Response:
    return embeddings_call(EmbeddingV2Request("a"), "m", NONE, as_array=as_array).parse(content)


@settings(max_examples=60)
@given(VECTORS)
def test_numbers_and_base64_are_read_alike(vectors: list[list[float]]) -> None:
    plain = parsed(answer(vectors))
    assert plain.embeddings == vectors
    assert parsed(answer([base64_of(vector) for vector in vectors])) == plain
    assert EmbeddingV2Response.from_json(orjson.loads(answer(vectors))) == plain
    assert EmbeddingV2Response.from_json(orjson.loads(answer([*map(base64_of, vectors)]))) == plain


@settings(max_examples=60)
@given(st.integers(1, 5), st.integers(1, 4), st.booleans(), st.data())
def test_arrays_hold_the_same(size: int, count: int, base64: bool, data: st.DataObject) -> None:
    vectors = data.draw(
        st.lists(st.lists(st.floats(-8, 8, width=32), min_size=size, max_size=size), min_size=count, max_size=count)
    )
    response = parsed(answer([*map(base64_of, vectors)] if base64 else vectors), as_array=True)
    row: Any = response.data[0].embedding
    assert (row.dtype, row.shape) == (np.float32, (size,))
    assert response.as_array().tolist() == vectors
    assert response == parsed(answer(vectors))


@pytest.mark.parametrize("as_array", [False, True])
@pytest.mark.parametrize(
    ("vectors", "path"),
    [
        (["?"], "data[0].embedding"),
        (["AAA="], "data[0].embedding"),
        ([base64_of([float("nan")])], "data[0].embedding"),
        ([[1.0, None]], "data[0].embedding[1]"),
        ([[1.0, True]], "data[0].embedding[1]"),
        ([[[1.0]]], "data[0].embedding[0]"),
        ([7], "data[0].embedding"),
    ],
)
def test_vectors_that_are_none_say_where(vectors: list[Any], path: str, as_array: bool) -> None:
    with pytest.raises(ResponseError) as caught:
        parsed(answer(vectors), as_array=as_array)
    assert caught.value.path == path


def test_rows_of_different_lengths_are_no_array() -> None:
    for vectors in ([[1.0], [1.0, 2.0]], [base64_of([1.0]), base64_of([1.0, 2.0])]):
        assert len(parsed(answer(vectors)).data) == 2
        with pytest.raises(ResponseError, match="numbers"):
            parsed(answer(vectors), as_array=True)


@pytest.mark.parametrize("content", [b"{}", b"[]", b"{", b'{"data": [{}]}', b'{"data": 7}'])
def test_an_answer_without_vectors_is_an_error(content: bytes) -> None:
    for as_array in (False, True):
        with pytest.raises(ResponseError):
            parsed(content, as_array=as_array)


def test_what_else_is_missing_is_tolerated() -> None:
    response = parsed(b'{"data": [{"object": "embedding", "index": 0, "embedding": [1.5]}]}')
    assert (response.object, response.model, response.usage, response.embeddings) == ("list", "", None, [[1.5]])
    assert response.data[0] == EmbeddingV2ResponseData("embedding", [1.5], 0)


# --- account and models ----------------------------------------------------------------------------


def test_the_secret_of_a_new_token_is_shown_nowhere() -> None:
    parse = account.create_token_call("test").parse
    new = parse(b'{"metadata": {"description": "test", "token_id": 7}, "token": "marker-secret"}')
    assert new.token.reveal() == "marker-secret"
    assert "marker-secret" not in f"{new!r} {new} {new.token} {vars(new)}"
    with pytest.raises(ResponseError) as caught:
        parse(b'{"metadata": {"description": "test", "token_id": 7}, "token": ["marker-secret"]}')
    assert "marker-secret" not in f"{caught.value} {caught.value!r} {vars(caught.value)}"


def test_deleting_answers_nothing() -> None:
    call = account.delete_token_call(7)
    assert (call.method, call.path, call.body) == ("DELETE", "/users/me/tokens/7", None)
    assert call.parse(b"") is None


MODELS = ModelCatalogue(
    [
        ModelSettings("writer", "available", completion_type="full", multimodal=True, embedding_type="semantic"),
        ModelSettings("talker", "available", chat=True, completion_type="full"),
        ModelSettings("retired", "unavailable", chat=True),
        ModelSettings("reader", embedding_type="instructable", completion_type="none"),
        ModelSettings("mapper", embedding_type="raw"),
    ]
)


@pytest.mark.parametrize(
    ("capability", "names"),
    [
        ("chat", ["talker"]),
        ("complete", ["writer", "talker"]),
        ("images", ["writer"]),
        ("semantic_embed", ["writer"]),
        ("instructable_embed", ["reader"]),
        ("raw_embed", ["mapper"]),
    ],
)
def test_models_are_known_by_what_they_can(capability: Any, names: list[str]) -> None:
    assert [model.name for model in MODELS.that_can(capability)] == names
    for model in MODELS:
        if model.name in names:
            assert MODELS.require(model.name, capability) is model


@pytest.mark.parametrize(
    ("name", "capability", "message"),
    [
        ("writer", "chat", "the model writer does not have the capability chat; these have: talker"),
        ("retired", "chat", "the model retired is not available now; these have: talker"),
        ("nobody", "chat", "there is no model called nobody; there are: writer, talker, retired, reader, mapper"),
        ("writer", "fly", "capability must be one of chat, complete, images"),
    ],
)
def test_what_a_model_cannot_do_is_said_with_those_that_can(name: str, capability: Any, message: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        MODELS.require(name, capability)
    assert str(caught.value).startswith(message)


def test_settings_are_typed_and_tolerant() -> None:
    parse = model_settings_call().parse
    (model,) = parse(b'[{"name": "m", "max_context_size": 2048.0, "completion_type": "brand_new", "mood": 1}]')
    assert model == ModelSettings("m", max_context_size=2048, completion_type="brand_new")
    assert isinstance(model.max_context_size, int)
    assert model.can("complete")
    with pytest.raises(ResponseError) as caught:
        parse(b'[{"name": "m"}, {}]')
    assert caught.value.path == "[1].name"
