"""What the groups of a client's methods share: sending a call, and the batch counterparts of a task."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from inspect import cleandoc
from typing import Any, Literal, Protocol, TypeVar, overload

from aleph_alpha._async.many import iter_many, send_many
from aleph_alpha._async.sender import AsyncSender
from aleph_alpha._call.call import Call, Defaults
from aleph_alpha._runtime.aio import Items
from aleph_alpha.errors import AlephAlphaError
from aleph_alpha.options import Settings

__all__ = ["Methods", "many"]

Q = TypeVar("Q", contravariant=True)
R = TypeVar("R")
C = TypeVar("C", covariant=True)


class Methods:
    """Sends the calls that the methods of a client describe."""

    _sender: AsyncSender
    _settings: Settings

    @property
    def _defaults(self) -> Defaults:
        settings = self._settings
        return Defaults(settings.nice, settings.hosting, settings.tags)

    async def _send(self, call: Call[R], request: object = None, first: int = 0) -> R:
        """The result of the call; `request` is what it was made of, where that has prompts, from the `first` on."""
        if self._settings.check_length and request is not None:
            await self._check_length(call, request, first)
        return await self._sender.send(call, self._settings)

    async def _check_length(self, call: Call[Any], request: object, first: int = 0) -> None:
        if call.model is not None:
            from aleph_alpha._async.lengths import check_length

            await check_length(self, call.operation, call.model, request, first)


# --- batch counterparts ------------------------------------------------------------------------
# For type checkers: the three ways in which tasks take a model, and what each makes of the counterparts.


class OptionalModelTask(Protocol[Q, C]):
    """A task that chooses a model unless one is given."""

    async def __call__(self, methods: Any, /, request: Q, model: str | None = None) -> C: ...


class ModelTask(Protocol[Q, C]):
    """A task of a model."""

    async def __call__(self, methods: Any, /, request: Q, model: str) -> C: ...


class NoModelTask(Protocol[Q, C]):
    """A task that takes no model."""

    async def __call__(self, methods: Any, /, request: Q) -> C: ...


class OptionalModelMany(Protocol[Q, R]):
    """Sends many requests, a few at a time; the responses come in the order of the requests."""

    @overload
    async def __call__(
        self,
        requests: Iterable[Q],
        model: str | None = None,
        *,
        num_concurrent_requests: int = 8,
        progress_bar: bool = False,
        return_errors: Literal[False] = False,
    ) -> list[R]: ...
    @overload
    async def __call__(
        self,
        requests: Iterable[Q],
        model: str | None = None,
        *,
        num_concurrent_requests: int = 8,
        progress_bar: bool = False,
        return_errors: bool,
    ) -> list[R | AlephAlphaError]: ...


class ModelMany(Protocol[Q, R]):
    """Sends many requests, a few at a time; the responses come in the order of the requests."""

    @overload
    async def __call__(
        self,
        requests: Iterable[Q],
        model: str,
        *,
        num_concurrent_requests: int = 8,
        progress_bar: bool = False,
        return_errors: Literal[False] = False,
    ) -> list[R]: ...
    @overload
    async def __call__(
        self,
        requests: Iterable[Q],
        model: str,
        *,
        num_concurrent_requests: int = 8,
        progress_bar: bool = False,
        return_errors: bool,
    ) -> list[R | AlephAlphaError]: ...


class NoModelMany(Protocol[Q, R]):
    """Sends many requests, a few at a time; the responses come in the order of the requests."""

    @overload
    async def __call__(
        self,
        requests: Iterable[Q],
        *,
        num_concurrent_requests: int = 8,
        progress_bar: bool = False,
        return_errors: Literal[False] = False,
    ) -> list[R]: ...
    @overload
    async def __call__(
        self,
        requests: Iterable[Q],
        *,
        num_concurrent_requests: int = 8,
        progress_bar: bool = False,
        return_errors: bool,
    ) -> list[R | AlephAlphaError]: ...


class OptionalModelIter(Protocol[Q, C]):
    """Sends many requests, a few at a time, and yields the responses one by one, in the order of the requests."""

    @overload
    def __call__(
        self,
        requests: Iterable[Q],
        model: str | None = None,
        *,
        num_concurrent_requests: int = 8,
        return_errors: Literal[False] = False,
    ) -> Items[C]: ...
    @overload
    def __call__(
        self,
        requests: Iterable[Q],
        model: str | None = None,
        *,
        num_concurrent_requests: int = 8,
        return_errors: bool,
    ) -> Items[C | AlephAlphaError]: ...


class ModelIter(Protocol[Q, C]):
    """Sends many requests, a few at a time, and yields the responses one by one, in the order of the requests."""

    @overload
    def __call__(
        self,
        requests: Iterable[Q],
        model: str,
        *,
        num_concurrent_requests: int = 8,
        return_errors: Literal[False] = False,
    ) -> Items[C]: ...
    @overload
    def __call__(
        self, requests: Iterable[Q], model: str, *, num_concurrent_requests: int = 8, return_errors: bool
    ) -> Items[C | AlephAlphaError]: ...


class NoModelIter(Protocol[Q, C]):
    """Sends many requests, a few at a time, and yields the responses one by one, in the order of the requests."""

    @overload
    def __call__(
        self, requests: Iterable[Q], *, num_concurrent_requests: int = 8, return_errors: Literal[False] = False
    ) -> Items[C]: ...
    @overload
    def __call__(
        self, requests: Iterable[Q], *, num_concurrent_requests: int = 8, return_errors: bool
    ) -> Items[C | AlephAlphaError]: ...


@overload
def many(
    task: OptionalModelTask[Q, R],
) -> Callable[[str], tuple[OptionalModelMany[Q, R], OptionalModelIter[Q, R]]]: ...
@overload
def many(task: ModelTask[Q, R]) -> Callable[[str], tuple[ModelMany[Q, R], ModelIter[Q, R]]]: ...
@overload
def many(task: NoModelTask[Q, R]) -> Callable[[str], tuple[NoModelMany[Q, R], NoModelIter[Q, R]]]: ...


def many(task: Any) -> Any:
    """The two batch counterparts of a task, given their documentation.

    The first collects the responses into a list, the second yields them one by one. Both are functions like
    any method of the class: named after the task, with the model as the task takes it, and with an example
    that loops ``for response in await client.<task>_many(...)``, from which the example of the other is made.

    Raises:
        TypeError: the task takes something else by position than a request and a model.
    """
    takes = task.__code__.co_varnames[1 : task.__code__.co_argcount]
    if takes not in (("request",), ("request", "model")):
        raise TypeError(f"{task.__qualname__} must take a request, or a request and a model, got {', '.join(takes)}")

    def documented(about: str) -> tuple[Any, Any]:
        collected, iterated = _with_model(task) if "model" in takes else _without_model(task)
        summary, _, example = cleandoc(about).partition("\n\n")
        one_by_one = example.replace("for response in await client.", "async for response in client.iter_")
        _finish(collected, task, "{}_many", "list[{}]", _COLLECTED, summary, example)
        _finish(iterated, task, "iter_{}_many", "Items[{}]", _ITERATED, summary.rstrip("."), one_by_one)
        return collected, iterated

    return documented


def _with_model(task: Any) -> tuple[Any, Any]:
    async def collected(
        self: Any,
        requests: Iterable[Any],
        model: str | None = None,
        *,
        num_concurrent_requests: int = 8,
        progress_bar: bool = False,
        return_errors: bool = False,
    ) -> list[Any]:
        return await send_many(
            lambda request: task(self, request, model),
            requests,
            concurrency=num_concurrent_requests,
            progress_bar=progress_bar,
            return_errors=return_errors,
        )

    def iterated(
        self: Any,
        requests: Iterable[Any],
        model: str | None = None,
        *,
        num_concurrent_requests: int = 8,
        return_errors: bool = False,
    ) -> Items[Any]:
        return iter_many(
            lambda request: task(self, request, model),
            requests,
            concurrency=num_concurrent_requests,
            return_errors=return_errors,
        )

    return collected, iterated


def _without_model(task: Any) -> tuple[Any, Any]:
    async def collected(
        self: Any,
        requests: Iterable[Any],
        *,
        num_concurrent_requests: int = 8,
        progress_bar: bool = False,
        return_errors: bool = False,
    ) -> list[Any]:
        return await send_many(
            lambda request: task(self, request),
            requests,
            concurrency=num_concurrent_requests,
            progress_bar=progress_bar,
            return_errors=return_errors,
        )

    def iterated(
        self: Any, requests: Iterable[Any], *, num_concurrent_requests: int = 8, return_errors: bool = False
    ) -> Items[Any]:
        return iter_many(
            lambda request: task(self, request),
            requests,
            concurrency=num_concurrent_requests,
            return_errors=return_errors,
        )

    return collected, iterated


def _finish(method: Any, task: Any, name: str, result: str, doc: str, summary: str, example: str) -> None:
    """Make the function one of the task's class, as if it were written out there."""
    types = task.__annotations__
    method.__name__ = name.format(task.__name__)
    method.__qualname__ = f"{task.__qualname__.rpartition('.')[0]}.{method.__name__}"
    method.__module__ = task.__module__
    method.__defaults__ = task.__defaults__  # of the model: it is needed where the task needs one
    method.__annotations__ |= {
        "requests": f"Iterable[{types['request']}]",
        **({"model": types["model"]} if "model" in types else {}),
        "return": f"{result.format(types['return'])} | {result.format(types['return'] + ' | AlephAlphaError')}",
    }
    del method.__annotations__["self"]
    model = f"\n    model: as for :meth:`{task.__name__}`." if "model" in types else ""
    method.__doc__ = doc.format(summary=summary, task=task.__name__, model=model, example=example)


