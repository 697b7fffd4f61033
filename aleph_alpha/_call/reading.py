"""Reading a body through the generated models.

A response is refused only where what was asked for cannot be read (``x-essential`` of the contract). Whatever else is
not as the contract says is read as well as it can be, and noted where somebody collects such notes.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from aleph_alpha.errors import InvalidRequestError, ResponseError
from aleph_alpha.options import Deviation

if TYPE_CHECKING:
    from aleph_alpha._call.call import Call

__all__ = ["Deviations", "collected", "decoder", "from_json", "given_model", "note", "parsed", "read", "response_error"]

T = TypeVar("T")
M = TypeVar("M")

Deviations = dict[Deviation, None]  # each once, in their order

_MOST = 1_000  # of one response

#: Where the reading that is under way notes what was not as the contract says.
collected: ContextVar[Deviations | None] = ContextVar("collected", default=None)


def decoder(
    operation: str, parse_response: Callable[[Literal[200], bytes, list[Any]], M], convert: Callable[[M], T]
) -> Callable[[bytes], T]:
    """The ``parse`` of a call: through the generated ``parse_response``, then the facade's mapping."""

    def parse(body: bytes) -> T:
        found: list[Any] = []
        try:
            model = parse_response(200, body, found)
        except _decode_error() as error:
            raise response_error(operation, error, body) from None
        if found:
            note(found)
        try:
            return convert(model)
        except ResponseError as error:
            raise ResponseError(f"{operation}: {error}", path=error.path, body=body) from None

    return parse


def parsed(call: Call[T], body: bytes) -> tuple[T, Deviations]:
    """The result of a call, and what in its body was not as the contract says.

    Raises:
        ResponseError: what was asked for cannot be read.
    """
    found: Deviations = {}
    before = collected.set(found)
    try:
        return call.parse(body), found
    finally:
        collected.reset(before)


def note(deviations: Iterable[Any]) -> None:
    """Hand what the generated decoders noted to whoever collects it."""
    found = collected.get()
    if found is not None:
        for one in deviations:
            if len(found) < _MOST:
                found.setdefault(Deviation(*one))


def from_json(kind: str, from_dict: Callable[[Any], M], json: object, convert: Callable[[M], T]) -> T:
    """What ``from_json`` of a response returns for a decoded body.

    Raises:
        ResponseError: what was asked for is missing or cannot be read; `path` says where.
    """
    return read(kind, from_dict, json, convert, usual=False)  # Python's own JSON reader lets NaN pass


def read(
    kind: str,
    from_dict: Callable[[Any], M],
    json: object,
    convert: Callable[[M], T],
    *,
    usual: bool,
    body: bytes = b"",
    halves: Container[str] = (),
) -> T:
    """The result that a decoded body stands for.

    `kind` stands before the message of an error. `usual` and `halves` are those of
    ``aleph_alpha_api.tolerant.read_value``.

    Raises:
        ResponseError: what was asked for is missing or cannot be read; `path` says where.
    """
    found: list[Any] = []
    model: Any = from_dict  # a method of the class that the contract's schema is named as
    read_value = _read_value or _loaded()
    try:
        decoded = read_value(json, from_dict, model.__self__.__name__, found, usual=usual, halves=halves)
    except _decode_error() as error:
        raise response_error(kind, error, body) from None
    if found:
        note(found)
    return convert(decoded)


_read_value: Any = None  # once it was needed: an import takes time at each event of a stream


def _loaded() -> Any:
    global _read_value
    from aleph_alpha_api.tolerant import read_value

    _read_value = read_value
    return read_value


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
