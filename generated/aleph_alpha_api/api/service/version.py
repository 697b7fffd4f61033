# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

from ...decoding import read_json, read_text
from ...errors import DecodeError, UnexpectedStatus
from ...tolerant import Deviation

if TYPE_CHECKING:
    from ...models.error import Error


def build_request() -> dict[str, Any]:
    """Version of the API

    Plain text such as `4.7.0`. Needs no token.

    Returns:
        `method`, `url` (without host and `/v1`), and where there are any `params`, `headers`, and `json` or `files`.
    """

    _kwargs: dict[str, Any] = {"method": "GET", "url": "/version"}
    return _kwargs


@overload
def parse_response(status_code: Literal[200], content: bytes, deviations: list[Deviation] | None = None) -> str: ...
@overload
def parse_response(status_code: int, content: bytes, deviations: list[Deviation] | None = None) -> str | Error: ...
def parse_response(status_code: int, content: bytes, deviations: list[Deviation] | None = None) -> str | Error:
    """Decode a response; documented are the statuses 200, 4XX, 5XX.

    `deviations` makes it read whatever has in it what was asked for, and takes what was not as documented.

    Raises:
        DecodeError: the body does not have the documented shape.
        UnexpectedStatus: the status is not documented, or is an error whose body is not the API's.
    """
    if status_code == 200:
        return read_text(content)
    if 400 <= status_code <= 599:
        try:
            from ...models.error import Error

            return Error.from_dict(read_json(content))
        except DecodeError as error_:
            raise UnexpectedStatus(status_code, content) from error_
    raise UnexpectedStatus(status_code, content)