_COLLECTED = """{summary}

Requests are taken one by one, when there is room for another. When one fails for good, those
under way are cancelled and its exception is raised; it carries ``.partial`` (index of a
request -> its response) and ``.remaining`` (indices without one, of an iterator those that
were taken from it), so that the job can be finished.

Args:
    requests: what to send; a generator is fine.{model}
    num_concurrent_requests: requests under way at once, 1 or more.
    progress_bar: show one (tqdm).
    return_errors: put the error of a request in the place of its response, and go on.

Returns:
    The responses, in the order of the requests.

Raises:
    InvalidRequestError: `requests` cannot be iterated over, or `num_concurrent_requests` is below 1.
    And as :meth:`{task}`, with ``.partial`` and ``.remaining``.

{example}
"""

_ITERATED = """{summary}, one response at a time.

The responses of :meth:`{task}_many` come in the order of the requests, and none of them is kept:
memory does not grow with the number of requests. At most `num_concurrent_requests` are under
way or have a response that was not taken. Requests are taken one by one, when there is room for
another. Whoever leaves the loop early closes the iterator (``contextlib.aclosing``), so that the
others are cancelled at once and not some time later.

Args:
    requests: what to send; a generator is fine.{model}
    num_concurrent_requests: requests under way at once, 1 or more.
    return_errors: yield the error of a request in the place of its response, and go on.

Raises:
    InvalidRequestError: `requests` cannot be iterated over, or `num_concurrent_requests` is below 1; at once.
    And as :meth:`{task}`, when the request that failed is due.

{example}
"""
