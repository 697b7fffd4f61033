# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

from ...decoding import read_json
from ...errors import DecodeError, UnexpectedStatus
from ...models.transcribe_request import TranscribeRequest
from ...tolerant import Deviation, read

if TYPE_CHECKING:
    from ...models.error import Error
    from ...models.transcribe_response import TranscribeResponse


def build_request(*, body: TranscribeRequest) -> dict[str, Any]:
    """Write down what is said in a recording

    Args:
        body (TranscribeRequest): A recording and what to do with it, as two parts of a form.

    Returns:
        `method`, `url` (without host and `/v1`), and where there are any `params`, `headers`, and `json` or `files`.
    """

    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {"method": "POST", "url": "/transcribe"}
    _kwargs["files"] = body.to_multipart()

    _kwargs["headers"] = headers
    return _kwargs


@overload
def parse_response(
    status_code: Literal[200], content: bytes, deviations: list[Deviation] | None = None
) -> TranscribeResponse: ...
@overload
def parse_response(
    status_code: int, content: bytes, deviations: list[Deviation] | None = None
) -> TranscribeResponse | Error: ...
def parse_response(
    status_code: int, content: bytes, deviations: list[Deviation] | None = None
) -> TranscribeResponse | Error:
    """Decode a response; documented are the statuses 200, 4XX, 5XX.

    `deviations` makes it read whatever has in it what was asked for, and takes what was not as documented.

    Raises:
        DecodeError: the body does not have the documented shape.
        UnexpectedStatus: the status is not documented, or is an error whose body is not the API's.
    """
    if status_code == 200:
        from ...models.transcribe_response import TranscribeResponse

        return read(content, TranscribeResponse.from_dict, "transcribe", deviations)
    if 400 <= status_code <= 599:
        try:
            from ...models.error import Error

            return Error.from_dict(read_json(content))
        except DecodeError as error_:
            raise UnexpectedStatus(status_code, content) from error_
    raise UnexpectedStatus(status_code, content)
