"""One request and one response for each operation, for tests that go through all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aleph_alpha._call.call import Call, Defaults
from aleph_alpha.completion import CompletionRequest, complete_call
from aleph_alpha.detokenization import DetokenizationRequest, detokenize_call
from aleph_alpha.document import Document
from aleph_alpha.embedding import (
    BatchSemanticEmbeddingRequest,
    EmbeddingRequest,
    SemanticEmbeddingRequest,
    SemanticRepresentation,
    batch_semantic_embed_call,
    embed_call,
    semantic_embed_call,
)
from aleph_alpha.evaluation import EvaluationRequest, evaluate_call
from aleph_alpha.explanation import ExplanationRequest, explain_call
from aleph_alpha.models import models_call, version_call
from aleph_alpha.prompt import Prompt
from aleph_alpha.qa import QaRequest, qa_call
from aleph_alpha.summarization import SummarizationRequest, summarize_call
from aleph_alpha.tokenization import TokenizationRequest, tokenize_call

PROMPT = Prompt.from_text("Andreas likes")
SYMMETRIC = SemanticRepresentation.Symmetric
DOCUMENT = Document.from_text("Andreas likes pizza.")
MODEL = "luminous-base"


@dataclass(frozen=True)
class Sample:
    """An operation with a request of it (``None`` where it has none) and the JSON of a response."""

    call: Callable[..., Call[Any]]
    request: Any
    answer: Any
    takes_model: bool = True
    nice: bool = True

    def make(self, defaults: Defaults | None = None, **changes: Any) -> Call[Any]:
        request = changes.pop("request", self.request)
        if request is None:
            return self.call()
        model = [changes.pop("model", MODEL)] if self.takes_model else []
        return self.call(request, *model, defaults or Defaults(), **changes)


SAMPLES = {
    "complete": Sample(
        complete_call,
        CompletionRequest(PROMPT),
        {
            "model_version": "2022-04",
            "completions": [
                {
                    "index": 0,
                    "completion": " pizza",
                    "raw_completion": " pizza",
                    "completion_tokens": [" pi", "zza"],
                    "log_probs": [{" pi": -0.5}, {"zza": -0.25, "za": None}],
                    "finish_reason": "maximum_tokens",
                }
            ],
            "optimized_prompt": [
                {"type": "text", "data": "Andreas likes", "controls": [{"start": 0, "length": 7, "factor": 0.5}]},
                {"type": "token_ids", "data": [1, 2]},
            ],
            "num_tokens_prompt_total": 3,
            "num_tokens_generated": 2,
        },
    ),
    "embed": Sample(
        embed_call,
        EmbeddingRequest(PROMPT, layers=[-1], pooling=["mean", "max"]),
        {
            "model_version": "2022-04",
            "embeddings": {"layer_40": {"mean": [0.5, -1.25], "max": [1, 2.5]}},
            "tokens": ["And", "reas"],
            "num_tokens_prompt_total": 2,
        },
    ),
    "semanticEmbed": Sample(
        semantic_embed_call,
        SemanticEmbeddingRequest(PROMPT, SYMMETRIC),
        {"model_version": "2022-04", "embedding": [0.5, -1.25, 3], "num_tokens_prompt_total": 2},
    ),
    "batchSemanticEmbed": Sample(
        batch_semantic_embed_call,
        BatchSemanticEmbeddingRequest([PROMPT, PROMPT], SYMMETRIC),
        {"model_version": "2022-04", "embeddings": [[0.5, -1.25], [3, 0.0]], "num_tokens_prompt_total": 4},
    ),
    "evaluate": Sample(
        evaluate_call,
        EvaluationRequest(PROMPT, " pizza"),
        {
            "model_version": "2022-04",
            "result": {
                "log_probability": -1.5,
                "log_perplexity": 1.5,
                "log_perplexity_per_token": 0.75,
                "log_perplexity_per_character": 0.25,
                "correct_greedy": True,
                "token_count": 2,
                "character_count": 6,
                "completion": " pizza",
            },
            "num_tokens_prompt_total": 4,
        },
    ),
    "explain": Sample(
        explain_call,
        ExplanationRequest(PROMPT, " pizza"),
        {
            "model_version": "2022-04",
            "explanations": [
                {
                    "target": " pizza",
                    "items": [
                        {
                            "type": "text",
                            "scores": [
                                {"start": 0, "length": 7, "score": 0.25},
                                {"start": 8, "length": 5, "score": -1},
                            ],
                        },
                        {"type": "token_ids", "scores": [0.5, 0]},
                        {
                            "type": "image",
                            "scores": [
                                {"rect": {"left": 0.0, "top": 0.0, "width": 1.0, "height": 1.0}, "score": 0.125}
                            ],
                        },
                        {"type": "target", "scores": [{"start": 0, "length": 3, "score": 2.0}]},
                    ],
                }
            ],
        },
    ),
    "tokenize": Sample(
        tokenize_call,
        TokenizationRequest("Hello", tokens=True, token_ids=True),
        {"tokens": ["ĠHello"], "token_ids": [49222]},
        nice=False,
    ),
    "detokenize": Sample(detokenize_call, DetokenizationRequest([4711]), {"result": "tiss"}, nice=False),
    "qa": Sample(
        qa_call,
        QaRequest("Who likes pizza?", [DOCUMENT]),
        {"answers": [{"answer": "Andreas", "score": 0.5, "evidence": "Andreas likes pizza."}]},
        takes_model=False,
    ),
    "summarize": Sample(
        summarize_call, SummarizationRequest(DOCUMENT), {"summary": "Pizza is liked."}, takes_model=False
    ),
    "availableModels": Sample(
        models_call, None, [{"name": "luminous-base", "max_context_size": 2048, "new_field": {"a": [1]}}]
    ),
    "version": Sample(version_call, None, "4.7.0"),
}

REQUESTS = [name for name, sample in SAMPLES.items() if sample.request is not None]
JSON_ANSWERS = [name for name in SAMPLES if name != "version"]
