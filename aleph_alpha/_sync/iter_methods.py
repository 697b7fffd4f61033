# Made from aleph_alpha/_async/iter_methods.py by scripts/unasync.py: change it there, then run `make fix`.
"""The methods of the client that do one thing many times, and give out the results as they come."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

from aleph_alpha._call.call import Call, Defaults
from aleph_alpha._runtime.threads import Items
from aleph_alpha._sync.batch import iter_batch_semantic_embed
from aleph_alpha._sync.many import iter_many
from aleph_alpha._sync.methods import Methods

if TYPE_CHECKING:
    from aleph_alpha.chat.request import ChatRequest
    from aleph_alpha.chat.response import ChatResponse
    from aleph_alpha.completion.request import CompletionRequest
    from aleph_alpha.completion.response import CompletionResponse
    from aleph_alpha.embedding.batch import BatchSemanticEmbeddingRequest, BatchSemanticEmbeddingResponse
    from aleph_alpha.errors import AlephAlphaError
    from aleph_alpha.evaluation import EvaluationRequest, EvaluationResponse
    from aleph_alpha.explanation.request import ExplanationRequest
    from aleph_alpha.explanation.response import ExplanationResponse

__all__ = ["IterMethods"]

Q = TypeVar("Q")
R = TypeVar("R")


class IterMethods(Methods):
    """Completions, chats, evaluations, explanations and embeddings by the thousand, none of them kept."""

    @overload
    def iter_complete_many(
        self,
        requests: Iterable[CompletionRequest],
        model: str,
        *,
        num_concurrent_requests: int = 8,
        return_errors: Literal[False] = False,
    ) -> Items[CompletionResponse]: ...
    @overload
    def iter_complete_many(
        self,
        requests: Iterable[CompletionRequest],
        model: str,
        *,
        num_concurrent_requests: int = 8,
        return_errors: bool,
    ) -> Items[CompletionResponse | AlephAlphaError]: ...

    def iter_complete_many(
        self,
        requests: Iterable[CompletionRequest],
        model: str,
        *,
        num_concurrent_requests: int = 8,
        return_errors: bool = False,
    ) -> Items[Any]:
        """The responses of :meth:`complete_many`, one by one in the order of the requests, none of them kept.

        Memory does not grow with the number of requests: at most `num_concurrent_requests` are under
        way or have a response that was not taken. Requests are taken one by one, when there is room for
        another. Whoever leaves the loop early closes the iterator (``contextlib.closing``), so that the
        others are cancelled at once and not some time later.

        Args:
            requests: what to send; a generator is fine.
            model: name of the model.
            num_concurrent_requests: requests under way at once.
            return_errors: give out the error of a request in the place of its response, and go on.

        Raises:
            InvalidRequestError: `requests` cannot be iterated over, or a count that is none; at once.
            And as ``complete``, when the request that failed is due.

        >>> from aleph_alpha import CompletionRequest, Prompt
        >>> texts = ("An apple a day", "The early bird", "A stitch in time")
        >>> requests = (CompletionRequest(Prompt.from_text(text), maximum_tokens=4) for text in texts)
        >>> for response in client.iter_complete_many(requests, model="toy-base", num_concurrent_requests=2):
        ...     print(response.num_tokens_generated)
        4
        4
        4
        """
        from aleph_alpha.completion.calls import complete_call

        return self._iter(requests, model, complete_call, num_concurrent_requests, return_errors)

    @overload
    def iter_chat_many(
        self,
        requests: Iterable[ChatRequest],
        model: str | None = None,
        *,
        num_concurrent_requests: int = 8,
        return_errors: Literal[False] = False,
    ) -> Items[ChatResponse]: ...
    @overload
    def iter_chat_many(
        self,
        requests: Iterable[ChatRequest],
        model: str | None = None,
        *,
        num_concurrent_requests: int = 8,
        return_errors: bool,
    ) -> Items[ChatResponse | AlephAlphaError]: ...

    def iter_chat_many(
        self,
        requests: Iterable[ChatRequest],
        model: str | None = None,
        *,
        num_concurrent_requests: int = 8,
        return_errors: bool = False,
    ) -> Items[Any]:
        """Let a model go on with many conversations. As :meth:`iter_complete_many`.

        >>> from aleph_alpha import ChatRequest, Message
        >>> requests = [ChatRequest("toy-chat", [Message("user", text)], max_tokens=4) for text in ("Hello!", "Bye!")]
        >>> [response.finish_reason for response in client.iter_chat_many(requests)]
        [<FinishReason.Length: 'length'>, <FinishReason.Length: 'length'>]
        """
        from aleph_alpha.chat.calls import chat_call

        return self._iter(requests, model, chat_call, num_concurrent_requests, return_errors)

    @overload
    def iter_evaluate_many(
        self,
        requests: Iterable[EvaluationRequest],
        model: str,
        *,
        num_concurrent_requests: int = 8,
        return_errors: Literal[False] = False,
    ) -> Items[EvaluationResponse]: ...
    @overload
    def iter_evaluate_many(
        self,
        requests: Iterable[EvaluationRequest],
        model: str,
        *,
        num_concurrent_requests: int = 8,
        return_errors: bool,
    ) -> Items[EvaluationResponse | AlephAlphaError]: ...

    def iter_evaluate_many(
        self,
        requests: Iterable[EvaluationRequest],
        model: str,
        *,
        num_concurrent_requests: int = 8,
        return_errors: bool = False,
    ) -> Items[Any]:
        """How likely a model finds many completions. As :meth:`iter_complete_many`.

        >>> from aleph_alpha import EvaluationRequest, Prompt
        >>> requests = [EvaluationRequest(Prompt.from_text("The API works"), text) for text in (" well", " badly")]
        >>> for response in client.iter_evaluate_many(requests, "toy-base"):
        ...     print(response.result["log_probability"] < 0)
        True
        True
        """
        from aleph_alpha.evaluation import evaluate_call

        return self._iter(requests, model, evaluate_call, num_concurrent_requests, return_errors)

    @overload
    def iter_explain_many(
        self,
        requests: Iterable[ExplanationRequest],
        model: str,
        *,
        num_concurrent_requests: int = 8,
        return_errors: Literal[False] = False,
    ) -> Items[ExplanationResponse]: ...
    @overload
    def iter_explain_many(
        self,
        requests: Iterable[ExplanationRequest],
        model: str,
        *,
        num_concurrent_requests: int = 8,
        return_errors: bool,
    ) -> Items[ExplanationResponse | AlephAlphaError]: ...

    def iter_explain_many(
        self,
        requests: Iterable[ExplanationRequest],
        model: str,
        *,
        num_concurrent_requests: int = 8,
        return_errors: bool = False,
    ) -> Items[Any]:
        """Explain many completions. As :meth:`iter_complete_many`.

        >>> from aleph_alpha import ExplanationRequest, Prompt
        >>> requests = [ExplanationRequest(Prompt.from_text("Andreas likes"), text) for text in (" pizza.", " fish.")]
        >>> for response in client.iter_explain_many(requests, "toy-base"):
        ...     print(response.explanations[0].target)
         pizza.
         fish.
        """
        from aleph_alpha.explanation.calls import explain_call

        return self._iter(requests, model, explain_call, num_concurrent_requests, return_errors)

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
        (``contextlib.closing``), so that the others are cancelled at once and not some time later.

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
        >>> for batch in client.iter_batch_semantic_embed(request, model="toy-base", batch_size=2):
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

    def _iter(
        self,
        requests: Iterable[Q],
        model: Any,
        describe: Callable[[Q, Any, Defaults], Call[R]],
        concurrency: int,
        return_errors: bool,
    ) -> Items[Any]:
        defaults = self._defaults
        return iter_many(
            self._sender,
            self._settings,
            requests,
            lambda request: describe(request, model, defaults),
            concurrency=concurrency,
            return_errors=return_errors,
        )
