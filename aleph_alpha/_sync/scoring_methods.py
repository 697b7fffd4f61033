# Made from aleph_alpha/_async/scoring_methods.py by scripts/unasync.py: change it there, then run `make fix`.
"""The methods of the client that score given texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, overload

from aleph_alpha._sync.many import send_many
from aleph_alpha._sync.methods import Methods, many

if TYPE_CHECKING:
    from aleph_alpha.evaluation import ChoiceScores, EvaluationRequest, EvaluationResponse
    from aleph_alpha.explanation.request import ExplanationRequest
    from aleph_alpha.explanation.response import ExplanationResponse
    from aleph_alpha.prompt.prompt import Prompt

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

        return self._send(evaluate_call(request, model, self._defaults), request)

    evaluate_many, iter_evaluate_many = many(evaluate)("""How likely a model finds many completions.

        >>> from aleph_alpha import EvaluationRequest, Prompt
        >>> requests = [EvaluationRequest(Prompt.from_text("The API works"), text) for text in (" well", " badly")]
        >>> [response.result["log_probability"] < 0 for response in client.evaluate_many(requests, "toy-base")]
        [True, True]
        """)

    @overload
    def score_choices(
        self,
        prompt: Prompt | str,
        choices: Sequence[str],
        model: str,
        *,
        num_concurrent_requests: int = 8,
        progress_bar: bool = False,
    ) -> ChoiceScores: ...
    @overload
    def score_choices(
        self,
        prompt: Sequence[Prompt],
        choices: Sequence[str] | Sequence[Sequence[str]],
        model: str,
        *,
        num_concurrent_requests: int = 8,
        progress_bar: bool = False,
    ) -> list[ChoiceScores]: ...
    def score_choices(
        self,
        prompt: Prompt | str | Sequence[Prompt],
        choices: Sequence[str] | Sequence[Sequence[str]],
        model: str,
        *,
        num_concurrent_requests: int = 8,
        progress_bar: bool = False,
    ) -> ChoiceScores | list[ChoiceScores]:
        """How likely the model finds each of several texts after a prompt, and the distribution over them.

        Every choice is one :meth:`evaluate`; those of all prompts are sent a few at a time. The model reads a
        choice as a text of its own: begin it with the blank that follows the prompt (``" yes"``). The scores are
        those that ``complete`` gives for ``Prompt([*prompt.items, choice])`` with ``echo=True``, ``log_probs=0``,
        ``maximum_tokens=0`` and ``disable_optimizations=True``.

        Args:
            prompt: a prompt, or a list of them.
            choices: texts that differ from each other; for several prompts the same ones, or a list for each.
            model: name of the model.
            num_concurrent_requests: evaluations under way at once, 1 or more.
            progress_bar: show one (tqdm) that counts evaluations.

        Returns:
            The scores for the prompt; for a list of prompts a list, in their order.

        Raises:
            InvalidRequestError: a prompt or a choice that cannot be sent; nothing was sent.
            And as :meth:`complete`, with ``.partial`` (index of a choice -> ``ChoiceScore``; for a list of
            prompts, index of a prompt -> ``ChoiceScores``) and ``.remaining`` (indices without one).

        >>> from aleph_alpha import Prompt
        >>> scores = client.score_choices("The API works", [" well", " badly"], model="toy-base")
        >>> round(sum(scores.probabilities().values()), 6)
        1.0
        >>> prompts = [Prompt.from_text("An apple a"), Prompt.from_text("Day and")]
        >>> several = client.score_choices(prompts, [" day", " night"], model="toy-base")
        >>> [scores.best(per="character").choice in (" day", " night") for scores in several]
        [True, True]
        """
        from aleph_alpha.evaluation import ChoiceTask

        task = ChoiceTask(prompt, choices)
        try:
            responses = send_many(
                lambda request: self.evaluate(request, model),
                task.requests,
                concurrency=num_concurrent_requests,
                progress_bar=progress_bar,
                return_errors=False,
            )
        except BaseException as error:
            task.regroup(error)
            raise
        return task.scores(responses)

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

        return self._send(explain_call(request, model, self._defaults), request)

    explain_many, iter_explain_many = many(explain)("""Explain many completions.

        >>> from aleph_alpha import ExplanationRequest, Prompt
        >>> requests = [ExplanationRequest(Prompt.from_text("Andreas likes"), text) for text in (" pizza.", " fish.")]
        >>> [response.explanations[0].target for response in client.explain_many(requests, "toy-base")]
        [' pizza.', ' fish.']
        """)
