# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
"""The models of requests and answers. Each is imported when it is first asked for."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__all__ = (
    "ApiToken",
    "BatchSemanticEmbeddingRequest",
    "BatchSemanticEmbeddingResponse",
    "ChatAssistantMessage",
    "ChatAssistantRole",
    "ChatDelta",
    "ChatDeltaFunctionCall",
    "ChatDeltaToolCall",
    "ChatFinishReason",
    "ChatImageContent",
    "ChatImageDetail",
    "ChatImageUrl",
    "ChatLogitBias",
    "ChatLogprobs",
    "ChatNamedToolChoice",
    "ChatObject",
    "ChatRequest",
    "ChatRequestMessage",
    "ChatRequestMessageToolCall",
    "ChatRequestTool",
    "ChatResponse",
    "ChatResponseLogprobs",
    "ChatResponseMessage",
    "ChatResponseTopLogprob",
    "ChatRole",
    "ChatStreamChoice",
    "ChatStreamChunk",
    "ChatStreamOptions",
    "ChatTextContent",
    "ChatToolChoiceFunction",
    "ChatToolChoiceMode",
    "CompletionRequest",
    "CompletionResponse",
    "CompletionResult",
    "CompletionSummary",
    "ControlTokenOverlap",
    "CreateSteeringConceptRequest",
    "CreateSteeringConceptResponse",
    "DetokenizationRequest",
    "DetokenizationResponse",
    "DocxDocument",
    "EmbeddingEncodingFormat",
    "EmbeddingRequest",
    "EmbeddingResponse",
    "EmbeddingsByLayer",
    "EmbeddingsByPooling",
    "EmbeddingV2ListObject",
    "EmbeddingV2Object",
    "EmbeddingV2Request",
    "EmbeddingV2Response",
    "EmbeddingV2ResponseData",
    "EmbeddingV2Usage",
    "Error",
    "EvaluationRequest",
    "EvaluationResponse",
    "EvaluationResult",
    "Explanation",
    "ExplanationPostprocessing",
    "ExplanationRequest",
    "ExplanationResponse",
    "FunctionCall",
    "FunctionObject",
    "FunctionParameters",
    "Hosting",
    "ImageControl",
    "ImageControlRect",
    "ImagePromptItem",
    "ImagePromptItemImportance",
    "ImageScore",
    "ImageScoreRect",
    "InstructableEmbeddingRequest",
    "JsonSchema",
    "LoginRequest",
    "LogitBias",
    "ModelCompletionType",
    "ModelEmbeddingType",
    "ModelInfo",
    "ModelSettings",
    "ModelStatus",
    "ModelTokenizer",
    "NewTokenRequest",
    "NewTokenResponse",
    "Permission",
    "PromptDocument",
    "PromptGranularity",
    "PromptGranularityType",
    "QaAnswer",
    "QaRequest",
    "QaResponse",
    "RecentRequest",
    "RerankRequest",
    "RerankResponse",
    "RerankResult",
    "ResponseFormat",
    "ResponseFormatType",
    "ResponseJsonSchema",
    "SemanticEmbeddingCompressToSize",
    "SemanticEmbeddingRequest",
    "SemanticEmbeddingResponse",
    "SemanticRepresentation",
    "SteeringExample",
    "StreamChunk",
    "StreamSummary",
    "SummarizationRequest",
    "SummarizationResponse",
    "TargetGranularity",
    "TargetItemImportance",
    "TextControl",
    "TextDocument",
    "TextPromptItem",
    "TextPromptItemImportance",
    "TextScore",
    "TokenControl",
    "TokenIdsPromptItem",
    "TokenIdsPromptItemImportance",
    "TokenizationRequest",
    "TokenizationResponse",
    "TokenLogProbs",
    "ToolType",
    "TranscribeMetadata",
    "TranscribeRequest",
    "TranscribeResponse",
    "TranscribeSegment",
    "TranslationRequest",
    "TranslationResponse",
    "TranslationSegment",
    "Usage",
    "UserDetail",
)

if TYPE_CHECKING:
    from .api_token import ApiToken
    from .batch_semantic_embedding_request import BatchSemanticEmbeddingRequest
    from .batch_semantic_embedding_response import BatchSemanticEmbeddingResponse
    from .chat_assistant_message import ChatAssistantMessage
    from .chat_assistant_role import ChatAssistantRole
    from .chat_delta import ChatDelta
    from .chat_delta_function_call import ChatDeltaFunctionCall
    from .chat_delta_tool_call import ChatDeltaToolCall
    from .chat_finish_reason import ChatFinishReason
    from .chat_image_content import ChatImageContent
    from .chat_image_detail import ChatImageDetail
    from .chat_image_url import ChatImageUrl
    from .chat_logit_bias import ChatLogitBias
    from .chat_logprobs import ChatLogprobs
    from .chat_named_tool_choice import ChatNamedToolChoice
    from .chat_object import ChatObject
    from .chat_request import ChatRequest
    from .chat_request_message import ChatRequestMessage
    from .chat_request_message_tool_call import ChatRequestMessageToolCall
    from .chat_request_tool import ChatRequestTool
    from .chat_response import ChatResponse
    from .chat_response_logprobs import ChatResponseLogprobs
    from .chat_response_message import ChatResponseMessage
    from .chat_response_top_logprob import ChatResponseTopLogprob
    from .chat_role import ChatRole
    from .chat_stream_choice import ChatStreamChoice
    from .chat_stream_chunk import ChatStreamChunk
    from .chat_stream_options import ChatStreamOptions
    from .chat_text_content import ChatTextContent
    from .chat_tool_choice_function import ChatToolChoiceFunction
    from .chat_tool_choice_mode import ChatToolChoiceMode
    from .completion_request import CompletionRequest
    from .completion_response import CompletionResponse
    from .completion_result import CompletionResult
    from .completion_summary import CompletionSummary
    from .control_token_overlap import ControlTokenOverlap
    from .create_steering_concept_request import CreateSteeringConceptRequest
    from .create_steering_concept_response import CreateSteeringConceptResponse
    from .detokenization_request import DetokenizationRequest
    from .detokenization_response import DetokenizationResponse
    from .docx_document import DocxDocument
    from .embedding_encoding_format import EmbeddingEncodingFormat
    from .embedding_request import EmbeddingRequest
    from .embedding_response import EmbeddingResponse
    from .embedding_v2_list_object import EmbeddingV2ListObject
    from .embedding_v2_object import EmbeddingV2Object
    from .embedding_v2_request import EmbeddingV2Request
    from .embedding_v2_response import EmbeddingV2Response
    from .embedding_v2_response_data import EmbeddingV2ResponseData
    from .embedding_v2_usage import EmbeddingV2Usage
    from .embeddings_by_layer import EmbeddingsByLayer
    from .embeddings_by_pooling import EmbeddingsByPooling
    from .error import Error
    from .evaluation_request import EvaluationRequest
    from .evaluation_response import EvaluationResponse
    from .evaluation_result import EvaluationResult
    from .explanation import Explanation
    from .explanation_postprocessing import ExplanationPostprocessing
    from .explanation_request import ExplanationRequest
    from .explanation_response import ExplanationResponse
    from .function_call import FunctionCall
    from .function_object import FunctionObject
    from .function_parameters import FunctionParameters
    from .hosting import Hosting
    from .image_control import ImageControl
    from .image_control_rect import ImageControlRect
    from .image_prompt_item import ImagePromptItem
    from .image_prompt_item_importance import ImagePromptItemImportance
    from .image_score import ImageScore
    from .image_score_rect import ImageScoreRect
    from .instructable_embedding_request import InstructableEmbeddingRequest
    from .json_schema import JsonSchema
    from .login_request import LoginRequest
    from .logit_bias import LogitBias
    from .model_completion_type import ModelCompletionType
    from .model_embedding_type import ModelEmbeddingType
    from .model_info import ModelInfo
    from .model_settings import ModelSettings
    from .model_status import ModelStatus
    from .model_tokenizer import ModelTokenizer
    from .new_token_request import NewTokenRequest
    from .new_token_response import NewTokenResponse
    from .permission import Permission
    from .prompt_document import PromptDocument
    from .prompt_granularity import PromptGranularity
    from .prompt_granularity_type import PromptGranularityType
    from .qa_answer import QaAnswer
    from .qa_request import QaRequest
    from .qa_response import QaResponse
    from .recent_request import RecentRequest
    from .rerank_request import RerankRequest
    from .rerank_response import RerankResponse
    from .rerank_result import RerankResult
    from .response_format import ResponseFormat
    from .response_format_type import ResponseFormatType
    from .response_json_schema import ResponseJsonSchema
    from .semantic_embedding_compress_to_size import SemanticEmbeddingCompressToSize
    from .semantic_embedding_request import SemanticEmbeddingRequest
    from .semantic_embedding_response import SemanticEmbeddingResponse
    from .semantic_representation import SemanticRepresentation
    from .steering_example import SteeringExample
    from .stream_chunk import StreamChunk
    from .stream_summary import StreamSummary
    from .summarization_request import SummarizationRequest
    from .summarization_response import SummarizationResponse
    from .target_granularity import TargetGranularity
    from .target_item_importance import TargetItemImportance
    from .text_control import TextControl
    from .text_document import TextDocument
    from .text_prompt_item import TextPromptItem
    from .text_prompt_item_importance import TextPromptItemImportance
    from .text_score import TextScore
    from .token_control import TokenControl
    from .token_ids_prompt_item import TokenIdsPromptItem
    from .token_ids_prompt_item_importance import TokenIdsPromptItemImportance
    from .token_log_probs import TokenLogProbs
    from .tokenization_request import TokenizationRequest
    from .tokenization_response import TokenizationResponse
    from .tool_type import ToolType
    from .transcribe_metadata import TranscribeMetadata
    from .transcribe_request import TranscribeRequest
    from .transcribe_response import TranscribeResponse
    from .transcribe_segment import TranscribeSegment
    from .translation_request import TranslationRequest
    from .translation_response import TranslationResponse
    from .translation_segment import TranslationSegment
    from .usage import Usage
    from .user_detail import UserDetail
else:  # hidden from type checkers, which would believe that there is every name
    _MODULES = {
        "ApiToken": ".api_token",
        "BatchSemanticEmbeddingRequest": ".batch_semantic_embedding_request",
        "BatchSemanticEmbeddingResponse": ".batch_semantic_embedding_response",
        "ChatAssistantMessage": ".chat_assistant_message",
        "ChatAssistantRole": ".chat_assistant_role",
        "ChatDelta": ".chat_delta",
        "ChatDeltaFunctionCall": ".chat_delta_function_call",
        "ChatDeltaToolCall": ".chat_delta_tool_call",
        "ChatFinishReason": ".chat_finish_reason",
        "ChatImageContent": ".chat_image_content",
        "ChatImageDetail": ".chat_image_detail",
        "ChatImageUrl": ".chat_image_url",
        "ChatLogitBias": ".chat_logit_bias",
        "ChatLogprobs": ".chat_logprobs",
        "ChatNamedToolChoice": ".chat_named_tool_choice",
        "ChatObject": ".chat_object",
        "ChatRequest": ".chat_request",
        "ChatRequestMessage": ".chat_request_message",
        "ChatRequestMessageToolCall": ".chat_request_message_tool_call",
        "ChatRequestTool": ".chat_request_tool",
        "ChatResponse": ".chat_response",
        "ChatResponseLogprobs": ".chat_response_logprobs",
        "ChatResponseMessage": ".chat_response_message",
        "ChatResponseTopLogprob": ".chat_response_top_logprob",
        "ChatRole": ".chat_role",
        "ChatStreamChoice": ".chat_stream_choice",
        "ChatStreamChunk": ".chat_stream_chunk",
        "ChatStreamOptions": ".chat_stream_options",
        "ChatTextContent": ".chat_text_content",
        "ChatToolChoiceFunction": ".chat_tool_choice_function",
        "ChatToolChoiceMode": ".chat_tool_choice_mode",
        "CompletionRequest": ".completion_request",
        "CompletionResponse": ".completion_response",
        "CompletionResult": ".completion_result",
        "CompletionSummary": ".completion_summary",
        "ControlTokenOverlap": ".control_token_overlap",
        "CreateSteeringConceptRequest": ".create_steering_concept_request",
        "CreateSteeringConceptResponse": ".create_steering_concept_response",
        "DetokenizationRequest": ".detokenization_request",
        "DetokenizationResponse": ".detokenization_response",
        "DocxDocument": ".docx_document",
        "EmbeddingEncodingFormat": ".embedding_encoding_format",
        "EmbeddingRequest": ".embedding_request",
        "EmbeddingResponse": ".embedding_response",
        "EmbeddingV2ListObject": ".embedding_v2_list_object",
        "EmbeddingV2Object": ".embedding_v2_object",
        "EmbeddingV2Request": ".embedding_v2_request",
        "EmbeddingV2Response": ".embedding_v2_response",
        "EmbeddingV2ResponseData": ".embedding_v2_response_data",
        "EmbeddingV2Usage": ".embedding_v2_usage",
        "EmbeddingsByLayer": ".embeddings_by_layer",
        "EmbeddingsByPooling": ".embeddings_by_pooling",
        "Error": ".error",
        "EvaluationRequest": ".evaluation_request",
        "EvaluationResponse": ".evaluation_response",
        "EvaluationResult": ".evaluation_result",
        "Explanation": ".explanation",
        "ExplanationPostprocessing": ".explanation_postprocessing",
        "ExplanationRequest": ".explanation_request",
        "ExplanationResponse": ".explanation_response",
        "FunctionCall": ".function_call",
        "FunctionObject": ".function_object",
        "FunctionParameters": ".function_parameters",
        "Hosting": ".hosting",
        "ImageControl": ".image_control",
        "ImageControlRect": ".image_control_rect",
        "ImagePromptItem": ".image_prompt_item",
        "ImagePromptItemImportance": ".image_prompt_item_importance",
        "ImageScore": ".image_score",
        "ImageScoreRect": ".image_score_rect",
        "InstructableEmbeddingRequest": ".instructable_embedding_request",
        "JsonSchema": ".json_schema",
        "LoginRequest": ".login_request",
        "LogitBias": ".logit_bias",
        "ModelCompletionType": ".model_completion_type",
        "ModelEmbeddingType": ".model_embedding_type",
        "ModelInfo": ".model_info",
        "ModelSettings": ".model_settings",
        "ModelStatus": ".model_status",
        "ModelTokenizer": ".model_tokenizer",
        "NewTokenRequest": ".new_token_request",
        "NewTokenResponse": ".new_token_response",
        "Permission": ".permission",
        "PromptDocument": ".prompt_document",
        "PromptGranularity": ".prompt_granularity",
        "PromptGranularityType": ".prompt_granularity_type",
        "QaAnswer": ".qa_answer",
        "QaRequest": ".qa_request",
        "QaResponse": ".qa_response",
        "RecentRequest": ".recent_request",
        "RerankRequest": ".rerank_request",
        "RerankResponse": ".rerank_response",
        "RerankResult": ".rerank_result",
        "ResponseFormat": ".response_format",
        "ResponseFormatType": ".response_format_type",
        "ResponseJsonSchema": ".response_json_schema",
        "SemanticEmbeddingCompressToSize": ".semantic_embedding_compress_to_size",
        "SemanticEmbeddingRequest": ".semantic_embedding_request",
        "SemanticEmbeddingResponse": ".semantic_embedding_response",
        "SemanticRepresentation": ".semantic_representation",
        "SteeringExample": ".steering_example",
        "StreamChunk": ".stream_chunk",
        "StreamSummary": ".stream_summary",
        "SummarizationRequest": ".summarization_request",
        "SummarizationResponse": ".summarization_response",
        "TargetGranularity": ".target_granularity",
        "TargetItemImportance": ".target_item_importance",
        "TextControl": ".text_control",
        "TextDocument": ".text_document",
        "TextPromptItem": ".text_prompt_item",
        "TextPromptItemImportance": ".text_prompt_item_importance",
        "TextScore": ".text_score",
        "TokenControl": ".token_control",
        "TokenIdsPromptItem": ".token_ids_prompt_item",
        "TokenIdsPromptItemImportance": ".token_ids_prompt_item_importance",
        "TokenLogProbs": ".token_log_probs",
        "TokenizationRequest": ".tokenization_request",
        "TokenizationResponse": ".tokenization_response",
        "ToolType": ".tool_type",
        "TranscribeMetadata": ".transcribe_metadata",
        "TranscribeRequest": ".transcribe_request",
        "TranscribeResponse": ".transcribe_response",
        "TranscribeSegment": ".transcribe_segment",
        "TranslationRequest": ".translation_request",
        "TranslationResponse": ".translation_response",
        "TranslationSegment": ".translation_segment",
        "Usage": ".usage",
        "UserDetail": ".user_detail",
    }

    def __getattr__(name: str) -> Any:
        module = _MODULES.get(name)
        if module is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(module, __name__), name)
        globals()[name] = value
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
