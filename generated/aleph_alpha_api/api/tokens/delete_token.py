# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload
from urllib.parse import quote

from ...decoding import read_json
from ...errors import DecodeError, UnexpectedStatus
from ...tolerant import Deviation

if TYPE_CHECKING:
    from ...models.error import Error


def build_request(token_id: int) -> dict[str, Any]:
    """Delete an API token

    Args:
        token_id (int): Id as listed by `GET /users/me/tokens`.

    Returns:
        `method`, `url` (without host and `/v1`), and where there are any `params`, `headers`, and `json` or `files`.
    """

    _kwargs: dict[str, Any] = {
        "method": "DELETE",
        "url": "/users/me/tokens/{token_id}".format(token_id=quote(str(token_id), safe="")),
    }
    return _kwargs


@overload
def parse_response(status_code: Literal[204], content: bytes, deviations: list[Deviation] | None = None) -> None: ...
@overload
def parse_response(status_code: int, content: bytes, deviations: list[Deviation] | None = None) -> None | Error: ...
def parse_response(status_code: int, content: bytes, deviations: list[Deviation] | None = None) -> None | Error:
    """Decode a response; documented are the statuses 204, 4XX, 5XX.

    `deviations` makes it read whatever has in it what was asked for, and takes what was not as documented.

    Raises:
        DecodeError: the body does not have the documented shape.
        UnexpectedStatus: the status is not documented, or is an error whose body is not the API's.
    """
    if status_code == 204:
        return None
    if 400 <= status_code <= 599:
        try:
            from ...models.error import Error

            return Error.from_dict(read_json(content))
        except DecodeError as error_:
            raise UnexpectedStatus(status_code, content) from error_
    raise UnexpectedStatus(status_code, content)
