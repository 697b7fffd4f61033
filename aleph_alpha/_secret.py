"""The API token: kept where no repr, log line or traceback shows it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias, TypeVar, overload

__all__ = ["Secret", "Token", "TokenSource"]

T = TypeVar("T")


class Secret:
    """A string that is shown as ``**********`` until it is asked for with :meth:`reveal`.

    >>> secret = Secret("my-token")
    >>> print(secret, [secret], f"{secret}")
    ********** [Secret('**********')] **********
    >>> secret.reveal()
    'my-token'
    >>> secret == Secret("my-token")
    True
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = str.__str__(value)  # of a Token the string alone

    def reveal(self) -> str:
        """The string itself."""
        return self._value

    @overload
    @classmethod
    def of(cls, value: str | Secret) -> Secret: ...

    @overload
    @classmethod
    def of(cls, value: T) -> T | Secret: ...

    @classmethod
    def of(cls, value: object) -> object:
        """A string as a secret, anything else as it is."""
        return cls(value) if isinstance(value, str) else value

    def __repr__(self) -> str:
        return "Secret('**********')"

    def __str__(self) -> str:
        return "**********"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash((Secret, self._value))


class Token(str):
    """The token as a string, to be put into headers and compared; its repr hides it.

    >>> token = Token("my-token")
    >>> "Bearer " + token, token == "my-token"
    ('Bearer my-token', True)
    >>> [token], repr(token), f"{token!r}"
    (['**********'], "'**********'", "'**********'")
    """

    __slots__ = ()

    def reveal(self) -> str:
        """The string itself, in which nothing is hidden."""
        return str.__str__(self)

    def __repr__(self) -> str:
        return "'**********'"

    def __reduce__(self) -> tuple[type[Token], tuple[str]]:
        return Token, (self.reveal(),)


TokenSource: TypeAlias = str | Secret | Callable[[], str | Awaitable[str]]
