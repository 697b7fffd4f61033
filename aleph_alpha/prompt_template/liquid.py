"""Liquid, made safe for prompts: limits that hold, and filters that may not change a marker.

Importing this imports liquid, which takes a fifth of a second: it happens with the first template.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from functools import lru_cache, wraps
from io import StringIO
from typing import Any, TextIO

from liquid import BoundTemplate, Environment, Node, RenderContext, TokenStream
from liquid.exceptions import FilterArgumentError, LiquidError, OutputStreamLimitError

from aleph_alpha.errors import TemplateError
from aleph_alpha.prompt_template.liquid_errors import misuse, reason
from aleph_alpha.prompt_template.markers import _MARKER, _PROCESS

_MAX_DIGITS = 4_000  # of a number that arithmetic makes; Python shows no longer ones

# What filters may go through in one rendering, in multiples of max_output: ten seconds or so. An
# element of an array takes as long as this many characters.
_MAX_WORK = 1_000
_ELEMENT = 500

# Characters that liquid's parser looks at again and again: a second or so. Those of its lexer take five times as long.
_MAX_PARSING = 100_000_000
_MAX_LEXING = 20_000_000

_MAX_UNIQ = 10_000  # elements; liquid compares each to each, which is half a second for these

# Given a list these choose, count or order whole elements, and so cannot damage a marker.
_WHOLE_ELEMENTS = frozenset(
    {"compact", "concat", "find", "find_index", "first", "has", "last", "map", "reject", "reverse", "size"}
    | {"slice", "sort", "sort_natural", "sum", "uniq", "where"}
)


_work: ContextVar[list[int]] = ContextVar("work")  # what is left for the filters of a rendering


class _MarkerError(FilterArgumentError):
    """A filter would lose or change a marker."""

    def __init__(self, filter_name: str, marker: str) -> None:
        super().__init__(token=None)
        self.filter_name = filter_name
        self.marker = marker


class _Buffer(StringIO):
    """Text with a limit. (Liquid's own also changes line endings.)"""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.left = limit

    def write(self, text: str) -> int:
        self.left -= len(text)
        if self.left < 0:
            raise OutputStreamLimitError("the result is longer than max_output", token=None)
        return super().write(text)


class _Context(RenderContext):
    def get_buffer(self, buf: TextIO | None = None) -> StringIO:
        return _Buffer(buf.left if isinstance(buf, _Buffer) else self.env.output_stream_limit or 0)


class Template:
    """A parsed template."""

    def __init__(self, bound: BoundTemplate, max_output: int) -> None:
        self._bound = bound
        self._max_output = max_output

    def render(self, values: Mapping[str, object], describe: Callable[[str], str]) -> str:
        """The text of it. ``describe`` names a marker for a message."""
        context = _Context(self._bound, globals=self._bound.make_globals(values))
        buffer = _Buffer(self._max_output)
        before = _work.set([self._max_output * _MAX_WORK])
        try:
            self._bound.render_with_context(context, buffer)
        except _MarkerError as error:
            text = f"the filter {error.filter_name!r} would change {describe(error.marker)}"
            raise TemplateError(_located(text, error)) from error
        except LiquidError as error:
            raise TemplateError(_located(reason(error), error)) from error
        except Exception as error:
            # From a value: its __str__, a comparison, a property.
            raise TemplateError(f"a value cannot be rendered: {type(error).__name__}: {error}") from error
        finally:
            _work.reset(before)
        return buffer.getvalue()


def parse(source: str, max_loops: int, max_output: int) -> Template:
    """Parse a template.

    Raises:
        TemplateError: with the line where it is wrong.
    """
    if not isinstance(source, str):
        raise TemplateError(f"a template must be a string, not {type(source).__name__}")
    _refuse_endless(source)
    try:
        return Template(_environment(max_loops, max_output).from_string(source), max_output)
    except LiquidError as error:
        raise TemplateError(_located(reason(error), error)) from error
    except RecursionError as error:
        raise TemplateError("the template is nested too deeply") from error


_OPEN, _CLOSE = re.compile(r"\{[{%]"), re.compile(r"[%}]\}")
_ENDS = {"{{": (re.compile(r"\{(?=\{)"), "}}"), "{%": (re.compile(r"\{%"), "%}")}
_BLANK = re.compile(r"\{(?:\{-?|%-?\s*\w+)(\s+)")
_UNREAD = {name: re.compile(rf"\{{%-?\s*{name}\b") for name in ("raw", "doc")}


def _refuse_endless(source: str) -> None:
    """Refuse what liquid's parser would take minutes for, because it begins again and again."""
    for name, tag in _UNREAD.items():
        rest = source[source.rfind(f"end{name}") + 1 :]
        # Each of these tags without an end is looked for an end anew.
        if len(tag.findall(rest)) * len(rest) > _MAX_PARSING:
            raise TemplateError(f"the tag {name!r} has no end")
    for name, (opened, end) in _ENDS.items():
        # From each of these on the end is looked for.
        if sum(len(opened.findall(piece)) * len(piece) for piece in source.split(end)) > _MAX_LEXING:
            raise TemplateError(f"{name!r} comes again and again without {end!r}")
    # From each blank at the beginning of an expression on its end is looked for.
    if sum(len(blank) ** 2 for blank in _BLANK.findall(source)) > _MAX_LEXING:
        raise TemplateError("an expression has too much white space before it")
    for piece in _CLOSE.split(source):
        begin = _OPEN.search(piece)
        # At each parenthesis or bracket the rest of the expression is read anew.
        if begin and sum(piece.count(each, begin.end()) for each in "([") * (len(piece) - begin.end()) > _MAX_PARSING:
            raise TemplateError("an expression has too many parentheses or brackets")


@lru_cache(maxsize=8)
def _environment(max_loops: int, max_output: int) -> Environment:
    class Limited(Environment):
        loop_iteration_limit = max_loops
        output_stream_limit = max_output
        local_namespace_limit = 4 * max_output  # bytes; a character takes up to four

    environment = Limited()
    for tag in environment.tags.values():
        vars(tag)["get_node"] = _telling_where(tag.get_node)
    for name, function in list(environment.filters.items()):
        environment.add_filter(name, _guarded(name, function, max_loops, max_output))
    return environment


def _telling_where(get_node: Callable[[TokenStream], Node]) -> Callable[[TokenStream], Node]:
    """The parser of a tag, with errors that name the tag, and where it begins if they are at the end of something."""

    def located(stream: TokenStream) -> Node:
        token = stream.current
        try:
            return get_node(stream)
        except LiquidError as error:
            if error.token is None or error.token.start_index < 0:
                error.token = token
            if token.kind == "tag" and not hasattr(error, "tag"):  # an inner one comes first
                vars(error)["tag"] = token.value
            raise

    return located


def _located(text: str, error: LiquidError) -> str:
    try:
        context = error.context()
    except ValueError:  # at the very end of the template, which is outside to liquid
        context = None
    return f"line {context[0]}: {text}" if context else text


def _guarded(name: str, function: Callable[..., Any], max_loops: int, max_output: int) -> Callable[..., Any]:
    """A filter that refuses to build something huge or to change a marker."""

    def refused(text: str) -> FilterArgumentError:
        return FilterArgumentError(f"the filter {name!r} {text}", token=None)

    @wraps(function)  # liquid looks for attributes of the function
    def guarded(left: object, *args: Any, **kwargs: Any) -> Any:
        for value in (left, *args):
            if isinstance(value, range) and value.stop - value.start > max_loops:
                raise refused(f"takes no range that is longer than max_loops={max_loops}")
        if name == "uniq" and isinstance(left, list | tuple) and len(left) > _MAX_UNIQ:
            raise refused(f"takes no array with more than {_MAX_UNIQ} elements")
        if _growth(name, left, args) > max_output:
            raise refused(f"gives more than max_output={max_output} characters")
        work = _work.get()
        work[0] -= _size(left) + sum(map(_size, args))
        if work[0] < 0:
            raise refused("has too much to do: all together go through more than a thousand times max_output")
        try:
            result = function(left, *args, **kwargs)
        # Not what a value itself may raise, as far as that can be told.
        except (LiquidError, TypeError, ValueError, AttributeError, LookupError, ArithmeticError) as error:
            raise refused(misuse(function, left, args, kwargs, error)) from error
        if isinstance(result, str) and len(result) > max_output:
            raise refused(f"gives more than max_output={max_output} characters")
        if isinstance(result, int) and result.bit_length() > _MAX_DIGITS * 3.32:
            raise refused(f"gives a number of more than {_MAX_DIGITS} digits")
        if not (isinstance(left, list | tuple) and name in _WHOLE_ELEMENTS):
            lost = _markers(left) - _markers(result)
            if lost:
                raise _MarkerError(name, next(iter(lost)))
        return result

    return guarded


def _size(value: object) -> int:
    """Work for a filter, in characters."""
    if isinstance(value, str):
        return len(value)
    return len(value) * _ELEMENT if isinstance(value, list | tuple | dict | range) else 1


def _growth(name: str, left: object, args: tuple[Any, ...]) -> int:
    """Characters that a filter adds, for those that can add more than their arguments have."""
    if name == "replace" and len(args) > 1:
        text, old, new = str(left), str(args[0]), str(args[1])
        return text.count(old) * (len(new) - len(old))
    if name == "join" and isinstance(left, list | tuple | range):
        return len(left) * len(str(args[0])) if args else len(left)
    return 0


def _markers(value: object) -> Counter[str]:
    """The markers in a value, with how often each is there."""
    if isinstance(value, str):
        # The search for one string first: nearly always there is none.
        return Counter(match[0] for match in _MARKER.finditer(value)) if _PROCESS in value else Counter()
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return sum(map(_markers, value), Counter[str]())
    return Counter()
