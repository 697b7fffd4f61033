"""What a job does with each row: the protocol of a task.

A task of one's own is a class with these members; it is pickled where workers are other processes:

>>> import pyarrow as pa
>>> from aleph_alpha import TokenizationRequest
>>> class CountTokens:
...     name = "count-tokens"
...     rows_per_request = 1
...     blocking = False
...     def inputs(self):
...         return {"text": "text"}
...     def outputs(self):
...         return {"num_tokens": pa.int32()}
...     def settings(self):
...         return {"model": "toy-base"}
...     def request(self, rows):
...         return TokenizationRequest(rows[0]["text"], tokens=False, token_ids=True)
...     async def send(self, client, request):
...         return await client.tokenize(request, "toy-base")
...     def columns(self, request, response):
...         return {"num_tokens": [len(response.token_ids)]}
>>> isinstance(CountTokens(), Task)
True
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias, runtime_checkable

import pyarrow as pa

from aleph_alpha.bulk.errors import SourceError

if TYPE_CHECKING:
    from aleph_alpha import AsyncClient

__all__ = ["VECTOR", "Input", "Row", "Task", "check_input", "check_task"]

_MEMBERS = ("name", "rows_per_request", "blocking", "inputs", "outputs", "settings", "request", "send", "columns")

Row: TypeAlias = Mapping[str, Any]
Input: TypeAlias = Literal["text", "image", "texts", "any"]
"""What a column has to be: strings; bytes, paths or URLs of images; lists of strings; anything."""

VECTOR = pa.list_(pa.float32())
"""The type of a column of vectors, whose size the first response tells: given as an array of float32 (rows, size)."""


@runtime_checkable
class Task(Protocol):
    """Rows to a request, a response to columns.

    Attributes:
        name: what it is called in the manifest, such as ``"complete"``.
        rows_per_request: most rows that one request takes. When such a request is refused for what is in
            it, it is halved until the rows that are to blame are alone.
        blocking: whether :meth:`request` takes long (files, downloads) and is called in a thread.
    """

    @property
    def name(self) -> str: ...

    @property
    def rows_per_request(self) -> int: ...

    @property
    def blocking(self) -> bool: ...

    def inputs(self) -> Mapping[str, Input]:
        """The columns that it reads, and what each has to be."""
        ...

    def outputs(self) -> Mapping[str, pa.DataType]:
        """The columns that it makes, and their types; ``VECTOR`` for vectors."""
        ...

    def settings(self) -> Mapping[str, Any]:
        """All that makes results different, as JSON: model, parameters, template. It identifies the job."""
        ...

    def request(self, rows: Sequence[Row]) -> Any:
        """The request for rows, 1 to `rows_per_request` of them.

        Raises:
            Exception: a row cannot be sent; when there is one row only, that row has failed for good.
        """
        ...

    async def send(self, client: AsyncClient, request: Any) -> Any:
        """The response. Errors of the API are raised as the client raises them."""
        ...

    def columns(self, request: Any, response: Any) -> Mapping[str, Any]:
        """For each of :meth:`outputs` a list with one value a row of the request."""
        ...


def check_task(task: Any) -> None:
    """Refuse what is not a task.

    Raises:
        TypeError: tells what it lacks.
    """
    if isinstance(task, type):
        raise TypeError(f"task must be an object, got the class {task.__name__}: call it with its arguments")
    missing = [name for name in _MEMBERS if not hasattr(task, name)]
    if missing:
        raise TypeError(f"{type(task).__name__} is not a task of bulk jobs: it has no {', '.join(missing)}")


def check_input(column: str, wanted: Input, kind: pa.DataType) -> None:
    """Refuse a column of another type than the task can read.

    Raises:
        SourceError: names the column, its type, and what it has to be.
    """
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if pa.types.is_null(kind) or wanted == "any":
        return
    is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    is_bytes = pa.types.is_binary(kind) or pa.types.is_large_binary(kind)
    fits = {
        "text": is_text,
        "image": is_text or is_bytes,
        "texts": _is_list(kind) and kind.value_type in (pa.string(), pa.large_string(), pa.null()),  # or all are empty
    }
    if not fits[wanted]:
        says = {"text": "strings", "image": "bytes, paths or URLs of images", "texts": "lists of strings"}[wanted]
        raise SourceError(f"column {column!r} is of type {kind}; it must hold {says}")


def _is_list(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind))
