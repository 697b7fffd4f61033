"""A call between the task modules, which describe it, and the clients, which send it.

``<operation>_call(request, model, defaults)`` of a task module checks the request, maps it to the
generated model and returns a :class:`Call`; its ``parse`` maps the body of a success back. Nothing
here or there sends anything.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar
from urllib.parse import urlencode

from aleph_alpha.errors import InvalidRequestError, ResponseError

if TYPE_CHECKING:
    from aleph_alpha._call.long_body import LongBody
    from aleph_alpha.options import Meta
    from aleph_alpha_api.models import Hosting
    from aleph_alpha_api.types import Unset

__all__ = ["Call", "Defaults", "WithMeta"]

T = TypeVar("T")
M = TypeVar("M")


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a client adds to each of its requests.

    Attributes:
        nice: let other users' requests go first.
        hosting: where requests may be computed, ``"aleph-alpha"`` or ``None`` for anywhere.
        tags: labels for the operator of the installation.
    """

    nice: bool = False
    hosting: str | None = None
    tags: Sequence[str] | None = None


NO_DEFAULTS = Defaults()


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """One HTTP exchange: the request, and how to read the answer.

    Attributes:
        operation: id of the operation in the contract, for logs and errors.
        method: ``"GET"`` or ``"POST"``.
        path: to be appended to the host, percent-encoded.
        query: without the question mark; ``""`` for none.
        body: what to send; ``None`` for nothing.
        content_type: of the body.
        accept: media type of the answer.
        parse: makes the result of the body of a 2xx answer; raises only ``ResponseError``.
        confidential: the answer holds a secret, so that its body is never logged.
    """

    operation: str
    method: str
    path: str
    query: str
    body: bytes | LongBody | None
    content_type: str | None
    accept: str
    parse: Callable[[bytes], T]
    confidential: bool = False


def call(
    operation: str, parts: Mapping[str, Any], parse: Callable[[bytes], T], accept: str = "application/json"
) -> Call[T]:
    """The call for what ``build_request`` of a generated endpoint module returned.

    Raises:
        InvalidRequestError: the body holds something that JSON cannot say; the message says where.
    """
    sends = "json" in parts
    params: Mapping[str, Any] = parts.get("params") or {}
    query = urlencode(params) if params else ""
    return Call(
        operation=operation,
        method=parts["method"],
        path=parts["url"],
        query=query,
        body=encode(operation, parts["json"]) if sends else None,
        content_type="application/json" if sends else None,
        accept=accept,
        parse=parse,
    )


def encode(operation: str, body: object) -> bytes | LongBody:
    """The body as JSON in UTF-8; numpy's numbers and arrays are written as plain ones."""
    import orjson

    try:
        try:
            if _has_long(body):
                return _long_body(body)
            return orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY)
        except TypeError as error:
            where, reason = _fault(body, "") or ("the request", str(error))
    except RecursionError:  # hundreds of levels, or a value that is within itself
        where, reason = "the request", "it has too many values within values"
    raise InvalidRequestError(f"{operation}: {where} cannot be sent as JSON: {reason}") from None


_LONG = 256 * 1024  # characters


def _has_long(value: Any) -> bool:
    """Whether there is a text or a picture in base64 that is not to be held twice."""
    for part in value.values() if type(value) is dict else value:
        kind = type(part)
        if kind is str:
            if len(part) > _LONG:
                return True
        elif (kind is dict or (kind is list and part and type(part[0]) in (dict, list))) and _has_long(part):
            return True
    return False


def _long_body(body: object) -> LongBody:
    import orjson

    from aleph_alpha._call.long_body import LongBody

    mark = os.urandom(16).hex()  # what no text has in it
    held: list[str] = []
    json = orjson.dumps(_marked(body, mark, held), option=orjson.OPT_SERIALIZE_NUMPY).split(mark.encode())
    return LongBody([json[0], *(part for pair in zip(held, json[1:], strict=True) for part in pair)])


def _marked(value: Any, mark: str, held: list[str]) -> Any:
    """The value with marks for its long strings: a copy, as parts of it may be the caller's."""
    kind = type(value)
    if kind is str and len(value) > _LONG:
        held.append(value)
        return mark
    if kind is dict:
        return {name: _marked(part, mark, held) for name, part in value.items()}
    return [_marked(part, mark, held) for part in value] if kind is list and _has_long(value) else value


