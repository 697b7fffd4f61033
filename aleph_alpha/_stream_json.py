"""The JSON of events, and the errors that servers report in their place."""

from __future__ import annotations

from typing import Any

import orjson

from aleph_alpha.errors import ResponseError, StreamError

__all__ = ["read_json", "refuse_error"]


def read_json(operation: str, data: bytes) -> Any:
    """The JSON of an event.

    Raises:
        ResponseError: it is no JSON.
    """
    try:
        return orjson.loads(data)
    except ValueError as error:
        raise ResponseError(f"{operation}: an event of the stream is no JSON: {error}", body=data) from None


def refuse_error(operation: str, json: Any) -> None:
    """Raise what the server reports, as the API words it (`error`, `code`) or as other servers do.

    Raises:
        StreamError: it is an error.
    """
    error = json.get("error") if isinstance(json, dict) else None
    if not error:
        return
    code = json.get("code")
    if isinstance(error, dict):
        code = error.get("code") or error.get("type") or code
        error = error.get("message") or error
    named = f" {code}" if code else ""
    raise StreamError(f"{operation}: the server reports{named}: {error}", code=None if code is None else str(code))
