# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

from ...decoding import read_json
from ...errors import DecodeError, UnexpectedStatus
from ...models.completion_request import CompletionRequest
from ...tolerant import Deviation, read
from ...types import UNSET, Unset

if TYPE_CHECKING:
    from ...models.completion_response import CompletionResponse
    from ...models.error import Error


def build_request(*, body: CompletionRequest, nice: bool | Unset = UNSET) -> dict[str, Any]:
    """Complete a prompt with JSON

    Like `/complete`, with a completion that is a JSON text. Not streamed.

    Args:
        nice (bool | Unset): True lets requests that are not nice go first. Leave it out rather
            than sending false.
        body (CompletionRequest): What to complete, and how.

    Returns:
        `method`, `url` (without host and `/v1`), and where there are any `params`, `headers`, and `json` or `files`.
    """

    headers: dict[str, Any] = {}

    params: dict[str, Any] = {}

    params["nice"] = nice

    params = {
        k: (str(v).lower() if isinstance(v, bool) else v) for k, v in params.items() if v is not UNSET and v is not None
    }

    _kwargs: dict[str, Any] = {"method": "POST", "url": "/complete/json", "params": params}
    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"
    _kwargs["headers"] = headers
    return _kwargs


@overload
def parse_response(
    status_code: Literal[200], content: bytes, deviations: list[Deviation] | None = None
) -> CompletionResponse: ...
@overload
def parse_response(
    status_code: int, content: bytes, deviations: list[Deviation] | None = None
) -> CompletionResponse | Error: ...
def parse_response(
    status_code: int, content: bytes, deviations: list[Deviation] | None = None
) -> CompletionResponse | Error:
    """Decode a response; documented are the statuses 200, 4XX, 5XX.

    `deviations` makes it read whatever has in it what was asked for, and takes what was not as documented.

    Raises:
        DecodeError: the body does not have the documented shape.
        UnexpectedStatus: the status is not documented, or is an error whose body is not the API's.
    """
    if status_code == 200:
        from ...models.completion_response import CompletionResponse

        return read(content, CompletionResponse.from_dict, "complete_json", deviations)
    if 400 <= status_code <= 599:
        try:
            from ...models.error import Error

            return Error.from_dict(read_json(content))
        except DecodeError as error_:
            raise UnexpectedStatus(status_code, content) from error_
    raise UnexpectedStatus(status_code, content)