def _fault(value: object, path: str) -> tuple[str, str] | None:
    """Path of the innermost part that cannot be encoded, and the reason."""
    import orjson

    try:
        orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY)
    except TypeError as error:
        for name, part in _parts(value):
            inner = _fault(part, f"{path}{name}" if path or name.startswith("[") else name.removeprefix("."))
            if inner is not None:
                return inner
        return path or "the request", str(error)
    return None


def _parts(value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        yield from ((f".{name}", part) for name, part in value.items())
    elif isinstance(value, (list, tuple)):
        yield from ((f"[{index}]", part) for index, part in enumerate(value))


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


_unset: Unset | None = None  # the generated package is not loaded before the first call is made


def unset() -> Unset:
    """The mark that leaves a field out."""
    global _unset
    if _unset is None:
        from aleph_alpha_api.types import UNSET

        _unset = UNSET
    return _unset


def given(value: T | None) -> T | Unset:
    """The value, or the mark that leaves its field out."""
    return value if value is not None else unset() if _unset is None else _unset


def known(value: T | Unset | None) -> T | None:
    """The value, or ``None`` where the answer did not have it."""
    found: Any = value
    return None if found is unset() else found


def other_text(model: Any, name: str) -> str | None:
    """A string that servers once sent beside what the contract has; ``None`` for anything else."""
    value = model.additional_properties.get(name)
    return value if isinstance(value, str) else None


def nice(defaults: Defaults) -> bool | Unset:
    """The query parameter: only ever sent as true."""
    return True if defaults.nice else unset()


def hosting(defaults: Defaults) -> Hosting | Unset:
    """Where the request may be computed."""
    if defaults.hosting is None:
        return unset()
    from aleph_alpha_api.models import Hosting

    return Hosting(defaults.hosting)


def tags(defaults: Defaults) -> list[str] | Unset:
    """Labels of the request."""
    return unset() if defaults.tags is None else list(defaults.tags)


def own_fields(request: Any, kind: type) -> dict[str, Any]:
    """Fields that a subclass which is a dataclass of its own adds to a request: they are sent, too."""
    if type(request) is kind:
        return {}
    known = {field.name for field in fields(kind)}
    return {field.name: getattr(request, field.name) for field in fields(request) if field.name not in known}


class WithMeta:
    """Gives a response ``.meta``: how it came about, beside its data.

    It is no field, not in ``__dict__`` and no slot: ``Response(**vars(response))``, comparing,
    ``asdict`` and ``to_json`` know only what the API said, and a response can be subclassed together
    with a pydantic model, whose instances have slots of their own. Copies and pickles keep it.
    """

    @property
    def meta(self) -> Meta | None:
        """Status, headers, attempts and seconds of the call; ``None`` where no client made this."""
        ref = _metas.get(id(self))
        return None if ref is None else ref.meta

    def attach_meta(self, meta: Meta | None) -> None:
        """For clients: set what :attr:`meta` returns."""
        key = id(self)
        if meta is None:
            _metas.pop(key, None)
            return
        _metas[key] = ref = _MetaRef(self, _forget)
        ref.key, ref.meta = key, meta

    def __getstate__(self) -> Any:
        state = super().__getstate__()
        return state if self.meta is None else (_HAS_META, state, self.meta)

    def __setstate__(self, state: Any) -> None:
        if isinstance(state, tuple) and state[:1] == (_HAS_META,):
            _, state, meta = state
            self.attach_meta(meta)
        inherited = getattr(super(), "__setstate__", None)  # of pydantic, in a mixed subclass
        if inherited is not None:
            inherited(state)
        else:
            vars(self).update(state or {})


_HAS_META = "aleph_alpha.meta"  # marks the state of a response with meta in pickles and copies


class _MetaRef(weakref.ref[WithMeta]):
    """Holds the meta of a response for as long as the response lives."""

    __slots__ = ("key", "meta")
    key: int
    meta: Meta


# By identity, because responses hold lists and so have no hash.
_metas: dict[int, _MetaRef] = {}


def _forget(ref: Any) -> None:
    _metas.pop(ref.key, None)
