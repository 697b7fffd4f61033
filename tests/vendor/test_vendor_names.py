"""Every public name of the vendor's package, 11.5.1, where its users import it from."""

from __future__ import annotations

import importlib
import inspect

import pytest

from aleph_alpha import AsyncClient, Client

NAMES = {
    "aleph_alpha_client": "AnyRequest AsyncClient BusyError Client DEFAULT_REQUEST_TIMEOUT POOLING_OPTIONS QuotaError "
    "RETRY_STATUS_CODES",
    "chat": "ChatRequest ChatResponse ChatStreamChunk FinishReason FunctionCall Message Role StreamOptions TextMessage "
    "ToolCall ToolCallState ToolFunction Usage process_chat_stream stream_chat_item_from_json",
    "completion": "CompletionRequest CompletionResponse CompletionResponseStreamItem CompletionResult "
    "CompletionSummary StreamChunk StreamSummary stream_item_from_json",
    "detokenization": "DetokenizationRequest DetokenizationResponse",
    "document": "Document",
    "embedding": "BatchSemanticEmbeddingRequest BatchSemanticEmbeddingResponse EmbeddingRequest EmbeddingResponse "
    "EmbeddingV2Request EmbeddingV2Response EmbeddingV2ResponseData EmbeddingVector InstructableEmbeddingRequest "
    "InstructableEmbeddingResponse SemanticEmbeddingRequest SemanticEmbeddingResponse SemanticRepresentation Usage",
    "evaluation": "EvaluationRequest EvaluationResponse",
    "explanation": "CustomGranularity Explanation ExplanationPostprocessing ExplanationRequest ExplanationResponse "
    "ImagePromptItemExplanation ImageScore PromptGranularity TargetGranularity TargetPromptItemExplanation "
    "TargetScore TargetScoreWithRaw TextPromptItemExplanation TextScore TextScoreWithRaw "
    "TokenPromptItemExplanation TokenScore prompt_granularity_to_json",
    "prompt": "ControlTokenOverlap Cropping Image ImageControl Prompt PromptItem Text TextControl TokenControl Tokens",
    "prompt_template": "Placeholder PromptTemplate",
    "reranking": "RerankRequest RerankResponse RerankResult RerankUsage",
    "steering": "SteeringConceptCreationRequest SteeringConceptCreationResponse SteeringPairedExample",
    "structured_output": "JSONSchema ResponseFormat",
    "tokenization": "TokenizationRequest TokenizationResponse",
    "translation": "TranslationRequest TranslationResponse TranslationSegment",
    "utils": "load_base64_from_file load_base64_from_url",
    "version": "MIN_API_VERSION __version__ user_agent_headers",
}
TOP = (
    "AsyncClient BatchSemanticEmbeddingRequest BatchSemanticEmbeddingResponse BusyError ChatRequest ChatResponse "
    "Client CompletionRequest CompletionResponse ControlTokenOverlap CustomGranularity DetokenizationRequest "
    "DetokenizationResponse Document EmbeddingRequest EmbeddingV2Request EmbeddingResponse EmbeddingV2Response "
    "EvaluationRequest EvaluationResponse Explanation ExplanationPostprocessing ExplanationRequest ExplanationResponse "
    "Image ImageControl ImagePromptItemExplanation ImageScore load_base64_from_file load_base64_from_url Message "
    "POOLING_OPTIONS Prompt PromptTemplate PromptGranularity QuotaError RerankRequest RerankResponse RerankResult "
    "RerankUsage SemanticEmbeddingRequest SemanticEmbeddingResponse SemanticRepresentation TargetGranularity "
    "TargetPromptItemExplanation TargetScore Text TextControl TextPromptItemExplanation TextScore TokenControl "
    "TokenizationRequest TokenizationResponse TokenPromptItemExplanation Tokens TokenScore __version__"
)
CASES = [("", name) for name in TOP.split()] + [
    (f".{path}", name) for path, names in NAMES.items() for name in names.split()
]


@pytest.mark.parametrize(("path", "name"), CASES, ids=[f"{path[1:] or 'top'}-{name}" for path, name in CASES])
def test_the_name_is_importable(path: str, name: str) -> None:
    assert hasattr(importlib.import_module(f"aleph_alpha{path}"), name)


@pytest.mark.parametrize("name", sorted({name for _, name in CASES if name[0].isupper() and not name.isupper()}))
def test_a_class_is_the_same_wherever_it_is_imported_from(name: str) -> None:
    found = [getattr(importlib.import_module(f"aleph_alpha{path}"), name) for path, same in CASES if same == name]
    if name != "Usage":  # of chats, and of embeddings
        assert all(one is found[0] for one in found)


def test_both_clients_have_the_same_methods_with_the_same_arguments() -> None:
    methods = [
        {name: [*inspect.signature(method).parameters] for name, method in inspect.getmembers(kind, inspect.isfunction)}
        for kind in (AsyncClient, Client)
    ]
    asynchronous = {"__aenter__": "__enter__", "__aexit__": "__exit__"}
    assert {asynchronous.get(name, name): arguments for name, arguments in methods[0].items()} == methods[1]
