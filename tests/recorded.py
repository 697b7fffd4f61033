"""What a user writes for each recording of the documented endpoints."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from aleph_alpha import (
    BatchSemanticEmbeddingRequest,
    CompletionRequest,
    ControlTokenOverlap,
    CustomGranularity,
    DetokenizationRequest,
    EmbeddingRequest,
    EvaluationRequest,
    ExplanationRequest,
    Image,
    Prompt,
    SemanticEmbeddingRequest,
    SemanticRepresentation,
    TargetGranularity,
    Text,
    TextControl,
    TokenizationRequest,
    Tokens,
)
from tests.recordings import Recording


class Asked(NamedTuple):
    """A method of the clients and its request."""

    method: str
    request: Any = None


MODEL = "luminous-base"


def _controlled() -> Prompt:
    half = TextControl(1, 5, 0.5)
    return Prompt.from_text("Hello, World!", [half, TextControl(1, 5, 0.5, ControlTokenOverlap.Complete)])


def recorded_image(recording: Recording) -> Image:
    return Image(recording.request["prompt"][0]["data"], None, [])


def _symmetric(kind: Any, prompt: Any) -> Any:
    return kind(prompt, SemanticRepresentation.Symmetric, compress_to_size=128)


PIZZA = " pizza with cheese"
FOOD = "I am a programmer and French. My favourite food is"
IDS = [4014, 36316, 5681, 387]

# What a user writes for each recording. `maximum_tokens` is given where the recording has another
# than our default; the streamed completion has `stream` added by the streaming call.
CASES: dict[str, Callable[[Recording], Asked]] = {
    "complete/complete": lambda recording: Asked(
        "complete", CompletionRequest(_controlled(), maximum_tokens=7, logit_bias={1: 2.0}, log_probs=0)
    ),
    "complete/complete_with_token_ids": lambda recording: Asked(
        "complete", CompletionRequest(Prompt.from_tokens([49222, 2998]), maximum_tokens=32)
    ),
    "complete/num_tokens_prompt_total_with_best_of": lambda recording: Asked(
        "complete", CompletionRequest(Prompt.from_tokens([49222, 2998]), maximum_tokens=1, best_of=2)
    ),
    "embed/embed_with_tokens": lambda recording: Asked(
        "embed", EmbeddingRequest(Prompt.from_text("abc"), layers=[-1], pooling=["mean"], tokens=True)
    ),
    "embed/embed_semantic": lambda recording: Asked(
        "semantic_embed", _symmetric(SemanticEmbeddingRequest, Prompt.from_text("hello"))
    ),
    "embed/batch_embed_semantic_1_": lambda recording: Asked(
        "batch_semantic_embed", _symmetric(BatchSemanticEmbeddingRequest, [Prompt.from_text("hello")])
    ),
    "evaluate/evaluate": lambda recording: Asked(
        "evaluate", EvaluationRequest(Prompt.from_text("hello"), recording.request["completion_expected"])
    ),
    "explanation/explanation_with_text_only": lambda recording: Asked(
        "explain",
        ExplanationRequest(Prompt.from_text(FOOD), PIZZA, target_granularity=TargetGranularity.Token, normalize=True),
    ),
    "explanation/explanation_auto_granularity": lambda recording: Asked(
        "explain", ExplanationRequest(Prompt([recorded_image(recording), Text.from_text(FOOD), Tokens(IDS, [])]), PIZZA)
    ),
    "explanation/can_explain_with_async_client": lambda recording: Asked(
        "explain",
        ExplanationRequest(
            Prompt([Text.from_text(recording.request["prompt"][0]["data"]), Tokens.from_token_ids(IDS)]),
            PIZZA,
            prompt_granularity=CustomGranularity("###"),
            target_granularity=TargetGranularity.Token,
        ),
    ),
    "tokenize/tokenize": lambda recording: Asked("tokenize", TokenizationRequest("Hello", True, True)),
    "detokenize/detokenize": lambda recording: Asked("detokenize", DetokenizationRequest([4711])),
    "clients/available_models_async_client": lambda recording: Asked("models"),
}
