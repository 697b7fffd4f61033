# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

from ...decoding import at_item, read_json, wrong_type
from ...errors import DecodeError, UnexpectedStatus
from ...models.recent_request import RecentRequest
from ...tolerant import Deviation, read

if TYPE_CHECKING:
    from ...models.error import Error


def build_request() -> dict[str, Any]:
    """Recent requests of the account

    Deprecated.

    Returns:
        `method`, `url` (without host and `/v1`), and where there are any `params`, `headers`, and `json` or `files`.
    """

    _kwargs: dict[str, Any] = {"method": "GET", "url": "/users/me/requests"}
    return _kwargs


@overload
def parse_response(
    status_code: Literal[200], content: bytes, deviations: list[Deviation] | None = None
) -> list[RecentRequest]: ...
@overload
def parse_response(
    status_code: int, content: bytes, deviations: list[Deviation] | None = None
) -> list[RecentRequest] | Error: ...
def parse_response(
    status_code: int, content: bytes, deviations: list[Deviation] | None = None
) -> list[RecentRequest] | Error:
    """Decode a response; documented are the statuses 200, 4XX, 5XX.

    `deviations` makes it read whatever has in it what was asked for, and takes what was not as documented.

    Raises:
        DecodeError: the body does not have the documented shape.
        UnexpectedStatus: the status is not documented, or is an error whose body is not the API's.
    """
    if status_code == 200:

        def decode_(data: Any) -> list[RecentRequest]:
            answer: list[RecentRequest]
            if isinstance(data, list):
                answer = []
                for answer_item_data in data:
                    answer_item: RecentRequest
                    try:
                        answer_item = RecentRequest.from_dict(answer_item_data)
                    except DecodeError as error_:
                        raise error_.within(at_item("", data, answer_item_data))
                    answer.append(answer_item)
            else:
                raise wrong_type("", "an array", data)
            return answer

        return read(content, decode_, "recent_requests", deviations)
    if 400 <= status_code <= 599:
        try:
            from ...models.error import Error

            return Error.from_dict(read_json(content))
        except DecodeError as error_:
            raise UnexpectedStatus(status_code, content) from error_
    raise UnexpectedStatus(status_code, content)
