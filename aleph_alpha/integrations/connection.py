"""Where a framework's models send their requests: what each of them is told, and the clients made from it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, SecretStr, model_validator

from aleph_alpha import AsyncClient, Client

__all__ = ["STRICT", "Connection"]


def _token() -> SecretStr | None:
    token = os.environ.get("AA_TOKEN") or os.environ.get("ALEPH_ALPHA_API_KEY")
    return SecretStr(token) if token else None


def _host() -> str:
    return os.environ.get("AA_HOST", "").strip() or "https://api.aleph-alpha.com"


STRICT = ConfigDict(extra="forbid", arbitrary_types_allowed=True, protected_namespaces=())
"""Of each class anew: a framework's base classes come later, and let mistyped names pass."""


class Connection(BaseModel):
    """Settings of the clients, which are made when they are first used.

    Failed requests are tried again in the client; the framework is not asked to do so on top of that.

    Parameters:
        model: name of the model.
        token: API token; by default ``AA_TOKEN`` or ``ALEPH_ALPHA_API_KEY`` of the environment. Also
            understood: ``api_key``, ``aleph_alpha_api_key``. Not dumped.
        host: base URL; by default ``AA_HOST`` of the environment, else the vendor's. Also ``base_url``.
        hosting, request_timeout_seconds, total_retries, nice: as of ``Client``. Also understood:
            ``timeout`` and ``max_retries``.
        num_concurrent_requests: requests under way at once when there are many, 1 or more.
        client_options: further options of ``Client`` and ``AsyncClient``, by name. Neither shown nor dumped.
        client: a client to send with instead; the settings above but the model are then unused.
        async_client: the same for the async methods.
    """

    model_config = STRICT

    model: str
    token: SecretStr | None = Field(default_factory=_token, exclude=True)
    host: str = Field(default_factory=_host)
    hosting: str | None = None
    request_timeout_seconds: float | None = 305
    total_retries: int = Field(default=8, ge=0)
    nice: bool = False
    num_concurrent_requests: int = Field(default=8, ge=1)
    client_options: dict[str, Any] = Field(default_factory=dict, exclude=True, repr=False)
    client: Client | None = Field(default=None, exclude=True, repr=False)
    async_client: AsyncClient | None = Field(default=None, exclude=True, repr=False)

    _made: Client | None = PrivateAttr(default=None)
    _made_async: AsyncClient | None = PrivateAttr(default=None)

    other_names: ClassVar[Mapping[str, str]] = {
        "api_key": "token",
        "aleph_alpha_api_key": "token",
        "base_url": "host",
        "model_name": "model",
        "timeout": "request_timeout_seconds",
        "request_timeout": "request_timeout_seconds",
        "max_retries": "total_retries",
    }
    """Name that is also understood -> field. The field's own name goes before it; ``None`` counts as not given."""

    @model_validator(mode="before")
    @classmethod
    def _own_names(cls, given: Any) -> Any:
        if not isinstance(given, Mapping):
            return given
        named = {name: value for name, value in given.items() if name not in cls.other_names}
        for name, field in cls.other_names.items():
            if given.get(name) is not None:
                named.setdefault(field, given[name])
        for field in ("token", "host"):
            if field in named and not named[field]:  # as of a variable that is not set
                del named[field]
        return named

    @model_validator(mode="after")
    def _has_token(self) -> Self:
        if not (self.token and self.token.get_secret_value()) and self.client is None and self.async_client is None:
            raise ValueError("no API token: set the environment variable AA_TOKEN, or pass token=...")
        return self

    def sync_client(self) -> Client:
        """The client of the sync methods."""
        if self.client is not None:
            return self.client
        if self._made is None:
            self._made = Client(**self._options())
        return self._made

    def asyncio_client(self) -> AsyncClient:
        """The client of the async methods; it can be used from one event loop after another."""
        if self.async_client is not None:
            return self.async_client
        if self._made_async is None:
            self._made_async = AsyncClient(**self._options())
        return self._made_async

    def _options(self) -> dict[str, Any]:
        if self.token is None:
            raise ValueError("no API token: only one of client and async_client was passed; pass both, or token=...")
        return {
            "token": self.token.get_secret_value(),
            "host": self.host,
            "hosting": self.hosting,
            "request_timeout_seconds": self.request_timeout_seconds,
            "total_retries": self.total_retries,
            "nice": self.nice,
            **self.client_options,
        }
