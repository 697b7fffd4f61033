# Made from aleph_alpha/_async/scoring_methods.py by scripts/unasync.py: change it there, then run `make fix`.
"""The methods of the client that score given texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aleph_alpha._sync.methods import Methods, many

if TYPE_CHECKING:
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

    evaluate_many, iter_evaluate_many = many(evaluate)("""How likely a model finds many completions.

        >>> from aleph_alpha import EvaluationRequest, Prompt
        >>> requests = [EvaluationRequest(Prompt.from_text("The API works"), text) for text in (" well", " badly")]
        >>> [response.result["log_probability"] < 0 for response in client.evaluate_many(requests, "toy-base")]
        [True, True]
        """)

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

    explain_many, iter_explain_many = many(explain)("""Explain many completions.

        >>> from aleph_alpha import ExplanationRequest, Prompt
        >>> requests = [ExplanationRequest(Prompt.from_text("Andreas likes"), text) for text in (" pizza.", " fish.")]
        >>> [response.explanations[0].target for response in client.explain_many(requests, "toy-base")]
        [' pizza.', ' fish.']
        """)
