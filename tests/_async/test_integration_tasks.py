"""The newer endpoints against the API as it was recorded."""

from __future__ import annotations

import io
import wave

import numpy as np

from aleph_alpha import (
    AsyncClient,
    CompletionRequest,
    EmbeddingV2Request,
    InstructableEmbeddingRequest,
    Prompt,
    RerankRequest,
    SteeringConceptCreationRequest,
    SteeringPairedExample,
    TranscriptionRequest,
    TranslationRequest,
)
from tests.integration import Models, cassette, only_reference

TEXTS = ["The sun is shining on the harbour.", "The invoice is due."]


def silence(seconds: int) -> bytes:
    """A WAV file in which nothing is said."""
    with wave.open(out := io.BytesIO(), "wb") as file:
        file.setparams((1, 1, 8000, 0, "NONE", ""))
        file.writeframes(b"\x80" * 8000 * seconds)
    return out.getvalue()


@cassette("embeddings")
async def test_vectors_are_the_same_as_numbers_and_in_base64(client: AsyncClient, models: Models) -> None:
    only_reference(models)
    numbers = await client.embeddings(EmbeddingV2Request(TEXTS, dimensions=64), "toy-embedding")
    packed = await client.embeddings(EmbeddingV2Request(TEXTS, dimensions=64), "toy-embedding", as_array=True)
    assert np.asarray(packed.embeddings).dtype == np.float32
    assert np.allclose(np.asarray(numbers.embeddings), np.asarray(packed.embeddings))
    assert [entry.index for entry in numbers.data] == [0, 1]


@cassette("instructable_embed")
async def test_an_instruction_changes_the_vector(client: AsyncClient, models: Models) -> None:
    only_reference(models)
    vectors = []
    for instruction in ("the weather", "the money"):
        request = InstructableEmbeddingRequest(Prompt.from_text(TEXTS[0]), instruction, normalize=True)
        vectors.append((await client.instructable_embed(request, "toy-instruct-embedding")).embedding)
    assert np.linalg.norm(vectors, axis=1).round(3).tolist() == [1.0, 1.0]
    assert not np.allclose(vectors[0], vectors[1])


@cassette("rerank")
async def test_documents_are_sorted_by_relevance(client: AsyncClient, models: Models) -> None:
    only_reference(models)
    request = RerankRequest("When is the invoice due?", [*TEXTS, "Nothing of that."], top_n=2)
    response = await client.rerank(request, "toy-reranker")
    assert response.results[0].index == 1
    scores = [result.relevance_score for result in response.results]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) == 2


@cassette("translate")
async def test_a_text_is_translated(client: AsyncClient, models: Models) -> None:
    only_reference(models)
    response = await client.translate(TranslationRequest("toy-translation", "Good morning", "de"))
    assert response.translation
    assert 0 <= response.score <= 1


@cassette("transcribe")
async def test_an_audio_file_is_transcribed_whatever_the_boundary_of_the_form(
    client: AsyncClient, models: Models
) -> None:
    only_reference(models)
    request = TranscriptionRequest(silence(1), language="en", file_name="silence.wav")
    response = await client.transcribe(request, "toy-transcription")
    assert response.transcription


@cassette("steering")
async def test_a_concept_has_an_id_that_completions_take(client: AsyncClient, models: Models) -> None:
    only_reference(models)
    pair = SteeringPairedExample(negative="I appreciate your feedback.", positive="Thanks, mate!")
    concept = await client.create_steering_concept(SteeringConceptCreationRequest([pair]))
    again = await client.create_steering_concept(SteeringConceptCreationRequest([pair]))
    assert concept.id == again.id
    request = CompletionRequest(Prompt.from_text("An apple"), maximum_tokens=4, steering_concepts=[concept.id])
    assert (await client.complete(request, models.text)).num_tokens_generated == 4


@cassette("model_settings")
async def test_models_can_be_chosen_by_what_they_can_do(client: AsyncClient, models: Models) -> None:
    settings = await client.model_settings()
    assert settings.require(models.chat, "chat").name == models.chat


@cassette("account")
async def test_a_token_is_made_listed_and_deleted(client: AsyncClient, models: Models) -> None:
    only_reference(models)
    new = await client.create_token("for a test")
    assert new.metadata in await client.list_tokens()
    await client.delete_token(new.metadata.token_id)
    assert new.metadata not in await client.list_tokens()
    assert (await client.me()).role
    assert isinstance(await client.check_privileges(), list)


@cassette("openapi_document")
async def test_the_installation_describes_itself(client: AsyncClient) -> None:
    document = await client.openapi_document()
    assert "openapi" in document[:20]
    assert "/complete" in document
