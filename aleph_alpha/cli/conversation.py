"""A conversation in the terminal: what is typed goes to the model, lines that begin with a slash are commands."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aleph_alpha.cli.failures import UsageError, hint_for, message_of
from aleph_alpha.cli.files import check_writable, named, write_private
from aleph_alpha.cli.inputs import read_text, saved_messages
from aleph_alpha.cli.output import Output, plain
from aleph_alpha.cli.prompts import image_of
from aleph_alpha.cli.request_fields import assignments, checked_fields, suggestion
from aleph_alpha.errors import AlephAlphaError

if TYPE_CHECKING:
    from aleph_alpha import ChatRequest, Client, Image

__all__ = ["Conversation"]

_BLOCK = '"""'
_HELP = f"""\
/system TEXT     the system message, from now on
/image FILE      an image for the next message
/file FILE       send what is in a file
/model NAME      another model
/set FIELD=VALUE a field of the request, such as temperature=0.5
/history         the conversation so far
/save FILE       write it; `aleph-alpha chat --messages FILE` goes on with it
/load FILE       go on with a conversation that was saved
/undo            take the last question and its response back
/clear           begin anew; the system message stays
/quit            end, as Ctrl-D does
{_BLOCK} begins and ends a message of several lines; \\ at the end of a line
goes on with it, too. // begins a message with one /. Ctrl-C stops a response."""


class _Quit(Exception):
    """The conversation is over."""


@dataclass
class Conversation:
    """The messages, and what comes next.

    Parameters:
        client: to send with.
        out: where responses go.
        request: model, fields and messages so far.
        images: of the next message.
        read: reads a line; the argument is what to show before it.
    """

    client: Client
    out: Output
    request: ChatRequest
    images: list[Image] = field(default_factory=list)
    read: Callable[[str], str] = input

    def run(self) -> None:
        """Talk until the user ends it."""
        _edit_lines()
        self.out.note(f"{self.request.model} at {self.client.host}")
        self.out.note("/help lists what else there is, Ctrl-D ends")
        while True:
            try:
                text = self._typed()
                if text.strip():
                    self._take(text)
            except KeyboardInterrupt:
                self.out.text("")
            except (EOFError, _Quit):
                self.out.text("")
                return

    def _typed(self) -> str:
        line = self.read("> ")
        if line.lstrip().startswith(_BLOCK):
            return self._block(line.lstrip().removeprefix(_BLOCK))
        lines = [line]
        while lines[-1].endswith("\\"):
            lines[-1] = lines[-1].removesuffix("\\")
            lines.append(self.read(". "))
        return "\n".join(lines)

    def _block(self, line: str) -> str:
        lines = []
        while not line.rstrip().endswith(_BLOCK):
            lines.append(line)
            line = self.read(". ")
        lines.append(line.rstrip().removesuffix(_BLOCK))
        return "\n".join(lines).strip("\n")

    def _take(self, text: str) -> None:
        """Do what was typed, or say why not; the conversation goes on."""
        try:
            if "\n" in text or not text.startswith("/"):
                self._say(text)
            elif text.startswith("//"):
                self._say(text[1:])
            else:
                self._command(text)
        except (UsageError, AlephAlphaError, OSError) as error:
            self.out.end_line()
            self.out.warn(message_of(error))
            if hint := hint_for(error):
                self.out.note(hint)

    def _command(self, text: str) -> None:
        name, _, rest = text[1:].partition(" ")
        rest = rest.strip()
        if name not in _COMMANDS:
            raise UsageError(f"there is no /{name}{suggestion(name, _COMMANDS)}", hint="/help lists what there is")
        command, needs = _COMMANDS[name]
        if needs and not rest:
            raise UsageError(f"/{name} needs {needs}")
        command(self, rest)

    def _say(self, text: str) -> None:
        """Send a message, and keep it with its response; of one that broke off, what had come."""
        from aleph_alpha import Message, TextMessage

        message = Message("user", [*self.images, text] if self.images else text)
        asked = replace(self.request, messages=[*self.request.messages, message])
        pieces: list[str] = []
        try:
            with self.client.stream_chat(asked) as stream:
                for piece in stream.text():
                    pieces.append(piece)
                    self.out.piece(piece)
        finally:
            self.out.end_line()
            if pieces:
                self.images = []
                self.request = replace(asked, messages=[*asked.messages, TextMessage("assistant", "".join(pieces))])
            else:
                self.out.note("no response; the message was taken back")

    def _help(self, rest: str) -> None:
        self.out.text(_HELP)

    def _system(self, rest: str) -> None:
        from aleph_alpha import Message

        others = [one for one in self.request.messages if _role(one) != "system"]
        self.request = replace(self.request, messages=[Message("system", rest), *others])

    def _image(self, rest: str) -> None:
        self.images.append(image_of(rest))
        self.out.note(f"{len(self.images)} for the next message")

    def _file(self, rest: str) -> None:
        self._say(read_text(rest))

    def _model(self, rest: str) -> None:
        self.request = replace(self.request, model=rest)

    def _set(self, rest: str) -> None:
        changes = checked_fields(type(self.request), assignments([rest]), without=("model", "messages"))
        self.request = replace(self.request, **changes)

    def _history(self, rest: str) -> None:
        for message in self.request.messages:
            self.out.text(f"{_role(message)}: {_text(message)}")

    def _save(self, rest: str) -> None:
        text = json.dumps([plain(one) for one in self.request.messages], indent=1)
        rest = named(rest)
        check_writable(rest)
        file = Path(rest)
        if file.is_file() and file.stat().st_size:
            self._check_saved(rest)
        write_private(file, f"{text}\n")
        self.out.note(f"written: {rest}")

    @staticmethod
    def _check_saved(path: str) -> None:
        """Refuse to write over what is not a conversation."""
        try:
            saved_messages(path)
        except UsageError:
            raise UsageError(f"{path} exists, and holds something else than a conversation") from None

    def _load(self, rest: str) -> None:
        self.request = replace(self.request, messages=saved_messages(rest))

    def _undo(self, rest: str) -> None:
        messages: Sequence[Any] = self.request.messages
        asked = max((place for place, one in enumerate(messages) if _role(one) == "user"), default=None)
        if asked is None:
            raise UsageError("there is nothing to take back")
        self.request = replace(self.request, messages=list(messages[:asked]))

    def _clear(self, rest: str) -> None:
        self.images = []
        self.request = replace(self.request, messages=[one for one in self.request.messages if _role(one) == "system"])

    def _quit(self, rest: str) -> None:
        raise _Quit


