# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

from ...decoding import read_json
from ...errors import DecodeError, UnexpectedStatus
from ...models.tokenization_request import TokenizationRequest
from ...tolerant import Deviation, read

if TYPE_CHECKING:
    from ...models.error import Error
    from ...models.tokenization_response import TokenizationResponse


def build_request(*, body: TokenizationRequest) -> dict[str, Any]:
    """Split a text into a model's tokens

    Args:
        body (TokenizationRequest): A text, and what is wanted of it.

    Returns:
        `method`, `url` (without host and `/v1`), and where there are any `params`, `headers`, and `json` or `files`.
    """

    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {"method": "POST", "url": "/tokenize"}
    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"
    _kwargs["headers"] = headers
    return _kwargs


@overload
def parse_response(
    status_code: Literal[200], content: bytes, deviations: list[Deviation] | None = None
) -> TokenizationResponse: ...
@overload
def parse_response(
    status_code: int, content: bytes, deviations: list[Deviation] | None = None
) -> TokenizationResponse | Error: ...
def parse_response(
    status_code: int, content: bytes, deviations: list[Deviation] | None = None
) -> TokenizationResponse | Error:
    """Decode a response; documented are the statuses 200, 4XX, 5XX.

    `deviations` makes it read whatever has in it what was asked for, and takes what was not as documented.

    Raises:
        DecodeError: the body does not have the documented shape.
        UnexpectedStatus: the status is not documented, or is an error whose body is not the API's.
    """
    if status_code == 200:
        from ...models.tokenization_response import TokenizationResponse

        return read(content, TokenizationResponse.from_dict, "tokenize", deviations)
    if 400 <= status_code <= 599:
        try:
            from ...models.error import Error

            return Error.from_dict(read_json(content))
        except DecodeError as error_:
            raise UnexpectedStatus(status_code, content) from error_
    raise UnexpectedStatus(status_code, content)
