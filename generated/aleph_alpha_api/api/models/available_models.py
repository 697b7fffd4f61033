# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

from ...decoding import at_item, read_json, wrong_type
from ...errors import DecodeError, UnexpectedStatus
from ...models.model_info import ModelInfo
from ...tolerant import Deviation, read

if TYPE_CHECKING:
    from ...models.error import Error


def build_request() -> dict[str, Any]:
    """Models that can be used now

    Deprecated. Superseded by `GET /model-settings`.

    Returns:
        `method`, `url` (without host and `/v1`), and where there are any `params`, `headers`, and `json` or `files`.
    """

    _kwargs: dict[str, Any] = {"method": "GET", "url": "/models_available"}
    return _kwargs


@overload
def parse_response(
    status_code: Literal[200], content: bytes, deviations: list[Deviation] | None = None
) -> list[ModelInfo]: ...
@overload
def parse_response(
    status_code: int, content: bytes, deviations: list[Deviation] | None = None
) -> list[ModelInfo] | Error: ...
def parse_response(
    status_code: int, content: bytes, deviations: list[Deviation] | None = None
) -> list[ModelInfo] | Error:
    """Decode a response; documented are the statuses 200, 4XX, 5XX.

    `deviations` makes it read whatever has in it what was asked for, and takes what was not as documented.

    Raises:
        DecodeError: the body does not have the documented shape.
        UnexpectedStatus: the status is not documented, or is an error whose body is not the API's.
    """
    if status_code == 200:

        def decode_(data: Any) -> list[ModelInfo]:
            answer: list[ModelInfo]
            if isinstance(data, list):
                answer = []
                for answer_item_data in data:
                    answer_item: ModelInfo
                    try:
                        answer_item = ModelInfo.from_dict(answer_item_data)
                    except DecodeError as error_:
                        raise error_.within(at_item("", data, answer_item_data))
                    answer.append(answer_item)
            else:
                raise wrong_type("", "an array", data)
            return answer

        return read(content, decode_, "available_models", deviations)
    if 400 <= status_code <= 599:
        try:
            from ...models.error import Error

            return Error.from_dict(read_json(content))
        except DecodeError as error_:
            raise UnexpectedStatus(status_code, content) from error_
    raise UnexpectedStatus(status_code, content)
