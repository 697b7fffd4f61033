"""Reading a body through the generated models."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeVar

from aleph_alpha.errors import InvalidRequestError, ResponseError

__all__ = ["decoder", "from_json", "given_model", "response_error"]

T = TypeVar("T")
M = TypeVar("M")


def decoder(
    operation: str, parse_response: Callable[[Literal[200], bytes], M], convert: Callable[[M], T]
) -> Callable[[bytes], T]:
    """The ``parse`` of a call: through the generated ``parse_response``, then the facade's mapping."""

    def parse(body: bytes) -> T:
        try:
            model = parse_response(200, body)
        except _decode_error() as error:
            raise response_error(operation, error, body) from None
        try:
            return convert(model)
        except ResponseError as error:
            raise ResponseError(f"{operation}: {error}", path=error.path, body=body) from None

    return parse


def from_json(kind: str, from_dict: Callable[[Any], M], json: object, convert: Callable[[M], T]) -> T:
    """What ``from_json`` of a response returns for a decoded body.

    Raises:
        ResponseError: a required field is missing, or one has the wrong type; `path` says which.
    """
    from aleph_alpha_api.errors import DecodeError

    try:
        model = from_dict(json)
    except DecodeError as error:
        raise response_error(kind, error, b"") from None
    return convert(model)


def _decode_error() -> type[ValueError]:
    # Asked for when something was raised: importing it takes time also where it is loaded already.
    from aleph_alpha_api.errors import DecodeError

    return DecodeError


def response_error(operation: str, error: Any, body: bytes) -> ResponseError:
    """Our error for a generated ``DecodeError``."""
    if not error.path:
        try:
            body.decode()
        except UnicodeDecodeError as broken:
            # The JSON library reports this at character 0, wherever it is.
            return ResponseError(f"{operation}: the body is not UTF-8 at byte {broken.start}", body=body)
    return ResponseError(f"{operation}: {error}", path=error.path, body=body)


def given_model(from_dict: Callable[[Mapping[str, Any]], M], json: Mapping[str, Any], field: str) -> M:
    """The generated model of JSON that the caller wrote by hand.

    Raises:
        InvalidRequestError: it is not what the contract says.
    """
    from aleph_alpha_api.errors import DecodeError

    try:
        return from_dict(json)
    except DecodeError as error:
        raise InvalidRequestError(str(error.within(field))) from None
