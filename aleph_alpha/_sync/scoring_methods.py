# Made from aleph_alpha/_async/scoring_methods.py by scripts/unasync.py: change it there, then run `make fix`.
"""The methods of the client that score given texts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal, overload

from aleph_alpha._runtime.threads import Items
from aleph_alpha._sync.methods import Methods

if TYPE_CHECKING:
    from aleph_alpha.errors import AlephAlphaError
    from aleph_alpha.evaluation import EvaluationRequest, EvaluationResponse
    from aleph_alpha.explanation.request import ExplanationRequest
    from aleph_alpha.explanation.response import ExplanationResponse

__all__ = ["ScoringMethods"]


class ScoringMethods(Methods):
    """Evaluations and explanations, one or many."""

    def evaluate(self, request: EvaluationRequest, model: str) -> EvaluationResponse:
        """How likely the model is to continue a prompt with a given text.

        Raises: as :meth:`complete`.

        >>> from aleph_alpha import EvaluationRequest, Prompt
        >>> request = EvaluationRequest(Prompt.from_text("The API works"), completion_expected=" well")
        >>> response = client.evaluate(request, model="toy-base")
        >>> response.result["log_probability"] < 0
        True
        """
        from aleph_alpha.evaluation import evaluate_call

        return self._send(evaluate_call(request, model, self._defaults))

    def explain(self, request: ExplanationRequest, model: str) -> ExplanationResponse:
        """How much each part of a prompt adds to the likelihood of a target.

        Raises: as :meth:`complete`.

        >>> from aleph_alpha import ExplanationRequest, Prompt
        >>> request = ExplanationRequest(Prompt.from_text("Andreas likes"), target=" pizza.")
        >>> response = client.explain(request, model="toy-base")
        >>> response.explanations[0].target
        ' pizza.'
        """
        from aleph_alpha.explanation.calls import explain_call

        return self._send(explain_call(request, model, self._defaults))

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
