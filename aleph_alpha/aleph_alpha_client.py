"""The clients under the module path that the vendor's package has them at."""

from aleph_alpha._async.client import AsyncClient
from aleph_alpha._http.retry import RETRY_STATUS_CODES
from aleph_alpha._sync.client import Client
from aleph_alpha.errors import BusyError, QuotaError
from aleph_alpha.options import DEFAULT_REQUEST_TIMEOUT

__all__ = [
    "DEFAULT_REQUEST_TIMEOUT",
    "POOLING_OPTIONS",
    "RETRY_STATUS_CODES",
    "AsyncClient",
    "BusyError",
    "Client",
    "QuotaError",
]

# What `EmbeddingRequest.pooling` takes, after the description of POST /embed.
POOLING_OPTIONS = ["mean", "weighted_mean", "max", "last_token", "abs_max"]
