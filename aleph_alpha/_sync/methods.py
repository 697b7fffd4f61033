# Made from aleph_alpha/_async/methods.py by scripts/unasync.py: change it there, then run `make fix`.
"""What the groups of a client's methods share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from aleph_alpha._call.call import Call, Defaults
from aleph_alpha._runtime.threads import Items
from aleph_alpha._sync.many import iter_many, send_many
from aleph_alpha._sync.sender import Sender
from aleph_alpha.options import Settings

__all__ = ["Methods"]

Q = TypeVar("Q")
R = TypeVar("R")


class Methods:
    """Sends the calls that the methods of a client describe."""

    _sender: Sender
    _settings: Settings

    @property
    def _defaults(self) -> Defaults:
        settings = self._settings
        return Defaults(settings.nice, settings.hosting, settings.tags)

    def _send(self, call: Call[R]) -> R:
        return self._sender.send(call, self._settings)

    def _many(
        self,
        requests: Iterable[Q],
        model: Any,
        describe: Callable[[Q, Any, Defaults], Call[R]],
        concurrency: int,
        progress_bar: bool,
        return_errors: bool,
    ) -> list[Any]:
        defaults = self._defaults
        return send_many(
            self._sender,
            self._settings,
            requests,
            lambda request: describe(request, model, defaults),
            concurrency=concurrency,
            progress_bar=progress_bar,
            return_errors=return_errors,
        )

    def _iter(
        self,
        requests: Iterable[Q],
        model: Any,
        describe: Callable[[Q, Any, Defaults], Call[R]],
        concurrency: int,
        return_errors: bool,
    ) -> Items[Any]:
        defaults = self._defaults
        return iter_many(
            self._sender,
            self._settings,
            requests,
            lambda request: describe(request, model, defaults),
            concurrency=concurrency,
            return_errors=return_errors,
        )
