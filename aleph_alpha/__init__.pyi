# Made from __init__.py by scripts/faces.py: change it there, then run `make fix`.
from ._async.client import AsyncClient as AsyncClient
from ._observe.events import (
    AttemptBegan as AttemptBegan,
    AttemptEnded as AttemptEnded,
    CallBegan as CallBegan,
    CallEnded as CallEnded,
    CallEvent as CallEvent,
    ChunkCame as ChunkCame,
    ObservedCall as ObservedCall,
    WaitEnded as WaitEnded,
)
from ._observe.outcome import Outcome as Outcome
from ._observe.telemetry import Telemetry as Telemetry
from ._sync.client import Client as Client
from .aleph_alpha_client import POOLING_OPTIONS as POOLING_OPTIONS
from .chat.events import (
    ChoiceEnd as ChoiceEnd,
    TextDelta as TextDelta,
    ToolCallDelta as ToolCallDelta,
    ToolCallEnd as ToolCallEnd,
)
from .chat.messages import (
    FunctionCall as FunctionCall,
    Message as Message,
    Role as Role,
    TextMessage as TextMessage,
    ToolCall as ToolCall,
)
from .chat.request import ChatRequest as ChatRequest, StreamOptions as StreamOptions, ToolFunction as ToolFunction
from .chat.response import (
    ChatChoice as ChatChoice,
    ChatResponse as ChatResponse,
    FinishReason as FinishReason,
    Usage as Usage,
)
from .chat.tool_loop import ToolLoopError as ToolLoopError, ToolRun as ToolRun
from .chat.tools import Tool as Tool
from .chat.vendor_stream import ChatStreamChunk as ChatStreamChunk
from .completion.events import (
    CompletionSummary as CompletionSummary,
    StreamChunk as StreamChunk,
    StreamSummary as StreamSummary,
)
from .completion.request import CompletionRequest as CompletionRequest
from .completion.response import CompletionResponse as CompletionResponse, CompletionResult as CompletionResult
from .detokenization import (
    DetokenizationRequest as DetokenizationRequest,
    DetokenizationResponse as DetokenizationResponse,
)
from .document import Document as Document
from .embedding.batch import (
    BatchSemanticEmbeddingRequest as BatchSemanticEmbeddingRequest,
    BatchSemanticEmbeddingResponse as BatchSemanticEmbeddingResponse,
)
from .embedding.instructable import (
    InstructableEmbeddingRequest as InstructableEmbeddingRequest,
    InstructableEmbeddingResponse as InstructableEmbeddingResponse,
)
from .embedding.layers import EmbeddingRequest as EmbeddingRequest, EmbeddingResponse as EmbeddingResponse
from .embedding.openai import (
    EmbeddingV2Request as EmbeddingV2Request,
    EmbeddingV2Response as EmbeddingV2Response,
    EmbeddingV2ResponseData as EmbeddingV2ResponseData,
)
from .embedding.semantic import (
    SemanticEmbeddingRequest as SemanticEmbeddingRequest,
    SemanticEmbeddingResponse as SemanticEmbeddingResponse,
    SemanticRepresentation as SemanticRepresentation,
)
from .embedding.similar import Nearest as Nearest, nearest as nearest, similarity as similarity
from .errors import (
    AlephAlphaError as AlephAlphaError,
    APIConnectionError as APIConnectionError,
    APIStatusError as APIStatusError,
    APITimeoutError as APITimeoutError,
    AuthenticationError as AuthenticationError,
    BadRequestError as BadRequestError,
    BusyError as BusyError,
    ImageError as ImageError,
    InvalidRequestError as InvalidRequestError,
    MissingCapabilityError as MissingCapabilityError,
    NotFoundError as NotFoundError,
    OtherStatusError as OtherStatusError,
    PermissionDeniedError as PermissionDeniedError,
    PromptDoesNotFitError as PromptDoesNotFitError,
    PromptTooLongError as PromptTooLongError,
    QueueFullError as QueueFullError,
    QuotaError as QuotaError,
    RateLimitError as RateLimitError,
    RejectedRequestError as RejectedRequestError,
    RequestTimeoutError as RequestTimeoutError,
    ResponseError as ResponseError,
    ServerError as ServerError,
    StreamConnectionError as StreamConnectionError,
    StreamError as StreamError,
    StreamTimeoutError as StreamTimeoutError,
    TemplateError as TemplateError,
    UnknownModelError as UnknownModelError,
    UnprocessableEntityError as UnprocessableEntityError,
    UnsupportedRuntimeError as UnsupportedRuntimeError,
    UnsupportedVersionError as UnsupportedVersionError,
)
from .evaluation import (
    ChoiceScore as ChoiceScore,
    ChoiceScores as ChoiceScores,
    EvaluationRequest as EvaluationRequest,
    EvaluationResponse as EvaluationResponse,
)
from .explanation.request import (
    CustomGranularity as CustomGranularity,
    ExplanationPostprocessing as ExplanationPostprocessing,
    ExplanationRequest as ExplanationRequest,
    PromptGranularity as PromptGranularity,
    TargetGranularity as TargetGranularity,
)
from .explanation.response import Explanation as Explanation, ExplanationResponse as ExplanationResponse
from .explanation.scores import (
    ImagePromptItemExplanation as ImagePromptItemExplanation,
    ImageScore as ImageScore,
    OtherItemExplanation as OtherItemExplanation,
    TargetPromptItemExplanation as TargetPromptItemExplanation,
    TargetScore as TargetScore,
    TextPromptItemExplanation as TextPromptItemExplanation,
    TextScore as TextScore,
    TokenPromptItemExplanation as TokenPromptItemExplanation,
    TokenScore as TokenScore,
)
from .options import Deviation as Deviation, Meta as Meta, ResponseCache as ResponseCache
from .prompt.controls import ControlTokenOverlap as ControlTokenOverlap
from .prompt.image import Cropping as Cropping, Image as Image, ImageControl as ImageControl
from .prompt.lengths import TextPart as TextPart, join_text as join_text, split_text as split_text
from .prompt.prompt import OtherItem as OtherItem, Prompt as Prompt
from .prompt.text import Text as Text, TextControl as TextControl
from .prompt.tokens import TokenControl as TokenControl, Tokens as Tokens
from .prompt_template.template import PromptTemplate as PromptTemplate
from .qa import QaAnswer as QaAnswer, QaRequest as QaRequest, QaResponse as QaResponse
from .reranking import (
    RerankRequest as RerankRequest,
    RerankResponse as RerankResponse,
    RerankResult as RerankResult,
    RerankUsage as RerankUsage,
)
from .service.account import (
    ApiToken as ApiToken,
    NewApiToken as NewApiToken,
    RecentRequest as RecentRequest,
    UserDetail as UserDetail,
)
from .service.model_settings import ModelCatalogue as ModelCatalogue, ModelSettings as ModelSettings
from .steering import (
    SteeringConceptCreationRequest as SteeringConceptCreationRequest,
    SteeringConceptCreationResponse as SteeringConceptCreationResponse,
    SteeringPairedExample as SteeringPairedExample,
)
from .structured_output.response_format import JSONSchema as JSONSchema
from .summarization import SummarizationRequest as SummarizationRequest, SummarizationResponse as SummarizationResponse
from .tokenization import TokenizationRequest as TokenizationRequest, TokenizationResponse as TokenizationResponse
from .transcription import (
    TranscriptionRequest as TranscriptionRequest,
    TranscriptionResponse as TranscriptionResponse,
    TranscriptionSegment as TranscriptionSegment,
)
from .translation import (
    TranslationRequest as TranslationRequest,
    TranslationResponse as TranslationResponse,
    TranslationSegment as TranslationSegment,
)
from .utils import load_base64_from_file as load_base64_from_file, load_base64_from_url as load_base64_from_url
from .version import MIN_API_VERSION as MIN_API_VERSION, __version__ as __version__

