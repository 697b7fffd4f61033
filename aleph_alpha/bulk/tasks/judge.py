"""Scores: evaluations, explanations and rerankings; and translations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
import pyarrow as pa

from aleph_alpha.bulk.task import Input, Row
from aleph_alpha.bulk.tasks.prompts import PromptTask, check_fields, text_of
from aleph_alpha.errors import InvalidRequestError
from aleph_alpha.evaluation import EvaluationRequest, EvaluationResponse
from aleph_alpha.explanation.request import ExplanationRequest
from aleph_alpha.explanation.response import ExplanationResponse
from aleph_alpha.prompt.prompt import Prompt
from aleph_alpha.reranking import RerankRequest, RerankResponse
from aleph_alpha.translation import TranslationRequest, TranslationResponse

if TYPE_CHECKING:
    from aleph_alpha import AsyncClient

__all__ = ["Evaluate", "Explain", "Rerank", "Translate"]


@dataclass(frozen=True)
class Evaluate(PromptTask):
    """How likely an expected text is: ``log_probability``, ``log_perplexity``, ``correct_greedy`` and so on.

    Parameters:
        model: name of the model.
        column, template, image: where prompts come from, see ``PromptColumns``.
        expected: column of the texts whose likelihood is wanted.
        fields: other fields of ``EvaluationRequest``.

    Raises:
        InvalidRequestError: an argument that cannot work.
    """

    expected: str = "expected"

    name = "evaluate"
    rows_per_request = 1

    def __post_init__(self) -> None:
        check_fields(self.fields, EvaluationRequest, ("prompt", "completion_expected"))
        self.settings()

    def inputs(self) -> Mapping[str, Input]:
        """The columns that it reads."""
        return {**self.prompts.inputs(), self.expected: "text"}

    def outputs(self) -> Mapping[str, pa.DataType]:
        """The columns that it makes."""
        return {**_EVALUATION, "num_tokens_prompt": pa.int64(), "model_version": pa.string()}

    def settings(self) -> Mapping[str, Any]:
        """What makes results different."""
        body = dict(EvaluationRequest(Prompt.from_text(""), "", **self.fields).to_json())
        body = {name: value for name, value in body.items() if name not in ("prompt", "completion_expected")}
        return {"model": self.model, **self.prompts.settings(), "expected": self.expected, **body}

    def request(self, rows: Sequence[Row]) -> EvaluationRequest:
        """The request of a row."""
        return EvaluationRequest(self.prompts.prompt(rows[0]), text_of(rows[0], self.expected), **self.fields)

    async def send(self, client: AsyncClient, request: EvaluationRequest) -> EvaluationResponse:
        """Its evaluation."""
        return await client.evaluate(request, self.model)

    def columns(self, request: EvaluationRequest, response: EvaluationResponse) -> Mapping[str, Any]:
        """The scores, and what they cost."""
        return {
            **{name: [response.result.get(name)] for name in _EVALUATION},
            "num_tokens_prompt": [response.num_tokens_prompt_total],
            "model_version": [response.model_version],
        }


_EVALUATION = {
    "log_probability": pa.float64(),
    "log_perplexity": pa.float64(),
    "log_perplexity_per_token": pa.float64(),
    "log_perplexity_per_character": pa.float64(),
    "correct_greedy": pa.bool_(),
    "token_count": pa.int64(),
    "character_count": pa.int64(),
    "completion": pa.string(),
}


@dataclass(frozen=True)
class Explain(PromptTask):
    """What mattered for a target: a column ``scores``, JSON as ``ExplanationResponse.to_rows`` gives it.

    Parameters:
        model: name of the model.
        column, template, image: where prompts come from, see ``PromptColumns``.
        target: column of the texts to explain.
        fields: other fields of ``ExplanationRequest``, such as ``{"prompt_granularity": "word"}``.

    Raises:
        InvalidRequestError: an argument that cannot work.
    """

    target: str = "target"

    name = "explain"
    rows_per_request = 1

    def __post_init__(self) -> None:
        check_fields(self.fields, ExplanationRequest, ("prompt", "target"))
        self.settings()

    def inputs(self) -> Mapping[str, Input]:
        """The columns that it reads."""
        return {**self.prompts.inputs(), self.target: "text"}

    def outputs(self) -> Mapping[str, pa.DataType]:
        """The columns that it makes."""
        return {"scores": pa.string(), "model_version": pa.string()}

    def settings(self) -> Mapping[str, Any]:
        """What makes results different."""
        body = dict(ExplanationRequest(Prompt.from_text(""), "", **self.fields).to_json())
        body = {name: value for name, value in body.items() if name not in ("prompt", "target")}
        return {"model": self.model, **self.prompts.settings(), "explained": self.target, **body}

    def request(self, rows: Sequence[Row]) -> ExplanationRequest:
        """The request of a row."""
        return ExplanationRequest(self.prompts.prompt(rows[0]), text_of(rows[0], self.target), **self.fields)

    async def send(self, client: AsyncClient, request: ExplanationRequest) -> ExplanationResponse:
        """Its explanation."""
        return await client.explain(request, self.model)

    def columns(self, request: ExplanationRequest, response: ExplanationResponse) -> Mapping[str, Any]:
        """The scores with the text that each is about."""
        rows = response.with_text_from_prompt(request).to_rows()
        return {"scores": [orjson.dumps(rows).decode()], "model_version": [response.model_version]}


@dataclass(frozen=True)
class Rerank:
    """Documents by how well they answer a query: ``indices`` and ``scores``, lists with the best first.

    Parameters:
        model: name of the model.
        column: of queries.
        documents: column of lists of texts.
        top_n: how many to return; ``None`` for all.
    """

    model: str
    column: str
    documents: str = "documents"
    top_n: int | None = None

    name = "rerank"
    rows_per_request = 1
    blocking = False

    def inputs(self) -> Mapping[str, Input]:
        """The columns that it reads."""
        return {self.column: "text", self.documents: "texts"}

    def outputs(self) -> Mapping[str, pa.DataType]:
        """The columns that it makes."""
        return {"indices": pa.list_(pa.int32()), "scores": pa.list_(pa.float64()), "num_tokens_prompt": pa.int64()}

    def settings(self) -> Mapping[str, Any]:
        """What makes results different."""
        return {"model": self.model, "column": self.column, "documents": self.documents, "top_n": self.top_n}

    def request(self, rows: Sequence[Row]) -> RerankRequest:
        """The request of a row."""
        documents = rows[0].get(self.documents)
        if not isinstance(documents, list):
            raise InvalidRequestError(f"column {self.documents!r} must hold a list of texts, got None")
        return RerankRequest(text_of(rows[0], self.column), documents, self.top_n)

    async def send(self, client: AsyncClient, request: RerankRequest) -> RerankResponse:
        """The order of its documents."""
        return await client.rerank(request, self.model)

    def columns(self, request: RerankRequest, response: RerankResponse) -> Mapping[str, Any]:
        """Places and scores, and what they cost."""
        return {
            "indices": [[one.index for one in response.results]],
            "scores": [[one.relevance_score for one in response.results]],
            "num_tokens_prompt": [response.usage.total_tokens],
        }


@dataclass(frozen=True)
class Translate:
    """Translations: columns ``translation`` and ``score``.

    Parameters:
        model: name of a model that can translate.
        column: of texts.
        target_language: as an ISO 639 code such as ``"de"``.
    """

    model: str
    column: str
    target_language: str

    name = "translate"
    rows_per_request = 1
    blocking = False

    def inputs(self) -> Mapping[str, Input]:
        """The columns that it reads."""
        return {self.column: "text"}

    def outputs(self) -> Mapping[str, pa.DataType]:
        """The columns that it makes."""
        costs = {"num_tokens_prompt": pa.int64(), "num_tokens_generated": pa.int64()}
        return {"translation": pa.string(), "score": pa.float64(), **costs}

    def settings(self) -> Mapping[str, Any]:
        """What makes results different."""
        return {"model": self.model, "column": self.column, "target_language": self.target_language}

    def request(self, rows: Sequence[Row]) -> TranslationRequest:
        """The request of a row."""
        return TranslationRequest(self.model, text_of(rows[0], self.column), self.target_language)

    async def send(self, client: AsyncClient, request: TranslationRequest) -> TranslationResponse:
        """Its translation."""
        return await client.translate(request)

    def columns(self, request: TranslationRequest, response: TranslationResponse) -> Mapping[str, Any]:
        """The translation, and what it cost."""
        return {
            "translation": [response.translation],
            "score": [response.score],
            "num_tokens_prompt": [response.num_tokens_prompt_total],
            "num_tokens_generated": [response.num_tokens_generated],
        }
