"""The methods of the client that do one thing many times."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

from aleph_alpha._async.batch import iter_batch_semantic_embed
from aleph_alpha._async.many import send_many
from aleph_alpha._async.methods import Methods
from aleph_alpha._call import Call, Defaults
from aleph_alpha._runtime.aio import Items

if TYPE_CHECKING:
    from aleph_alpha.batch_embedding import BatchSemanticEmbeddingRequest, BatchSemanticEmbeddingResponse
    from aleph_alpha.chat import ChatRequest, ChatResponse
    from aleph_alpha.completion import CompletionRequest, CompletionResponse
    from aleph_alpha.errors import AlephAlphaError
    from aleph_alpha.evaluation import EvaluationRequest, EvaluationResponse
    from aleph_alpha.explanation import ExplanationRequest, ExplanationResponse

__all__ = ["ManyMethods"]

Q = TypeVar("Q")
R = TypeVar("R")


class ManyMethods(Methods):
    """Completions, chats, evaluations and explanations by the dozen."""

    @overload
    async def complete_many(
        self,
        requests: Iterable[CompletionRequest],
        model: str,
        *,
        num_concurrent_requests: int = 8,
        progress_bar: bool = False,
        return_errors: Literal[False] = False,
    ) -> list[CompletionResponse]: ...
    @overload
    async def complete_many(
        self,
        requests: Iterable[CompletionRequest],
        model: str,
        *,
        num_concurrent_requests: int = 8,
        progress_bar: bool = False,
        return_errors: bool,
    ) -> list[CompletionResponse | AlephAlphaError]: ...

    async def complete_many(
        self,
        requests: Iterable[CompletionRequest],
        model: str,
        *,
        num_concurrent_requests: int = 8,
        progress_bar: bool = False,
        return_errors: bool = False,
    ) -> list[Any]:
        """Continue many prompts.

        Requests are taken one by one, when there is room for another. When one fails for good, those
        under way are cancelled and its exception is raised; it carries ``.partial`` (index of a
        request -> its response) and ``.remaining`` (indices without one, of an iterator those that
        were taken from it), so that the job can be finished.

        Args:
            requests: what to send; a generator is fine.
            model: name of the model.
            num_concurrent_requests: requests under way at once.
            progress_bar: show one (tqdm).
            return_errors: put the error of a request in the place of its response, and go on.

        Returns:
            The responses, in the order of the requests.

        Raises:
            As ``complete``, with ``.partial`` and ``.remaining``.

        >>> from aleph_alpha import CompletionRequest, Prompt
        >>> texts = ("An apple a day", "The early bird", "A stitch in time")
        >>> requests = (CompletionRequest(Prompt.from_text(text), maximum_tokens=4) for text in texts)
        >>> responses = await client.complete_many(requests, model="toy-base", num_concurrent_requests=2)
        >>> [response.num_tokens_generated for response in responses]
        [4, 4, 4]
        """
        from aleph_alpha.completion import complete_call

        return await self._many(requests, model, complete_call, num_concurrent_requests, progress_bar, return_errors)

    @overload
    async def chat_many(
        self,
        requests: Iterable[ChatRequest],
        model: str | None = None,
        *,
        num_concurrent_requests: int = 8,
        progress_bar: bool = False,
        return_errors: Literal[False] = False,
    ) -> list[ChatResponse]: ...
    @overload
    async def chat_many(
        self,
        requests: Iterable[ChatRequest],
        model: str | None = None,
        *,
        num_concurrent_requests: int = 8,
        progress_bar: bool = False,
        return_errors: bool,
    ) -> list[ChatResponse | AlephAlphaError]: ...

    async def chat_many(
        self,
        requests: Iterable[ChatRequest],
        model: str | None = None,
        *,
        num_concurrent_requests: int = 8,
        progress_bar: bool = False,
        return_errors: bool = False,
    ) -> list[Any]:
        """Let a model go on with many conversations. As :meth:`complete_many`.

        >>> from aleph_alpha import ChatRequest, Message
        >>> requests = [ChatRequest("toy-chat", [Message("user", text)], max_tokens=4) for text in ("Hello!", "Bye!")]
        >>> len(await client.chat_many(requests))
        2
        """
        from aleph_alpha.chat import chat_call

        return await self._many(requests, model, chat_call, num_concurrent_requests, progress_bar, return_errors)

    @overload
    async def evaluate_many(
        self,
        requests: Iterable[EvaluationRequest],
        model: str,
        *,
        num_concurrent_requests: int = 8,
        progress_bar: bool = False,
        return_errors: Literal[False] = False,
    ) -> list[EvaluationResponse]: ...
    @overload
    async def evaluate_many(
        self,
        requests: Iterable[EvaluationRequest],
        model: str,
        *,
        num_concurrent_requests: int = 8,
        progress_bar: bool = False,
        return_errors: bool,
    ) -> list[EvaluationResponse | AlephAlphaError]: ...

    async def evaluate_many(
        self,
        requests: Iterable[EvaluationRequest],
        model: str,
        *,
        num_concurrent_requests: int = 8,
        progress_bar: bool = False,
        return_errors: bool = False,
    ) -> list[Any]:
        """How likely a model finds many completions. As :meth:`complete_many`.

        >>> from aleph_alpha import EvaluationRequest, Prompt
        >>> requests = [EvaluationRequest(Prompt.from_text("The API works"), text) for text in (" well", " badly")]
        >>> [response.result["log_probability"] < 0 for response in await client.evaluate_many(requests, "toy-base")]
        [True, True]
        """
        from aleph_alpha.evaluation import evaluate_call

        return await self._many(requests, model, evaluate_call, num_concurrent_requests, progress_bar, return_errors)

    @overload
    async def explain_many(
        self,
        requests: Iterable[ExplanationRequest],
        model: str,
        *,
        num_concurrent_requests: int = 8,
        progress_bar: bool = False,
        return_errors: Literal[False] = False,
    ) -> list[ExplanationResponse]: ...
    @overload
    async def explain_many(
        self,
        requests: Iterable[ExplanationRequest],
        model: str,
        *,
        num_concurrent_requests: int = 8,
        progress_bar: bool = False,
        return_errors: bool,
    ) -> list[ExplanationResponse | AlephAlphaError]: ...

    async def explain_many(
        self,
        requests: Iterable[ExplanationRequest],
        model: str,
        *,
        num_concurrent_requests: int = 8,
        progress_bar: bool = False,
        return_errors: bool = False,
    ) -> list[Any]:
        """Explain many completions. As :meth:`complete_many`.

        >>> from aleph_alpha import ExplanationRequest, Prompt
        >>> requests = [ExplanationRequest(Prompt.from_text("Andreas likes"), text) for text in (" pizza.", " fish.")]
        >>> [response.explanations[0].target for response in await client.explain_many(requests, "toy-base")]
        [' pizza.', ' fish.']
        """
        from aleph_alpha.explanation import explain_call

        return await self._many(requests, model, explain_call, num_concurrent_requests, progress_bar, return_errors)

    def iter_batch_semantic_embed(
        self,
        request: BatchSemanticEmbeddingRequest,
        model: str | None = None,
        num_concurrent_requests: int = 1,
        batch_size: int = 100,
        *,
        as_array: bool = False,
    ) -> Items[BatchSemanticEmbeddingResponse]:
        """The vectors of ``batch_semantic_embed``, batch by batch in the order of the prompts, none of them kept.

        Memory does not grow with the number of prompts: at most `num_concurrent_requests` batches are
        under way or wait to be taken. Whoever leaves the loop early closes the iterator
        (``contextlib.aclosing``), so that the others are cancelled at once and not some time later.

        Args:
            request: the prompts and how to represent them.
            model: name of the model.
            num_concurrent_requests: batches under way at once.
            batch_size: prompts in a batch, 1 to 100 (what the API takes).
            as_array: the vectors of a batch as one ``numpy.ndarray`` of float32 (extra ``numpy``).

        Raises:
            InvalidRequestError: no batch request, or a count that is none; at once. A field that cannot be
                sent is found when its batch is.
            ImportError: `as_array` without numpy.
            And as ``complete``, when the batch that failed is due.

        >>> from aleph_alpha import BatchSemanticEmbeddingRequest, Prompt, SemanticRepresentation
        >>> prompts = [Prompt.from_text(text) for text in ("deep learning", "deep diving", "artificial snow")]
        >>> request = BatchSemanticEmbeddingRequest(prompts, SemanticRepresentation.Symmetric, compress_to_size=128)
        >>> async for batch in client.iter_batch_semantic_embed(request, model="toy-base", batch_size=2):
        ...     print(len(batch.embeddings))
        2
        1
        """
        return iter_batch_semantic_embed(
            self._sender,
            self._settings,
            self._defaults,
            request,
            model,
            concurrency=num_concurrent_requests,
            batch_size=batch_size,
            as_array=as_array,
        )

    async def _many(
        self,
        requests: Iterable[Q],
        model: Any,
        describe: Callable[[Q, Any, Defaults], Call[R]],
        concurrency: int,
        progress_bar: bool,
        return_errors: bool,
    ) -> list[Any]:
        defaults = self._defaults
        return await send_many(
            self._sender,
            self._settings,
            requests,
            lambda request: describe(request, model, defaults),
            concurrency=concurrency,
            progress_bar=progress_bar,
            return_errors=return_errors,
        )
