# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

from ...decoding import read_json
from ...errors import DecodeError, UnexpectedStatus
from ...models.instructable_embedding_request import InstructableEmbeddingRequest
from ...tolerant import Deviation, read
from ...types import UNSET, Unset

if TYPE_CHECKING:
    from ...models.error import Error
    from ...models.semantic_embedding_response import SemanticEmbeddingResponse


def build_request(*, body: InstructableEmbeddingRequest, nice: bool | Unset = UNSET) -> dict[str, Any]:
    """Embed a prompt following an instruction

    Args:
        nice (bool | Unset): True lets requests that are not nice go first. Leave it out rather
            than sending false.
        body (InstructableEmbeddingRequest): What to embed, and what to look at in it.

    Returns:
        `method`, `url` (without host and `/v1`), and where there are any `params`, `headers`, and `json` or `files`.
    """

    headers: dict[str, Any] = {}

    params: dict[str, Any] = {}

    params["nice"] = nice

    params = {
        k: (str(v).lower() if isinstance(v, bool) else v) for k, v in params.items() if v is not UNSET and v is not None
    }

    _kwargs: dict[str, Any] = {"method": "POST", "url": "/instructable_embed", "params": params}
    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"
    _kwargs["headers"] = headers
    return _kwargs


@overload
def parse_response(
    status_code: Literal[200], content: bytes, deviations: list[Deviation] | None = None
) -> SemanticEmbeddingResponse: ...
@overload
def parse_response(
    status_code: int, content: bytes, deviations: list[Deviation] | None = None
) -> SemanticEmbeddingResponse | Error: ...
def parse_response(
    status_code: int, content: bytes, deviations: list[Deviation] | None = None
) -> SemanticEmbeddingResponse | Error:
    """Decode a response; documented are the statuses 200, 4XX, 5XX.

    `deviations` makes it read whatever has in it what was asked for, and takes what was not as documented.

    Raises:
        DecodeError: the body does not have the documented shape.
        UnexpectedStatus: the status is not documented, or is an error whose body is not the API's.
    """
    if status_code == 200:
        from ...models.semantic_embedding_response import SemanticEmbeddingResponse

        return read(content, SemanticEmbeddingResponse.from_dict, "instructable_embed", deviations)
    if 400 <= status_code <= 599:
        try:
            from ...models.error import Error

            return Error.from_dict(read_json(content))
        except DecodeError as error_:
            raise UnexpectedStatus(status_code, content) from error_
    raise UnexpectedStatus(status_code, content)
