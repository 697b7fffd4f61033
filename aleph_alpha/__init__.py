"""Python SDK for the Aleph Alpha (PhariaAI) inference API.

>>> from aleph_alpha import Client, CompletionRequest, Prompt
>>> client = Client(token, host)
>>> request = CompletionRequest(Prompt.from_text("An apple a day"), maximum_tokens=8)
>>> client.complete(request, model="toy-base").completions[0].finish_reason
'maximum_tokens'

Names are imported when they are first used (PEP 562): ``import aleph_alpha`` alone is as good as free.
"""

from importlib import import_module, util

import lazy_loader

from aleph_alpha._runtime import forks as _forks  # noqa: F401 - before any thread imports a module of this package

_lazy, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "_async.client": ["AsyncClient"],
        "_observe.events": [
            "AttemptBegan",
            "AttemptEnded",
            "CallBegan",
            "CallEnded",
            "CallEvent",
            "ChunkCame",
            "ObservedCall",
            "WaitEnded",
        ],
        "_observe.outcome": ["Outcome"],
        "_observe.telemetry": ["Telemetry"],
        "_sync.client": ["Client"],
        "aleph_alpha_client": ["POOLING_OPTIONS"],
        "chat.events": ["ChoiceEnd", "TextDelta", "ToolCallDelta", "ToolCallEnd"],
        "chat.messages": ["FunctionCall", "Message", "Role", "TextMessage", "ToolCall"],
        "chat.request": ["ChatRequest", "StreamOptions", "ToolFunction"],
        "chat.response": ["ChatChoice", "ChatResponse", "FinishReason", "Usage"],
        "chat.tool_loop": ["ToolLoopError", "ToolRun"],
        "chat.tools": ["Tool"],
        "chat.vendor_stream": ["ChatStreamChunk"],
        "completion.events": ["CompletionSummary", "StreamChunk", "StreamSummary"],
        "completion.request": ["CompletionRequest"],
        "completion.response": ["CompletionResponse", "CompletionResult"],
        "document": ["Document"],
        "detokenization": ["DetokenizationRequest", "DetokenizationResponse"],
        "embedding.batch": ["BatchSemanticEmbeddingRequest", "BatchSemanticEmbeddingResponse"],
        "embedding.instructable": ["InstructableEmbeddingRequest", "InstructableEmbeddingResponse"],
        "embedding.layers": ["EmbeddingRequest", "EmbeddingResponse"],
        "embedding.openai": ["EmbeddingV2Request", "EmbeddingV2Response", "EmbeddingV2ResponseData"],
        "embedding.semantic": ["SemanticEmbeddingRequest", "SemanticEmbeddingResponse", "SemanticRepresentation"],
        "embedding.similar": ["Nearest", "nearest", "similarity"],
        "errors": [
            "APIConnectionError",
            "APIStatusError",
            "APITimeoutError",
            "AlephAlphaError",
            "AuthenticationError",
            "BadRequestError",
            "BusyError",
            "ImageError",
            "InvalidRequestError",
            "MissingCapabilityError",
            "NotFoundError",
            "OtherStatusError",
            "PermissionDeniedError",
            "PromptDoesNotFitError",
            "PromptTooLongError",
            "QueueFullError",
            "QuotaError",
            "RateLimitError",
            "RejectedRequestError",
            "RequestTimeoutError",
            "ResponseError",
            "ServerError",
            "StreamConnectionError",
            "StreamError",
            "StreamTimeoutError",
            "TemplateError",
            "UnknownModelError",
            "UnprocessableEntityError",
            "UnsupportedRuntimeError",
            "UnsupportedVersionError",
        ],
        "evaluation": ["ChoiceScore", "ChoiceScores", "EvaluationRequest", "EvaluationResponse"],
        "explanation.request": [
            "CustomGranularity",
            "ExplanationPostprocessing",
            "ExplanationRequest",
            "PromptGranularity",
            "TargetGranularity",
        ],
        "explanation.response": ["Explanation", "ExplanationResponse"],
        "explanation.scores": [
            "ImagePromptItemExplanation",
            "ImageScore",
            "OtherItemExplanation",
            "TargetPromptItemExplanation",
            "TargetScore",
            "TextPromptItemExplanation",
            "TextScore",
            "TokenPromptItemExplanation",
            "TokenScore",
        ],
        "options": ["Deviation", "Meta", "ResponseCache"],
        "prompt.controls": ["ControlTokenOverlap"],
        "prompt.image": ["Cropping", "Image", "ImageControl"],
        "prompt.lengths": ["TextPart", "join_text", "split_text"],
        "prompt.prompt": ["OtherItem", "Prompt"],
        "prompt.text": ["Text", "TextControl"],
        "prompt.tokens": ["TokenControl", "Tokens"],
        "prompt_template.template": ["PromptTemplate"],
        "qa": ["QaAnswer", "QaRequest", "QaResponse"],
        "reranking": ["RerankRequest", "RerankResponse", "RerankResult", "RerankUsage"],
        "service.account": ["ApiToken", "NewApiToken", "RecentRequest", "UserDetail"],
        "service.model_settings": ["ModelCatalogue", "ModelSettings"],
        "steering": ["SteeringConceptCreationRequest", "SteeringConceptCreationResponse", "SteeringPairedExample"],
        "structured_output.response_format": ["JSONSchema"],
        "summarization": ["SummarizationRequest", "SummarizationResponse"],
        "tokenization": ["TokenizationRequest", "TokenizationResponse"],
        "transcription": ["TranscriptionRequest", "TranscriptionResponse", "TranscriptionSegment"],
        "translation": ["TranslationRequest", "TranslationResponse", "TranslationSegment"],
        "utils": ["load_base64_from_file", "load_base64_from_url"],
        "version": ["MIN_API_VERSION", "__version__"],
    },
)


def __getattr__(name: str) -> object:
    """A public name, or a module: ``aleph_alpha.prompt`` needs no import of its own."""
    if name in __all__:
        return _lazy(name)
    if name.startswith("_") or util.find_spec(f"{__name__}.{name}") is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module(f"{__name__}.{name}")
