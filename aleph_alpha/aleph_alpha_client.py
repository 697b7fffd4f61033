"""The clients under the module path that the vendor's package has them at."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from aleph_alpha._async.client import AsyncClient
from aleph_alpha._retry.schedule import RETRY_STATUS_CODES
from aleph_alpha._sync.client import Client
from aleph_alpha.errors import BusyError, QuotaError, status_error
from aleph_alpha.options import DEFAULT_REQUEST_TIMEOUT
from aleph_alpha.version import MIN_API_VERSION

if TYPE_CHECKING:
    from aleph_alpha.chat.request import ChatRequest
    from aleph_alpha.completion.request import CompletionRequest
    from aleph_alpha.detokenization import DetokenizationRequest
    from aleph_alpha.embedding.batch import BatchSemanticEmbeddingRequest
    from aleph_alpha.embedding.instructable import InstructableEmbeddingRequest
    from aleph_alpha.embedding.layers import EmbeddingRequest
    from aleph_alpha.embedding.openai import EmbeddingV2Request
    from aleph_alpha.embedding.semantic import SemanticEmbeddingRequest
    from aleph_alpha.evaluation import EvaluationRequest
    from aleph_alpha.explanation.request import ExplanationRequest
    from aleph_alpha.reranking import RerankRequest
    from aleph_alpha.steering import SteeringConceptCreationRequest
    from aleph_alpha.tokenization import TokenizationRequest
    from aleph_alpha.translation import TranslationRequest

__all__ = [
    "DEFAULT_REQUEST_TIMEOUT",
    "MIN_API_VERSION",
    "POOLING_OPTIONS",
    "RETRY_STATUS_CODES",
    "AnyRequest",
    "AsyncClient",
    "BusyError",
    "Client",
    "QuotaError",
]

POOLING_OPTIONS = ["mean", "weighted_mean", "max", "last_token", "abs_max"]
"""What `EmbeddingRequest.pooling` takes, after the description of POST /embed."""

AnyRequest: TypeAlias = """(
    BatchSemanticEmbeddingRequest | ChatRequest | CompletionRequest | DetokenizationRequest | EmbeddingRequest
    | EmbeddingV2Request | EvaluationRequest | ExplanationRequest | InstructableEmbeddingRequest | RerankRequest
    | SemanticEmbeddingRequest | SteeringConceptCreationRequest | TokenizationRequest | TranslationRequest
)"""


def _raise_for_status(status_code: int, text: str) -> None:
    """Raise the error of a status that is one, as the clients do; programs with requests of their own call this.

    >>> _raise_for_status(404, '{"error": "...", "code": "UNKNOWN_MODEL"}')
    Traceback (most recent call last):
    aleph_alpha.errors.UnknownModelError: status 404 UNKNOWN_MODEL: ...
    """
    if status_code >= 400:
        raise status_error(status_code, text)
