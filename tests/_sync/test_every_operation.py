# Made from tests/_async/test_every_operation.py by scripts/unasync.py: change it there, then run `make fix`.
"""Every operation of the contract can be called; the reference server checks what is sent against it."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from aleph_alpha import (
    BatchSemanticEmbeddingRequest,
    ChatRequest,
    Client,
    CompletionRequest,
    DetokenizationRequest,
    Document,
    EmbeddingRequest,
    EmbeddingV2Request,
    EvaluationRequest,
    ExplanationRequest,
    InstructableEmbeddingRequest,
    Message,
    Prompt,
    QaRequest,
    RerankRequest,
    SemanticEmbeddingRequest,
    SemanticRepresentation,
    SteeringConceptCreationRequest,
    SteeringPairedExample,
    SummarizationRequest,
    TokenizationRequest,
    TranscriptionRequest,
    TranslationRequest,
)
from aleph_alpha.testing import LocalServer
from aleph_alpha.testing.server.contract import load as load_contract

PROMPT = Prompt.from_text("An apple a day")
TEXT = Document.from_text("An apple a day keeps the doctor away.")
CONCEPT = SteeringConceptCreationRequest([SteeringPairedExample("I appreciate it.", "Thanks, mate!")])

# Not called by a client, on purpose.
EXEMPT = {"login": "a client has no business with passwords"}

CALLS: dict[str, Callable[[Client], Any]] = {
    "version": lambda client: client.get_version(),
    "openapiDocument": lambda client: client.openapi_document(),
    "me": lambda client: client.me(),
    "listTokens": lambda client: client.list_tokens(),
    "newToken": lambda client: client.create_token("test"),
    "deleteToken": lambda client: client.delete_token(1),
    "recentRequests": lambda client: client.recent_requests(),
    "postCheckPrivileges": lambda client: client.check_privileges(),
    "getModelTokenizer": lambda client: client.tokenizer("toy-base"),
    "availableModels": lambda client: client.models(),
    "modelSettings": lambda client: client.model_settings(),
    "complete": lambda client: client.complete(CompletionRequest(PROMPT, maximum_tokens=2), "toy-base"),
    "completeJson": lambda client: client.complete_json(CompletionRequest(PROMPT, maximum_tokens=9), "toy-base"),
    "chatCompletions": lambda client: client.chat(ChatRequest("toy-chat", [Message("user", "Hi")], max_tokens=2)),
    "embeddings": lambda client: client.embeddings(EmbeddingV2Request("Hi"), "toy-embedding"),
    "semanticEmbed": lambda client: client.semantic_embed(
        SemanticEmbeddingRequest(PROMPT, SemanticRepresentation.Query), "toy-base"
    ),
    "batchSemanticEmbed": lambda client: client.batch_semantic_embed(
        BatchSemanticEmbeddingRequest([PROMPT], SemanticRepresentation.Query), "toy-base"
    ),
    "instructableEmbed": lambda client: client.instructable_embed(
        InstructableEmbeddingRequest(PROMPT, "the fruit"), "toy-instruct-embedding"
    ),
    "embed": lambda client: client.embed(EmbeddingRequest(PROMPT, layers=[-1], pooling=["mean"]), "toy-base"),
    "evaluate": lambda client: client.evaluate(EvaluationRequest(PROMPT, " keeps"), "toy-base"),
    "explain": lambda client: client.explain(ExplanationRequest(PROMPT, " keeps"), "toy-base"),
    "tokenize": lambda client: client.tokenize(TokenizationRequest("Hi", tokens=True, token_ids=True), "toy-base"),
    "detokenize": lambda client: client.detokenize(DetokenizationRequest([2, 3]), "toy-base"),
    "createSteeringConcept": lambda client: client.create_steering_concept(CONCEPT),
    "transcribe": lambda client: client.transcribe(TranscriptionRequest(b"RIFF"), "toy-transcription"),
    "translate": lambda client: client.translate(TranslationRequest("toy-translation", "Hello", "de")),
    "rerank": lambda client: client.rerank(RerankRequest("apple", ["pear", "an apple"]), "toy-reranker"),
    "qa": lambda client: client.qa(QaRequest("What does an apple do?", [TEXT])),
    "summarize": lambda client: client.summarize(SummarizationRequest(TEXT)),
}


@pytest.fixture(scope="module")
def server() -> Iterator[LocalServer]:
    with LocalServer() as server:
        yield server


def test_there_is_a_call_for_each_operation_of_the_contract() -> None:
    assert load_contract().operations.keys() == CALLS.keys() | EXEMPT.keys()


@pytest.mark.parametrize("operation", CALLS)
def test_the_operation_is_called_and_its_answer_understood(operation: str, server: LocalServer) -> None:
    described = load_contract().operations[operation]
    with Client("token", server.url, nice=True, hosting="aleph-alpha", tags=["test"]) as client:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of qa and summarize
            if operation == "deleteToken":
                token = (client.create_token("test")).metadata.token_id
                client.delete_token(token)
            else:
                CALLS[operation](client)
    seen = server.faults.seen[-1]
    assert seen.method == described.method
    assert re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", described.path), seen.path)
