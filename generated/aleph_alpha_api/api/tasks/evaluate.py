# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

from ...decoding import read_json
from ...errors import DecodeError, UnexpectedStatus
from ...models.evaluation_request import EvaluationRequest
from ...tolerant import Deviation, read
from ...types import UNSET, Unset

if TYPE_CHECKING:
    from ...models.error import Error
    from ...models.evaluation_response import EvaluationResponse


def build_request(*, body: EvaluationRequest, nice: bool | Unset = UNSET) -> dict[str, Any]:
    """How likely a model finds a completion

    Args:
        nice (bool | Unset): True lets requests that are not nice go first. Leave it out rather
            than sending false.
        body (EvaluationRequest): A prompt and the completion expected of it.

    Returns:
        `method`, `url` (without host and `/v1`), and where there are any `params`, `headers`, and `json` or `files`.
    """

    headers: dict[str, Any] = {}

    params: dict[str, Any] = {}

    params["nice"] = nice

    params = {
        k: (str(v).lower() if isinstance(v, bool) else v) for k, v in params.items() if v is not UNSET and v is not None
    }

    _kwargs: dict[str, Any] = {"method": "POST", "url": "/evaluate", "params": params}
    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"
    _kwargs["headers"] = headers
    return _kwargs


@overload
def parse_response(
    status_code: Literal[200], content: bytes, deviations: list[Deviation] | None = None
) -> EvaluationResponse: ...
@overload
def parse_response(
    status_code: int, content: bytes, deviations: list[Deviation] | None = None
) -> EvaluationResponse | Error: ...
def parse_response(
    status_code: int, content: bytes, deviations: list[Deviation] | None = None
) -> EvaluationResponse | Error:
    """Decode a response; documented are the statuses 200, 4XX, 5XX.

    `deviations` makes it read whatever has in it what was asked for, and takes what was not as documented.

    Raises:
        DecodeError: the body does not have the documented shape.
        UnexpectedStatus: the status is not documented, or is an error whose body is not the API's.
    """
    if status_code == 200:
        from ...models.evaluation_response import EvaluationResponse

        return read(content, EvaluationResponse.from_dict, "evaluate", deviations)
    if 400 <= status_code <= 599:
        try:
            from ...models.error import Error

            return Error.from_dict(read_json(content))
        except DecodeError as error_:
            raise UnexpectedStatus(status_code, content) from error_
    raise UnexpectedStatus(status_code, content)
