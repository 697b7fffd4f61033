"""Python SDK for the Aleph Alpha (PhariaAI) inference API.

>>> from aleph_alpha import Client, CompletionRequest, Prompt
>>> client = Client(token, host)
>>> request = CompletionRequest(Prompt.from_text("An apple a day"), maximum_tokens=8)
>>> client.complete(request, model="toy-base").completions[0].finish_reason
'maximum_tokens'

Names are imported when they are first used (PEP 562): ``import aleph_alpha`` alone is as good as free.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aleph_alpha._async.client import (
        AsyncClient as AsyncClient,
    )
    from aleph_alpha._sync.client import (
        Client as Client,
    )
    from aleph_alpha.account import (
        ApiToken as ApiToken,
        NewApiToken as NewApiToken,
        RecentRequest as RecentRequest,
        UserDetail as UserDetail,
    )
    from aleph_alpha.aleph_alpha_client import (
        POOLING_OPTIONS as POOLING_OPTIONS,
    )
    from aleph_alpha.chat import (
        ChatChoice as ChatChoice,
        ChatRequest as ChatRequest,
        ChatResponse as ChatResponse,
        ChatStreamChunk as ChatStreamChunk,
        FinishReason as FinishReason,
        FunctionCall as FunctionCall,
        Message as Message,
        Role as Role,
        StreamOptions as StreamOptions,
        TextMessage as TextMessage,
        ToolCall as ToolCall,
        ToolFunction as ToolFunction,
        Usage as Usage,
    )
    from aleph_alpha.completion import (
        CompletionRequest as CompletionRequest,
        CompletionResponse as CompletionResponse,
        CompletionResult as CompletionResult,
        CompletionSummary as CompletionSummary,
        StreamChunk as StreamChunk,
        StreamSummary as StreamSummary,
    )
    from aleph_alpha.detokenization import (
        DetokenizationRequest as DetokenizationRequest,
        DetokenizationResponse as DetokenizationResponse,
    )
    from aleph_alpha.document import (
        Document as Document,
    )
    from aleph_alpha.embedding import (
        BatchSemanticEmbeddingRequest as BatchSemanticEmbeddingRequest,
        BatchSemanticEmbeddingResponse as BatchSemanticEmbeddingResponse,
        EmbeddingRequest as EmbeddingRequest,
        EmbeddingResponse as EmbeddingResponse,
        SemanticEmbeddingRequest as SemanticEmbeddingRequest,
        SemanticEmbeddingResponse as SemanticEmbeddingResponse,
        SemanticRepresentation as SemanticRepresentation,
    )
    from aleph_alpha.embedding_v2 import (
        EmbeddingV2Request as EmbeddingV2Request,
        EmbeddingV2Response as EmbeddingV2Response,
        EmbeddingV2ResponseData as EmbeddingV2ResponseData,
    )
    from aleph_alpha.errors import (
        AlephAlphaError as AlephAlphaError,
        APIConnectionError as APIConnectionError,
        APIStatusError as APIStatusError,
        APITimeoutError as APITimeoutError,
        AuthenticationError as AuthenticationError,
        BadRequestError as BadRequestError,
        BusyError as BusyError,
        ImageError as ImageError,
        InvalidRequestError as InvalidRequestError,
        NotFoundError as NotFoundError,
        OtherStatusError as OtherStatusError,
        PermissionDeniedError as PermissionDeniedError,
        QuotaError as QuotaError,
        RateLimitError as RateLimitError,
        RequestTimeoutError as RequestTimeoutError,
        ResponseError as ResponseError,
        ServerError as ServerError,
        StreamConnectionError as StreamConnectionError,
        StreamError as StreamError,
        StreamTimeoutError as StreamTimeoutError,
        TemplateError as TemplateError,
        UnprocessableEntityError as UnprocessableEntityError,
        UnsupportedVersionError as UnsupportedVersionError,
    )
    from aleph_alpha.evaluation import (
        EvaluationRequest as EvaluationRequest,
        EvaluationResponse as EvaluationResponse,
    )
    from aleph_alpha.explanation import (
        CustomGranularity as CustomGranularity,
        Explanation as Explanation,
        ExplanationPostprocessing as ExplanationPostprocessing,
        ExplanationRequest as ExplanationRequest,
        ExplanationResponse as ExplanationResponse,
        ImagePromptItemExplanation as ImagePromptItemExplanation,
        ImageScore as ImageScore,
        PromptGranularity as PromptGranularity,
        TargetGranularity as TargetGranularity,
        TargetPromptItemExplanation as TargetPromptItemExplanation,
        TargetScore as TargetScore,
        TextPromptItemExplanation as TextPromptItemExplanation,
        TextScore as TextScore,
        TokenPromptItemExplanation as TokenPromptItemExplanation,
        TokenScore as TokenScore,
    )
    from aleph_alpha.image import (
        Cropping as Cropping,
        Image as Image,
        ImageControl as ImageControl,
    )
    from aleph_alpha.instructable import (
        InstructableEmbeddingRequest as InstructableEmbeddingRequest,
        InstructableEmbeddingResponse as InstructableEmbeddingResponse,
    )
    from aleph_alpha.model_settings import (
        ModelCatalogue as ModelCatalogue,
        ModelSettings as ModelSettings,
    )
    from aleph_alpha.options import (
        Meta as Meta,
    )
    from aleph_alpha.prompt import (
        ControlTokenOverlap as ControlTokenOverlap,
        Prompt as Prompt,
        Text as Text,
        TextControl as TextControl,
        TokenControl as TokenControl,
        Tokens as Tokens,
    )
    from aleph_alpha.prompt_template import (
        PromptTemplate as PromptTemplate,
    )
    from aleph_alpha.qa import (
        QaAnswer as QaAnswer,
        QaRequest as QaRequest,
        QaResponse as QaResponse,
    )
    from aleph_alpha.reranking import (
        RerankRequest as RerankRequest,
        RerankResponse as RerankResponse,
        RerankResult as RerankResult,
        RerankUsage as RerankUsage,
    )
    from aleph_alpha.steering import (
        SteeringConceptCreationRequest as SteeringConceptCreationRequest,
        SteeringConceptCreationResponse as SteeringConceptCreationResponse,
        SteeringPairedExample as SteeringPairedExample,
    )
    from aleph_alpha.streaming import (
        ChoiceEnd as ChoiceEnd,
        TextDelta as TextDelta,
        ToolCallDelta as ToolCallDelta,
        ToolCallEnd as ToolCallEnd,
    )
    from aleph_alpha.structured_output import (
        JSONSchema as JSONSchema,
    )
    from aleph_alpha.summarization import (
        SummarizationRequest as SummarizationRequest,
        SummarizationResponse as SummarizationResponse,
    )
    from aleph_alpha.tokenization import (
        TokenizationRequest as TokenizationRequest,
        TokenizationResponse as TokenizationResponse,
    )
    from aleph_alpha.tools import (
        Tool as Tool,
        ToolLoopError as ToolLoopError,
        ToolRun as ToolRun,
    )
    from aleph_alpha.transcription import (
        TranscriptionRequest as TranscriptionRequest,
        TranscriptionResponse as TranscriptionResponse,
        TranscriptionSegment as TranscriptionSegment,
    )
    from aleph_alpha.translation import (
        TranslationRequest as TranslationRequest,
        TranslationResponse as TranslationResponse,
        TranslationSegment as TranslationSegment,
    )
    from aleph_alpha.utils import (
        load_base64_from_file as load_base64_from_file,
        load_base64_from_url as load_base64_from_url,
    )
    from aleph_alpha.version import (
        __version__ as __version__,
    )

# The module that each public name is imported from when it is first used.
_HOMES = {
    "APIConnectionError": "errors",
    "APIStatusError": "errors",
    "APITimeoutError": "errors",
    "AlephAlphaError": "errors",
    "ApiToken": "account",
    "AsyncClient": "_async.client",
    "AuthenticationError": "errors",
    "BadRequestError": "errors",
    "BatchSemanticEmbeddingRequest": "embedding",
    "BatchSemanticEmbeddingResponse": "embedding",
    "BusyError": "errors",
    "ChatChoice": "chat",
    "ChatRequest": "chat",
    "ChatResponse": "chat",
    "ChatStreamChunk": "chat",
    "ChoiceEnd": "streaming",
    "Client": "_sync.client",
    "CompletionRequest": "completion",
    "CompletionResponse": "completion",
    "CompletionResult": "completion",
    "CompletionSummary": "completion",
    "ControlTokenOverlap": "prompt",
    "Cropping": "image",
    "CustomGranularity": "explanation",
    "DetokenizationRequest": "detokenization",
    "DetokenizationResponse": "detokenization",
    "Document": "document",
    "EmbeddingRequest": "embedding",
    "EmbeddingResponse": "embedding",
    "EmbeddingV2Request": "embedding_v2",
    "EmbeddingV2Response": "embedding_v2",
    "EmbeddingV2ResponseData": "embedding_v2",
    "EvaluationRequest": "evaluation",
    "EvaluationResponse": "evaluation",
    "Explanation": "explanation",
    "ExplanationPostprocessing": "explanation",
    "ExplanationRequest": "explanation",
    "ExplanationResponse": "explanation",
    "FinishReason": "chat",
    "FunctionCall": "chat",
    "Image": "image",
    "ImageControl": "image",
    "ImageError": "errors",
    "ImagePromptItemExplanation": "explanation",
    "ImageScore": "explanation",
    "InstructableEmbeddingRequest": "instructable",
    "InstructableEmbeddingResponse": "instructable",
    "InvalidRequestError": "errors",
    "JSONSchema": "structured_output",
    "Message": "chat",
    "Meta": "options",
    "ModelCatalogue": "model_settings",
    "ModelSettings": "model_settings",
    "NewApiToken": "account",
    "NotFoundError": "errors",
    "OtherStatusError": "errors",
    "POOLING_OPTIONS": "aleph_alpha_client",
    "PermissionDeniedError": "errors",
    "Prompt": "prompt",
    "PromptGranularity": "explanation",
    "PromptTemplate": "prompt_template",
    "QaAnswer": "qa",
    "QaRequest": "qa",
    "QaResponse": "qa",
    "QuotaError": "errors",
    "RateLimitError": "errors",
    "RecentRequest": "account",
    "RequestTimeoutError": "errors",
    "RerankRequest": "reranking",
    "RerankResponse": "reranking",
    "RerankResult": "reranking",
    "RerankUsage": "reranking",
    "ResponseError": "errors",
    "Role": "chat",
    "SemanticEmbeddingRequest": "embedding",
    "SemanticEmbeddingResponse": "embedding",
    "SemanticRepresentation": "embedding",
    "ServerError": "errors",
    "SteeringConceptCreationRequest": "steering",
    "SteeringConceptCreationResponse": "steering",
    "SteeringPairedExample": "steering",
    "StreamChunk": "completion",
    "StreamConnectionError": "errors",
    "StreamError": "errors",
    "StreamOptions": "chat",
    "StreamSummary": "completion",
    "StreamTimeoutError": "errors",
    "SummarizationRequest": "summarization",
    "SummarizationResponse": "summarization",
    "TargetGranularity": "explanation",
    "TargetPromptItemExplanation": "explanation",
    "TargetScore": "explanation",
    "TemplateError": "errors",
    "Text": "prompt",
    "TextControl": "prompt",
    "TextDelta": "streaming",
    "TextMessage": "chat",
    "TextPromptItemExplanation": "explanation",
    "TextScore": "explanation",
    "TokenControl": "prompt",
    "TokenPromptItemExplanation": "explanation",
    "TokenScore": "explanation",
    "TokenizationRequest": "tokenization",
    "TokenizationResponse": "tokenization",
    "Tokens": "prompt",
    "Tool": "tools",
    "ToolCall": "chat",
    "ToolCallDelta": "streaming",
    "ToolCallEnd": "streaming",
    "ToolFunction": "chat",
    "ToolLoopError": "tools",
    "ToolRun": "tools",
    "TranscriptionRequest": "transcription",
    "TranscriptionResponse": "transcription",
    "TranscriptionSegment": "transcription",
    "TranslationRequest": "translation",
    "TranslationResponse": "translation",
    "TranslationSegment": "translation",
    "UnprocessableEntityError": "errors",
    "UnsupportedVersionError": "errors",
    "Usage": "chat",
    "UserDetail": "account",
    "__version__": "version",
    "load_base64_from_file": "utils",
    "load_base64_from_url": "utils",
}

__all__ = list(_HOMES)  # pyright: ignore[reportUnsupportedDunderAll]


if not TYPE_CHECKING:  # type checkers go by the imports above and refuse a misspelt name

    def __getattr__(name: str) -> Any:
        from importlib import import_module, util

        home = _HOMES.get(name)
        if home is not None:
            value = getattr(import_module(f"{__name__}.{home}"), name)
        elif not name.startswith("_") and util.find_spec(f"{__name__}.{name}") is not None:
            value = import_module(f"{__name__}.{name}")  # `aleph_alpha.prompt` without an import of its own
        else:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
