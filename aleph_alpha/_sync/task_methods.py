# Made from aleph_alpha/_async/task_methods.py by scripts/unasync.py: change it there, then run `make fix`.
"""The methods of the client for the tasks that came after the documentation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aleph_alpha._runtime.threads import in_background
from aleph_alpha._sync.methods import Methods

if TYPE_CHECKING:
    from aleph_alpha.embedding.instructable import InstructableEmbeddingRequest, InstructableEmbeddingResponse
    from aleph_alpha.embedding.openai import EmbeddingV2Request, EmbeddingV2Response
    from aleph_alpha.reranking import RerankRequest, RerankResponse
    from aleph_alpha.steering import SteeringConceptCreationRequest, SteeringConceptCreationResponse
    from aleph_alpha.transcription import TranscriptionRequest, TranscriptionResponse
    from aleph_alpha.translation import TranslationRequest, TranslationResponse

__all__ = ["TaskMethods"]


class TaskMethods(Methods):
    """Embeddings, reranking, translation, transcription, steering."""

    def embeddings(self, request: EmbeddingV2Request, model: str, *, as_array: bool = False) -> EmbeddingV2Response:
        """Vectors of texts or token ids, as other vendors' APIs give them.

        Args:
            request: the texts.
            model: name of the model.
            as_array: the vectors as rows of one ``numpy.ndarray`` of float32 instead of lists of
                float (extra ``numpy``); they are sent in base64 then, unless the request says otherwise.

        Raises:
            As ``complete``.
            ImportError: `as_array` without numpy.

        >>> from aleph_alpha import EmbeddingV2Request
        >>> response = client.embeddings(EmbeddingV2Request(["Hello", "world"]), model="toy-embedding")
        >>> len(response.embeddings), response.data[1].index
        (2, 1)
        """
        from aleph_alpha.embedding.openai import embeddings_call

        return self._send(embeddings_call(request, model, self._defaults, as_array=as_array))

    def instructable_embed(
        self, request: InstructableEmbeddingRequest, model: str | None = None
    ) -> InstructableEmbeddingResponse:
        """A vector for what an instruction looks for in a prompt.

        Args:
            request: the prompt and the instruction.
            model: name of the model; the server chooses unless given.

        Raises:
            As ``complete``.

        >>> from aleph_alpha import InstructableEmbeddingRequest, Prompt
        >>> request = InstructableEmbeddingRequest(Prompt.from_text("Good morning"), "the kind of salutation")
        >>> response = client.instructable_embed(request, model="toy-instruct-embedding")
        >>> len(response.embedding) > 0
        True
        """
        from aleph_alpha.embedding.instructable import instructable_embed_call

        return self._send(instructable_embed_call(request, model, self._defaults))

    def rerank(self, request: RerankRequest, model: str | None = None) -> RerankResponse:
        """Sort documents by how well they answer a query.

        Args:
            request: the query and the documents.
            model: name of the model; the server chooses unless given.

        Raises:
            As ``complete``.

        >>> from aleph_alpha import RerankRequest
        >>> request = RerankRequest("What is the capital of France?", ["Brasilia is Brazil's.", "France has Paris."])
        >>> response = client.rerank(request, model="toy-reranker")
        >>> response.results[0].index
        1
        """
        from aleph_alpha.reranking import rerank_call

        return self._send(rerank_call(request, model, self._defaults))

    def translate(self, request: TranslationRequest) -> TranslationResponse:
        """Translate a text.

        Raises:
            As ``complete``.

        >>> from aleph_alpha import TranslationRequest
        >>> response = client.translate(TranslationRequest("toy-translation", "Good morning", "de"))
        >>> 0 <= response.score <= 1
        True
        """
        from aleph_alpha.translation import translate_call

        return self._send(translate_call(request, self._defaults))

    def transcribe(self, request: TranscriptionRequest, model: str) -> TranscriptionResponse:
        """What is said in a recording.

        Args:
            request: the audio file. It is read whole before it is sent.
            model: name of the model.

        Raises:
            As ``complete``.
            OSError: the file cannot be read.

        >>> import io, wave
        >>> from aleph_alpha import TranscriptionRequest
        >>> with wave.open(audio := io.BytesIO(), "wb") as file:
        ...     file.setparams((1, 2, 8000, 0, "NONE", ""))
        ...     file.writeframes(bytes(16000))
        >>> request = TranscriptionRequest(audio.getvalue(), language="en", file_name="silence.wav")
        >>> response = client.transcribe(request, model="toy-transcription")
        >>> isinstance(response.transcription, str)
        True
        """
        from aleph_alpha.transcription import transcribe_call

        return self._send(in_background(transcribe_call, request, model, self._defaults))

    def create_steering_concept(self, request: SteeringConceptCreationRequest) -> SteeringConceptCreationResponse:
        """Create a concept that pushes completions and chats in a direction.

        The same examples always give the same id, so that nothing has to be kept. A request takes
        one concept.

        Raises:
            As ``complete``.

        >>> from aleph_alpha import CompletionRequest, Prompt, SteeringConceptCreationRequest, SteeringPairedExample
        >>> slang = SteeringConceptCreationRequest([
        ...     SteeringPairedExample(negative="I appreciate your feedback.", positive="Thanks, mate!")])
        >>> concept = client.create_steering_concept(slang)
        >>> request = CompletionRequest(Prompt.from_text("An apple"), maximum_tokens=4, steering_concepts=[concept.id])
        >>> response = client.complete(request, model="toy-base")
        >>> response.num_tokens_generated
        4
        """
        from aleph_alpha.steering import steering_concept_call

        return self._send(steering_concept_call(request, self._defaults))
