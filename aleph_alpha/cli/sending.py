"""What commands that send requests share: their options, one request, and JSON lines in and out."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aleph_alpha.cli.command import FILE, Context, Parser, positive_count
from aleph_alpha.cli.failures import PARTLY, PartlyFailed, UsageError, code_of, error_json
from aleph_alpha.cli.inputs import argument, json_lines
from aleph_alpha.cli.request_fields import assignments, checked_fields, describe_fields
from aleph_alpha.errors import (
    AlephAlphaError,
    APIConnectionError,
    AuthenticationError,
    NotFoundError,
    PermissionDeniedError,
    QuotaError,
)

if TYPE_CHECKING:
    from aleph_alpha import Client

__all__ = ["Lines", "add_lines", "add_option_fields", "add_set", "fields_of", "made", "no_arguments", "one_by_one"]
__all__ += ["run_lines"]

Sender = Callable[["Client", Iterator[Any], int], Generator[Any, None, None]]


_MOST_ALIKE = 10  # lines in a row, before the host or the model is taken to be gone


def add_set(parser: Parser, schema: str) -> None:
    """The option for any field of the request."""
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="FIELD=VALUE",
        help=f"any field of the request, such as `aleph-alpha schema {schema}` lists",
    )


def add_option_fields(parser: Parser, *options: tuple[str, str, Any, str]) -> None:
    """Fields that have an option of their own: option, field, type and help of each."""
    for option, name, kind, text in options:
        parser.add_argument(
            option, dest=f"field_{name}", type=kind, metavar=option.lstrip("-").upper().replace("-", "_"), help=text
        )


def fields_of(context: Context, kind: type, *, without: Collection[str] = ()) -> dict[str, Any]:
    """The fields that options of their own and ``--set`` name.

    Raises:
        UsageError: there is no such field, or one is given twice.
    """
    options = vars(context.options)
    own = {
        name.removeprefix("field_"): [argument(word) for word in value] if isinstance(value, list) else value
        for name, value in options.items()
        if name.startswith("field_") and value is not None
    }
    own = checked_fields(kind, own)
    told = checked_fields(kind, assignments([argument(word) for word in options.get("set", [])]), without=without)
    for name in own.keys() & told.keys():
        raise UsageError(f"{name} is given twice, by an option and by --set")
    return {**own, **told}


def add_lines(parser: Parser, members: str) -> None:
    """The options for JSON lines in and out."""
    parser.add_argument(
        "--jsonl",
        metavar=FILE,
        help=f"JSON lines instead (- for standard input), one request each, with {members}; JSON lines come out, in "
        "order, with `line`, the `id` of the line if it has one, and `response`",
    )
    parser.add_argument(
        "--concurrency", type=positive_count, default=8, metavar="N", help="lines under way (default: %(default)s)"
    )


@dataclass
class Lines:
    """JSON lines under way.

    Parameters:
        context: of the command.
        make: the request of a line.
        waiting: places of the lines that are under way.
        failed: what went wrong, with the place of each.
        first: the first of these errors.
        done: how many responses were written.
        alike: how many lines in a row met a host or model that may be gone.
    """

    context: Context
    make: Callable[[Mapping[str, Any]], Any]
    waiting: deque[Mapping[str, Any]] = field(default_factory=deque)
    failed: list[Mapping[str, Any]] = field(default_factory=list)
    first: BaseException | None = None
    done: int = 0
    alike: int = 0

    def requests(self, path: str) -> Iterator[Any]:
        """The requests of the lines; those that cannot be sent are told of."""
        for number, record in json_lines(path):
            place: dict[str, Any] = {"line": number}
            try:
                if isinstance(record, UsageError):
                    raise record
                record = {"prompt": record} if isinstance(record, str) else record
                if not isinstance(record, dict):
                    raise UsageError(f"the line must be an object, not {type(record).__name__}")
                if "id" in record:
                    place["id"] = record["id"]
                if getattr(self.context.options, "template", None) is None:  # whose variable it may be
                    record = {name: value for name, value in record.items() if name != "id"}
                request = self.make(record)
            except (UsageError, AlephAlphaError, TypeError) as error:
                self._fail(place, error)
                continue
            self.waiting.append(place)
            yield request

    def take(self, response: Any) -> None:
        """Write the next response, or tell why there is none."""
        place = self.waiting.popleft()
        if isinstance(response, AlephAlphaError):
            self._fail(place, response)
            self.alike = self.alike + 1 if isinstance(response, APIConnectionError | NotFoundError) else 0
            refused = isinstance(response, AuthenticationError | PermissionDeniedError | QuotaError)
            if refused or self.alike == _MOST_ALIKE:
                raise response  # as every line would
            return
        self.context.out.record({**place, "response": response})
        self.done += 1
        self.alike = 0

    def end(self) -> None:
        """Say that some lines failed.

        Raises:
            PartlyFailed: with the exit code of the first failure where nothing was done.
        """
        if self.first is not None:
            total = self.done + len(self.failed)
            code = PARTLY if self.done else code_of(self.first)
            raise PartlyFailed(f"{len(self.failed)} of {total} lines failed", self.failed, code=code)

    def _fail(self, place: Mapping[str, Any], error: BaseException) -> None:
        self.first = self.first or error
        self.failed.append({**place, **error_json(error)})
        self.context.out.line_failed(place["line"], error)


def made(kind: type, fields: Mapping[str, Any]) -> Any:
    """A request of its fields.

    Raises:
        UsageError: one without a default is missing.
    """
    missing = [one.name for one in describe_fields(kind) if one.required and one.name not in fields]
    if missing:
        raise UsageError(f"{kind.__name__} needs {', '.join(missing)}")
    return kind(**fields)


def run_lines(context: Context, make: Callable[[Mapping[str, Any]], Any], send: Sender) -> None:
    """Send the request of each JSON line, a few at a time, and write the responses in order.

    Raises:
        UsageError: an option that does not go with lines.
        PartlyFailed: some lines failed.
        AuthenticationError, PermissionDeniedError, QuotaError: as every line would; so would 10 lines in a row that
            met no connection, or no model.
    """
    if getattr(context.options, "var", None):
        raise UsageError("--var and --jsonl exclude each other: the members of a line are its variables")
    lines = Lines(context, make)
    try:
        with context.client() as client:
            responses = send(client, lines.requests(context.options.jsonl), context.options.concurrency)
            with closing(responses):
                for response in responses:
                    lines.take(response)
    except BaseException as error:
        error.failed = lines.failed  # type: ignore[attr-defined]  # told with whatever ended the job, Ctrl-C included
        raise
    lines.end()


def one_by_one(send: Callable[[Any], Any], requests: Iterator[Any]) -> Generator[Any, None, None]:
    """Responses, or the errors in their place, of what the client has no counterpart for many of."""
    for request in requests:
        try:
            yield send(request)
        except AlephAlphaError as error:
            yield error


def no_arguments(words: Sequence[str], what: str) -> None:
    """Refuse a text beside JSON lines.

    Raises:
        UsageError: there is one.
    """
    if words:
        raise UsageError(f"a {what} and --jsonl are given: put it into the lines")
