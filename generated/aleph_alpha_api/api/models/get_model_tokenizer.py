# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload
from urllib.parse import quote

from ...decoding import read_json
from ...errors import DecodeError, UnexpectedStatus
from ...tolerant import Deviation, read

if TYPE_CHECKING:
    from ...models.error import Error
    from ...models.model_tokenizer import ModelTokenizer


def build_request(model_name: str) -> dict[str, Any]:
    """The tokenizer of a model

    The Hugging Face tokenizer JSON the model was trained with, 2 to 10 MB.

    Args:
        model_name (str): Name of a model.

    Returns:
        `method`, `url` (without host and `/v1`), and where there are any `params`, `headers`, and `json` or `files`.
    """

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "url": "/models/{model_name}/tokenizer".format(model_name=quote(str(model_name), safe="")),
    }
    return _kwargs


@overload
def parse_response(
    status_code: Literal[200], content: bytes, deviations: list[Deviation] | None = None
) -> ModelTokenizer: ...
@overload
def parse_response(
    status_code: int, content: bytes, deviations: list[Deviation] | None = None
) -> ModelTokenizer | Error: ...
def parse_response(
    status_code: int, content: bytes, deviations: list[Deviation] | None = None
) -> ModelTokenizer | Error:
    """Decode a response; documented are the statuses 200, 4XX, 5XX.

    `deviations` makes it read whatever has in it what was asked for, and takes what was not as documented.

    Raises:
        DecodeError: the body does not have the documented shape.
        UnexpectedStatus: the status is not documented, or is an error whose body is not the API's.
    """
    if status_code == 200:
        from ...models.model_tokenizer import ModelTokenizer

        return read(content, ModelTokenizer.from_dict, "get_model_tokenizer", deviations)
    if 400 <= status_code <= 599:
        try:
            from ...models.error import Error

            return Error.from_dict(read_json(content))
        except DecodeError as error_:
            raise UnexpectedStatus(status_code, content) from error_
    raise UnexpectedStatus(status_code, content)
