"""The API token: kept where no repr, log line or traceback shows it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import TypeAlias, TypeVar, overload

__all__ = ["Secret", "Token", "TokenSource"]

T = TypeVar("T")

_SHOWN = "**********"
_SHORTEST = 8  # bytes; a shorter string keeps no secret, and may be a word


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

    def out_of(self, text: bytes) -> bytes:
        r"""The text with stars in the place of the string, also where JSON escapes some of it.

        >>> Secret("a+secret/token").out_of(rb'{"sent": "a\u002bsecret\/token"}')
        b'{"sent": "**********"}'
        """
        sent = self._value.encode()
        if len(sent) < _SHORTEST:
            return text
        if b"\\" in text:  # in JSON, / and + and more can be escaped, which whoever decodes it would undo
            each = [rb"(?:\\?%b|\\u00(?i:%02x))" % (re.escape(bytes([byte])), byte) for byte in sent]
            return re.sub(b"".join(each), _SHOWN.encode(), text)
        return text.replace(sent, _SHOWN.encode())

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
