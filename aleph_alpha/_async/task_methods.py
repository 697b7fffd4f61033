"""The methods of the client for the other tasks."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from aleph_alpha._async.methods import Methods, many
from aleph_alpha._runtime.aio import in_background

if TYPE_CHECKING:
    from aleph_alpha.detokenization import DetokenizationRequest, DetokenizationResponse
    from aleph_alpha.qa import QaRequest, QaResponse
    from aleph_alpha.reranking import RerankRequest, RerankResponse
    from aleph_alpha.steering import SteeringConceptCreationRequest, SteeringConceptCreationResponse
    from aleph_alpha.summarization import SummarizationRequest, SummarizationResponse
    from aleph_alpha.tokenization import TokenizationRequest, TokenizationResponse
    from aleph_alpha.transcription import TranscriptionRequest, TranscriptionResponse
    from aleph_alpha.translation import TranslationRequest, TranslationResponse

__all__ = ["TaskMethods"]


class TaskMethods(Methods):
    """Tokens, reranking, translation, transcription, steering, and the tasks of the 7 series."""

    async def rerank(self, request: RerankRequest, model: str | None = None) -> RerankResponse:
        """Sort documents by how well they answer a query.

        Args:
            request: the query and the documents.
            model: name of the model; the server chooses unless given.

        Raises:
            As ``complete``.

        >>> from aleph_alpha import RerankRequest
        >>> request = RerankRequest("What is the capital of France?", ["Brasilia is Brazil's.", "France has Paris."])
        >>> response = await client.rerank(request, model="toy-reranker")
        >>> response.results[0].index
        1
        """
        from aleph_alpha.reranking import rerank_call

        return await self._send(rerank_call(request, model, self._defaults))

    rerank_many, iter_rerank_many = many(rerank)("""Sort the documents of many queries.

        >>> from aleph_alpha import RerankRequest
        >>> texts = ["Brasilia is Brazil's.", "France has Paris."]
        >>> requests = [RerankRequest(f"What is the capital of {name}?", texts) for name in ("France", "Brazil")]
        >>> [response.results[0].index for response in await client.rerank_many(requests, "toy-reranker")]
        [1, 0]
        """)

    async def translate(self, request: TranslationRequest) -> TranslationResponse:
        """Translate a text.

        Raises:
            As ``complete``.

        >>> from aleph_alpha import TranslationRequest
        >>> response = await client.translate(TranslationRequest("toy-translation", "Good morning", "de"))
        >>> 0 <= response.score <= 1
        True
        """
        from aleph_alpha.translation import translate_call

        return await self._send(translate_call(request, self._defaults))

    translate_many, iter_translate_many = many(translate)("""Translate many texts.

        >>> from aleph_alpha import TranslationRequest
        >>> requests = [TranslationRequest("toy-translation", "Good morning", language) for language in ("de", "fr")]
        >>> [0 <= response.score <= 1 for response in await client.translate_many(requests)]
        [True, True]
        """)

    async def transcribe(self, request: TranscriptionRequest, model: str) -> TranscriptionResponse:
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
        >>> response = await client.transcribe(request, model="toy-transcription")
        >>> isinstance(response.transcription, str)
        True
        """
        from aleph_alpha.transcription import transcribe_call

        return await self._send(await in_background(transcribe_call, request, model, self._defaults))

    transcribe_many, iter_transcribe_many = many(transcribe)("""What is said in many recordings.

        >>> import io, wave
        >>> from aleph_alpha import TranscriptionRequest
        >>> with wave.open(audio := io.BytesIO(), "wb") as file:
        ...     file.setparams((1, 2, 8000, 0, "NONE", ""))
        ...     file.writeframes(bytes(16000))
        >>> requests = [TranscriptionRequest(audio.getvalue(), file_name=name) for name in ("a.wav", "b.wav")]
        >>> len([response for response in await client.transcribe_many(requests, "toy-transcription")])
        2
        """)

    async def create_steering_concept(self, request: SteeringConceptCreationRequest) -> SteeringConceptCreationResponse:
        """Create a concept that pushes completions and chats in a direction.

        The same examples always give the same id, so that nothing has to be kept. A request takes
        one concept.

        Raises:
            As ``complete``.

        >>> from aleph_alpha import CompletionRequest, Prompt, SteeringConceptCreationRequest, SteeringPairedExample
        >>> slang = SteeringConceptCreationRequest([
        ...     SteeringPairedExample(negative="I appreciate your feedback.", positive="Thanks, mate!")])
        >>> concept = await client.create_steering_concept(slang)
        >>> request = CompletionRequest(Prompt.from_text("An apple"), maximum_tokens=4, steering_concepts=[concept.id])
        >>> response = await client.complete(request, model="toy-base")
        >>> response.num_tokens_generated
        4
        """
        from aleph_alpha.steering import steering_concept_call

        return await self._send(steering_concept_call(request, self._defaults))

    async def tokenize(self, request: TokenizationRequest, model: str) -> TokenizationResponse:
        """The tokens of a text, their ids, or both.

        Raises: as :meth:`complete`.

        >>> from aleph_alpha import TokenizationRequest
        >>> request = TokenizationRequest("hello", tokens=True, token_ids=True)
        >>> response = await client.tokenize(request, model="toy-base")
        >>> len(response.tokens) == len(response.token_ids)
        True
        """
        from aleph_alpha.tokenization import tokenize_call

        return await self._send(tokenize_call(request, model, self._defaults))

    async def detokenize(self, request: DetokenizationRequest, model: str) -> DetokenizationResponse:
        """The text of token ids.

        Raises: as :meth:`complete`.

        >>> from aleph_alpha import DetokenizationRequest
        >>> response = await client.detokenize(DetokenizationRequest([2, 3, 4]), model="toy-base")
        >>> isinstance(response.result, str)
        True
        """
        from aleph_alpha.detokenization import detokenize_call

        return await self._send(detokenize_call(request, model, self._defaults))

    async def qa(self, request: QaRequest, *, model: str | None = None) -> QaResponse:
        """Answer a question from documents. Deprecated: newer deployments answer 404.

        `model` is accepted because the documentation's example passes it; it is not sent.
        """
        from aleph_alpha.qa import qa_call

        _deprecated("qa")
        return await self._send(qa_call(request, self._defaults))

    async def summarize(self, request: SummarizationRequest, *, model: str | None = None) -> SummarizationResponse:
        """Summarise a document. Deprecated: newer deployments answer 404.

        `model` is accepted because the documentation's example passes it; it is not sent.
        """
        from aleph_alpha.summarization import summarize_call

        _deprecated("summarize")
        return await self._send(summarize_call(request, self._defaults))


def _deprecated(method: str) -> None:
    warnings.warn(f"{method} is deprecated by the API: newer deployments answer 404", DeprecationWarning, stacklevel=3)
