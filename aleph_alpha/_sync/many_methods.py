# Made from aleph_alpha/_async/many_methods.py by scripts/unasync.py: change it there, then run `make fix`.
"""The methods of the client that do one thing many times, and return all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

from aleph_alpha._call.call import Call, Defaults
from aleph_alpha._sync.iter_methods import IterMethods
from aleph_alpha._sync.many import send_many

if TYPE_CHECKING:
    from aleph_alpha.chat.request import ChatRequest
    from aleph_alpha.chat.response import ChatResponse
    from aleph_alpha.completion.request import CompletionRequest
    from aleph_alpha.completion.response import CompletionResponse
    from aleph_alpha.errors import AlephAlphaError
    from aleph_alpha.evaluation import EvaluationRequest, EvaluationResponse
    from aleph_alpha.explanation.request import ExplanationRequest
    from aleph_alpha.explanation.response import ExplanationResponse

__all__ = ["ManyMethods"]

Q = TypeVar("Q")
R = TypeVar("R")


class ManyMethods(IterMethods):
    """Completions, chats, evaluations and explanations by the dozen."""

    @overload
    def complete_many(
        self,
        requests: Iterable[CompletionRequest],
        model: str,
        *,
        num_concurrent_requests: int = 8,
        progress_bar: bool = False,
        return_errors: Literal[False] = False,
    ) -> list[CompletionResponse]: ...
    @overload
    def complete_many(
        self,
        requests: Iterable[CompletionRequest],
        model: str,
        *,
        num_concurrent_requests: int = 8,
        progress_bar: bool = False,
        return_errors: bool,
    ) -> list[CompletionResponse | AlephAlphaError]: ...

    def complete_many(
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
        >>> responses = client.complete_many(requests, model="toy-base", num_concurrent_requests=2)
        >>> [response.num_tokens_generated for response in responses]
        [4, 4, 4]
        """
        from aleph_alpha.completion.calls import complete_call

        return self._many(requests, model, complete_call, num_concurrent_requests, progress_bar, return_errors)

    @overload
    def chat_many(
        self,
        requests: Iterable[ChatRequest],
        model: str | None = None,
        *,
        num_concurrent_requests: int = 8,
        progress_bar: bool = False,
        return_errors: Literal[False] = False,
    ) -> list[ChatResponse]: ...
    @overload
    def chat_many(
        self,
        requests: Iterable[ChatRequest],
        model: str | None = None,
        *,
        num_concurrent_requests: int = 8,
        progress_bar: bool = False,
        return_errors: bool,
    ) -> list[ChatResponse | AlephAlphaError]: ...

    def chat_many(
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
        >>> len(client.chat_many(requests))
        2
        """
        from aleph_alpha.chat.calls import chat_call

        return self._many(requests, model, chat_call, num_concurrent_requests, progress_bar, return_errors)

    @overload
    def evaluate_many(
        self,
        requests: Iterable[EvaluationRequest],
        model: str,
        *,
        num_concurrent_requests: int = 8,
        progress_bar: bool = False,
        return_errors: Literal[False] = False,
    ) -> list[EvaluationResponse]: ...
    @overload
    def evaluate_many(
        self,
        requests: Iterable[EvaluationRequest],
        model: str,
        *,
        num_concurrent_requests: int = 8,
        progress_bar: bool = False,
        return_errors: bool,
    ) -> list[EvaluationResponse | AlephAlphaError]: ...

    def evaluate_many(
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
        >>> [response.result["log_probability"] < 0 for response in client.evaluate_many(requests, "toy-base")]
        [True, True]
        """
        from aleph_alpha.evaluation import evaluate_call

        return self._many(requests, model, evaluate_call, num_concurrent_requests, progress_bar, return_errors)

    @overload
    def explain_many(
        self,
        requests: Iterable[ExplanationRequest],
        model: str,
        *,
        num_concurrent_requests: int = 8,
        progress_bar: bool = False,
        return_errors: Literal[False] = False,
    ) -> list[ExplanationResponse]: ...
    @overload
    def explain_many(
        self,
        requests: Iterable[ExplanationRequest],
        model: str,
        *,
        num_concurrent_requests: int = 8,
        progress_bar: bool = False,
        return_errors: bool,
    ) -> list[ExplanationResponse | AlephAlphaError]: ...

    def explain_many(
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
        >>> [response.explanations[0].target for response in client.explain_many(requests, "toy-base")]
        [' pizza.', ' fish.']
        """
        from aleph_alpha.explanation.calls import explain_call

        return self._many(requests, model, explain_call, num_concurrent_requests, progress_bar, return_errors)

    def _many(
        self,
        requests: Iterable[Q],
        model: Any,
        describe: Callable[[Q, Any, Defaults], Call[R]],
        concurrency: int,
        progress_bar: bool,
        return_errors: bool,
    ) -> list[Any]:
        defaults = self._defaults
        return send_many(
            self._sender,
            self._settings,
            requests,
            lambda request: describe(request, model, defaults),
            concurrency=concurrency,
            progress_bar=progress_bar,
            return_errors=return_errors,
        )