# What each does, and what it cannot do without.
_COMMANDS: dict[str, tuple[Callable[[Conversation, str], None], str]] = {
    "help": (Conversation._help, ""),
    "system": (Conversation._system, "a text"),
    "image": (Conversation._image, "the name of a file, or a URL"),
    "file": (Conversation._file, "the name of a file"),
    "model": (Conversation._model, "the name of a model"),
    "set": (Conversation._set, "FIELD=VALUE"),
    "history": (Conversation._history, ""),
    "save": (Conversation._save, "the name of a file"),
    "load": (Conversation._load, "the name of a file"),
    "undo": (Conversation._undo, ""),
    "clear": (Conversation._clear, ""),
    "quit": (Conversation._quit, ""),
    "exit": (Conversation._quit, ""),
}


def _role(message: Any) -> str:
    role = message.get("role") if isinstance(message, dict) else message.role
    return str(getattr(role, "value", role))


def _text(message: Any) -> str:
    content = message.get("content") if isinstance(message, dict) else message.content
    parts = [content] if isinstance(content, str) else content or ()
    return " ".join(
        part if isinstance(part, str) else part.get("text", "[image]") if isinstance(part, dict) else "[image]"
        for part in parts
    )


def _edit_lines() -> None:
    """Let ``input`` take any text, and edit lines and remember them, where Python can."""
    reconfigure = getattr(sys.stdin, "reconfigure", None)
    if reconfigure is not None:
        known = sys.stdin.encoding.lower() not in ("ascii", "us-ascii", "ansi_x3.4-1968")
        reconfigure(encoding=None if known else "utf-8", errors="replace")
    try:
        import readline  # noqa: F401 - input() uses it from here on
    except ImportError:
        return
