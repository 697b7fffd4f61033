"""A call between the task modules, which describe it, and the clients, which send it.

``<operation>_call(request, model, defaults)`` of a task module checks the request, maps it to the
generated model and returns a :class:`Call`; its ``parse`` maps the body of a success back. Nothing
here or there sends anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from urllib.parse import urlencode

from aleph_alpha._call.body import encode
from aleph_alpha._call.fields import unset

if TYPE_CHECKING:
    from aleph_alpha._call.long_body import LongBody
    from aleph_alpha_api.models import Hosting
    from aleph_alpha_api.types import Unset

__all__ = ["NO_DEFAULTS", "Call", "Defaults", "call", "hosting", "nice", "tags"]

T = TypeVar("T")
M = TypeVar("M")


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a client adds to each of its requests.

    Attributes:
        nice: let other users' requests go first.
        hosting: where requests may be computed, ``"aleph-alpha"`` or ``None`` for anywhere.
        tags: labels for the operator of the deployment.
    """

    nice: bool = False
    hosting: str | None = None
    tags: Sequence[str] | None = None


NO_DEFAULTS = Defaults()


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """One HTTP exchange: the request, and how to read the response.

    Attributes:
        operation: id of the operation in the contract, for logs and errors.
        method: ``"GET"`` or ``"POST"``.
        path: to be appended to the host, percent-encoded.
        query: without the question mark; ``""`` for none.
        body: what to send; ``None`` for nothing.
        content_type: of the body.
        accept: media type of the response.
        parse: makes the result of the body of a 2xx response; raises only ``ResponseError``.
        confidential: the response holds a secret, so that its body is never logged.
        model: that the request is for, where it is for one: calls to different ones fare differently.
        json: what the body says, for those who observe calls; ``None`` where it is not JSON.
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
    model: str | None = None
    json: Any = field(default=None, repr=False)


def call(
    operation: str, parts: Mapping[str, Any], parse: Callable[[bytes], T], accept: str = "application/json"
) -> Call[T]:
    """The call for what ``build_request`` of a generated endpoint module returned.

    Raises:
        InvalidRequestError: the body holds something that JSON cannot say; the message says where.
    """
    sends = "json" in parts
    body = parts["json"] if sends else None
    params: Mapping[str, Any] = parts.get("params") or {}
    query = urlencode(params) if params else ""
    return Call(
        operation=operation,
        method=parts["method"],
        path=parts["url"],
        query=query,
        body=encode(operation, body) if sends else None,
        content_type="application/json" if sends else None,
        accept=accept,
        parse=parse,
        model=body.get("model") if isinstance(body, dict) else None,
        json=body,
    )


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
