"""What a command reads: texts from arguments, standard input and files, and JSON lines."""

from __future__ import annotations

import json
import sys
import weakref
from collections.abc import Iterator, Sequence
from io import BufferedReader
from pathlib import Path
from typing import Any, BinaryIO

from aleph_alpha.cli.failures import UsageError, one_line
from aleph_alpha.cli.files import named

__all__ = [
    "argument",
    "json_file",
    "json_lines",
    "read_bytes",
    "read_text",
    "saved_messages",
    "text_of",
    "text_of_words",
]

_STDIN = "standard input"
_BOMS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))


def text_of(word: str) -> str:
    """The text that an argument stands for: ``-`` is standard input, ``@FILE`` a file, ``@@`` begins with one @.

    Of what is read, Windows line ends become plain ones, and the line break at the end is left out.

    Raises:
        UsageError: it cannot be read, or is not text.
    """
    if word == "-":
        return read_text("-")
    if word.startswith("@@"):
        return word[1:]
    if word.startswith("@"):
        return read_text(word[1:])
    return argument(word)


def argument(word: str) -> str:
    """An argument as text; where the locale knows ASCII only, Python has its other characters as bytes.

    Raises:
        UsageError: it is not UTF-8.
    """
    try:
        return word.encode("utf-8", "surrogateescape").decode()
    except UnicodeError:
        raise UsageError(f"the argument {one_line(ascii(word), 60)} is not valid text: pass it as @FILE") from None


def text_of_words(words: Sequence[str], what: str) -> str:
    """The text of one argument, or of several that are put together, line by line; standard input if there is none.

    Raises:
        UsageError: there is no text.
    """
    if not words:
        if sys.stdin is None or sys.stdin.isatty():
            raise UsageError(f"no {what}: give it as an argument, as @FILE or on standard input")
        return _checked(read_text("-"), what)
    if len(words) > 1 and not any(word == "-" or (word.startswith("@") and word != "@") for word in words):
        raise UsageError(f"{len(words)} arguments where one {what} is expected: put quotes around it")
    return _checked("\n".join(map(text_of, words)), what)


def _checked(text: str, what: str) -> str:
    if not text:
        raise UsageError(f"the {what} is empty")
    return text


def read_text(path: str) -> str:
    """The text of a file, or of standard input (``-``), without the line break at its end.

    Raises:
        UsageError: it cannot be read, or is not text.
    """
    text = _decoded(read_bytes(path), _name(path)).replace("\r\n", "\n")
    return text.removesuffix("\n")


def read_bytes(path: str) -> bytes:
    """The bytes of a file, or of standard input (``-``).

    Raises:
        UsageError: it cannot be read.
    """
    if not path:
        raise UsageError("@ is not followed by the name of a file; write @@ for a text that begins with @")
    try:
        if path != "-":
            return Path(named(path)).read_bytes()
        stdin = _stdin()
        return b"".join(iter(lambda: stdin.read1(1 << 20), b""))  # read() would not look for Ctrl-C between pieces
    except (OSError, ValueError) as error:  # of the latter, a name with a null character
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"{one_line(_name(path))} cannot be read: {reason}") from error


_read_before: weakref.ref[Any] | None = None  # standard input, where it was read to its end


def _stdin() -> BufferedReader:
    """Standard input, once: whoever reads it again would get nothing, and take that for what was meant."""
    global _read_before
    if sys.stdin is None:
        raise UsageError("standard input is closed")
    buffer: BufferedReader = sys.stdin.buffer  # type: ignore[assignment]  # which sys.stdin always has
    if sys.stdin.isatty():  # there, it can be typed once more
        return buffer
    if _read_before is not None and _read_before() is buffer:
        raise UsageError("standard input (-) is given twice; where there is no other text, it is read, too")
    _read_before = weakref.ref(buffer)
    return buffer


def _name(path: str) -> str:
    return _STDIN if path == "-" else path


def _decoded(data: bytes, name: str) -> str:
    encoding = next((encoding for bom, encoding in _BOMS if data.startswith(bom)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UsageError(f"{one_line(name)} is not text in UTF-8: byte {error.start} cannot be decoded") from None
    if "\0" in text:
        raise UsageError(f"{one_line(name)} is not text: it holds null characters")
    return text


def json_file(path: str, what: str) -> Any:
    """The JSON in a file, or on standard input (``-``).

    Raises:
        UsageError: it cannot be read, or is not valid JSON.
    """
    try:
        return json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{what}: {one_line(_name(path))} is not valid JSON: {error}") from None


def saved_messages(path: str) -> list[dict[str, Any]]:
    """The messages of a conversation, as ``/save`` writes them, or as a request has them.

    Raises:
        UsageError: it cannot be read, or holds something else.
    """
    found = json_file(path, "the conversation")
    found = found.get("messages") if isinstance(found, dict) else found
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise UsageError(f"{one_line(_name(path))} must hold a list of messages")
    return found


def json_lines(path: str) -> Iterator[tuple[int, Any]]:
    """The number of each line that is not empty, from 1, and its JSON, or the ``UsageError`` that tells what it is.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        file: BinaryIO = _stdin() if path == "-" else open(named(path), "rb")  # noqa: SIM115 - standard input is not closed
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"{one_line(_name(path))} cannot be read: {reason}") from error
    try:
        for number, line in enumerate(file, 1):
            data = line.removeprefix(b"\xef\xbb\xbf").strip() if number == 1 else line.strip()
            if data:
                yield number, _json(data)
    finally:
        if path != "-":
            file.close()


def _json(line: bytes) -> Any:
    try:
        return json.loads(_decoded(line, "the line"))
    except UsageError as error:
        return error
    except (ValueError, RecursionError) as error:
        return UsageError(f"the line is not valid JSON: {error}")