__all__ = [
    "MIN_API_VERSION",
    "POOLING_OPTIONS",
    "APIConnectionError",
    "APIStatusError",
    "APITimeoutError",
    "AlephAlphaError",
    "ApiToken",
    "AsyncClient",
    "AttemptBegan",
    "AttemptEnded",
    "AuthenticationError",
    "BadRequestError",
    "BatchSemanticEmbeddingRequest",
    "BatchSemanticEmbeddingResponse",
    "BusyError",
    "CallBegan",
    "CallEnded",
    "CallEvent",
    "ChatChoice",
    "ChatRequest",
    "ChatResponse",
    "ChatStreamChunk",
    "ChoiceEnd",
    "ChoiceScore",
    "ChoiceScores",
    "ChunkCame",
    "Client",
    "CompletionRequest",
    "CompletionResponse",
    "CompletionResult",
    "CompletionSummary",
    "ControlTokenOverlap",
    "Cropping",
    "CustomGranularity",
    "DetokenizationRequest",
    "DetokenizationResponse",
    "Deviation",
    "Document",
    "EmbeddingRequest",
    "EmbeddingResponse",
    "EmbeddingV2Request",
    "EmbeddingV2Response",
    "EmbeddingV2ResponseData",
    "EvaluationRequest",
    "EvaluationResponse",
    "Explanation",
    "ExplanationPostprocessing",
    "ExplanationRequest",
    "ExplanationResponse",
    "FinishReason",
    "FunctionCall",
    "Image",
    "ImageControl",
    "ImageError",
    "ImagePromptItemExplanation",
    "ImageScore",
    "InstructableEmbeddingRequest",
    "InstructableEmbeddingResponse",
    "InvalidRequestError",
    "JSONSchema",
    "Message",
    "Meta",
    "MissingCapabilityError",
    "ModelCatalogue",
    "ModelSettings",
    "Nearest",
    "NewApiToken",
    "NotFoundError",
    "ObservedCall",
    "OtherItem",
    "OtherItemExplanation",
    "OtherStatusError",
    "Outcome",
    "PermissionDeniedError",
    "Prompt",
    "PromptDoesNotFitError",
    "PromptGranularity",
    "PromptTemplate",
    "PromptTooLongError",
    "QaAnswer",
    "QaRequest",
    "QaResponse",
    "QueueFullError",
    "QuotaError",
    "RateLimitError",
    "RecentRequest",
    "RejectedRequestError",
    "RequestTimeoutError",
    "RerankRequest",
    "RerankResponse",
    "RerankResult",
    "RerankUsage",
    "ResponseCache",
    "ResponseError",
    "Role",
    "SemanticEmbeddingRequest",
    "SemanticEmbeddingResponse",
    "SemanticRepresentation",
    "ServerError",
    "SteeringConceptCreationRequest",
    "SteeringConceptCreationResponse",
    "SteeringPairedExample",
    "StreamChunk",
    "StreamConnectionError",
    "StreamError",
    "StreamOptions",
    "StreamSummary",
    "StreamTimeoutError",
    "SummarizationRequest",
    "SummarizationResponse",
    "TargetGranularity",
    "TargetPromptItemExplanation",
    "TargetScore",
    "Telemetry",
    "TemplateError",
    "Text",
    "TextControl",
    "TextDelta",
    "TextMessage",
    "TextPart",
    "TextPromptItemExplanation",
    "TextScore",
    "TokenControl",
    "TokenPromptItemExplanation",
    "TokenScore",
    "TokenizationRequest",
    "TokenizationResponse",
    "Tokens",
    "Tool",
    "ToolCall",
    "ToolCallDelta",
    "ToolCallEnd",
    "ToolFunction",
    "ToolLoopError",
    "ToolRun",
    "TranscriptionRequest",
    "TranscriptionResponse",
    "TranscriptionSegment",
    "TranslationRequest",
    "TranslationResponse",
    "TranslationSegment",
    "UnknownModelError",
    "UnprocessableEntityError",
    "UnsupportedRuntimeError",
    "UnsupportedVersionError",
    "Usage",
    "UserDetail",
    "WaitEnded",
    "__version__",
    "join_text",
    "load_base64_from_file",
    "load_base64_from_url",
    "nearest",
    "similarity",
    "split_text",
]
