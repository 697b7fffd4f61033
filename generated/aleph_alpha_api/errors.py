# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
"""The errors of this package.

ValueError
  DecodeError         an answer is not JSON, or a field of it is missing or of the wrong type
Exception
  UnexpectedStatus    an answer has a status the contract does not describe
"""

__all__ = ["DecodeError", "UnexpectedStatus"]


class DecodeError(ValueError):
    """A value does not have the shape the contract gives it.

    Attributes:
        path: where, as a JSON path such as `completions[0].finish_reason`; empty for the whole value.
        message: what was expected there and what was found instead. Values are never quoted, only their types.
    """

    def __init__(self, path: str, message: str) -> None:
        super().__init__(path, message)
        self.path = path
        self.message = message

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message

    def __reduce__(self) -> tuple[type["DecodeError"], tuple[str, str]]:
        return type(self), (self.path, self.message)

    def within(self, prefix: str) -> "DecodeError":
        """Put the path of the enclosing value in front of this error's path; returns the error itself."""
        if prefix:
            separator = "" if not self.path or self.path.startswith("[") else "."
            self.path = f"{prefix}{separator}{self.path}"
            self.args = (self.path, self.message)
        return self


class UnexpectedStatus(Exception):
    """The status of an answer is not in the contract, or the body under an error status is no API error.

    The second happens when something in front of the API answers: a proxy's HTML page, or an empty body.
    """

    def __init__(self, status_code: int, content: bytes) -> None:
        super().__init__(status_code, content)
        self.status_code = status_code
        self.content = content

    def __str__(self) -> str:
        shown = self.content[:500].decode(errors="replace")
        return f"unexpected status {self.status_code}, with the body: {shown or '(empty)'}"
