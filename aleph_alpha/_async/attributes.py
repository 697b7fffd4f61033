"""What programs read from a client: its settings, under the names that the vendor's client has for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aleph_alpha._secret import Secret, Token
from aleph_alpha.options import Settings

__all__ = ["Attributes"]


class Attributes:
    """The settings of a client, to be read; `with_options` makes a client with others."""

    SSE_DATA_PREFIX = "data: "  # how a line of an event stream begins that has data

    _settings: Settings

    @property
    def host(self) -> str:
        """Base URL of the deployment, with a slash at the end."""
        return self._settings.host.rstrip("/") + "/"

    @property
    def token(self) -> Any:
        """The API token as a string whose repr hides it, or the callable that provides it.

        >>> client.token == token, f"Bearer {client.token}" == "Bearer " + token
        (True, True)
        >>> [client.token]
        ['**********']
        """
        token = self._settings.token
        return Token(token.reveal()) if isinstance(token, Secret) else token

    @property
    def hosting(self) -> str | None:
        """Where requests may be computed: ``"aleph-alpha"``, or ``None`` for anywhere."""
        return self._settings.hosting

    @property
    def nice(self) -> bool:
        """Whether requests give way to those of other users."""
        return self._settings.nice

    @property
    def tags(self) -> Sequence[str] | None:
        """Labels that are sent with every task."""
        return None if self._settings.tags is None else list(self._settings.tags)

    @property
    def request_timeout_seconds(self) -> float | None:
        """Bound of one attempt in seconds; ``None`` without one."""
        return self._settings.request_timeout_seconds
