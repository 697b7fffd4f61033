# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

from ...decoding import read_json
from ...errors import DecodeError, UnexpectedStatus
from ...models.detokenization_request import DetokenizationRequest
from ...tolerant import Deviation, read

if TYPE_CHECKING:
    from ...models.detokenization_response import DetokenizationResponse
    from ...models.error import Error


def build_request(*, body: DetokenizationRequest) -> dict[str, Any]:
    """Join token ids to a text

    Args:
        body (DetokenizationRequest): Tokens to join.

    Returns:
        `method`, `url` (without host and `/v1`), and where there are any `params`, `headers`, and `json` or `files`.
    """

    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {"method": "POST", "url": "/detokenize"}
    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"
    _kwargs["headers"] = headers
    return _kwargs


@overload
def parse_response(
    status_code: Literal[200], content: bytes, deviations: list[Deviation] | None = None
) -> DetokenizationResponse: ...
@overload
def parse_response(
    status_code: int, content: bytes, deviations: list[Deviation] | None = None
) -> DetokenizationResponse | Error: ...
def parse_response(
    status_code: int, content: bytes, deviations: list[Deviation] | None = None
) -> DetokenizationResponse | Error:
    """Decode a response; documented are the statuses 200, 4XX, 5XX.

    `deviations` makes it read whatever has in it what was asked for, and takes what was not as documented.

    Raises:
        DecodeError: the body does not have the documented shape.
        UnexpectedStatus: the status is not documented, or is an error whose body is not the API's.
    """
    if status_code == 200:
        from ...models.detokenization_response import DetokenizationResponse

        return read(content, DetokenizationResponse.from_dict, "detokenize", deviations)
    if 400 <= status_code <= 599:
        try:
            from ...models.error import Error

            return Error.from_dict(read_json(content))
        except DecodeError as error_:
            raise UnexpectedStatus(status_code, content) from error_
    raise UnexpectedStatus(status_code, content)
