"""Chat turns and instructions as prompts of the formats that models were trained with.

What a user has written stays text. The API reads special tokens such as ``<|eot_id|>`` in the texts of a prompt, so
one in a user's text would end their turn and begin another. With the model's tokenizer the prompt is sent as token
ids: special tokens by their ids, and texts encoded without any. Without it, a zero-width space breaks what could be
read as a special token (``<|``) or as a heading of the format (``### Response:``).

The formats, and where they are documented:

``"llama-3"``
    "Llama 3 Instruct" and, for the role ``ipython`` of tool results, "Llama 3.1" in Meta's "Model Cards & Prompt
    formats" (www.llama.com/docs/model-cards-and-prompt-formats).
``"pharia-1"``
    Usage section of the model cards Aleph-Alpha/Pharia-1-LLM-7B-control-hf and -aligned-hf on Hugging Face: the same
    headers and the roles system, user and assistant.
``"luminous-control"``
    "Control Models Prompting" (docs.aleph-alpha.com/docs/introduction/zero_shot_control): ``### Instruction:``,
    ``### Input:`` (optional) and ``### Response:``. It documents one turn; more are put one after the other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from aleph_alpha._call.checks import checked_tokenizer, describe, refuse
from aleph_alpha.errors import InvalidRequestError
from aleph_alpha.prompt.data_url import encode_image, image_of_url, is_picture
from aleph_alpha.prompt.image import Image
from aleph_alpha.prompt.text import Text
from aleph_alpha.prompt.tokens import Tokens

if TYPE_CHECKING:
    import PIL.Image
    from tokenizers import Tokenizer

    Part: TypeAlias = str | Image | PIL.Image.Image
    Content: TypeAlias = Part | Sequence[Part]

__all__ = ["Content", "PromptStyle", "instruction_items", "message_items"]

PromptStyle: TypeAlias = Literal["llama-3", "pharia-1", "luminous-control"]
"""The format in which a model was trained to read conversations."""
if not TYPE_CHECKING:
    Content = Any  # without PIL

Item: TypeAlias = Text | Tokens | Image

_BREAK = "\u200b"  # zero-width space: no tokenizer of these models drops it
_SPECIAL = re.compile(r"<\|.*?\|>")
# Also the wide and small forms, which a tokenizer may fold.
_OPENING = re.compile("([<\uff1c\ufe64])(?=[|\uff5c])")
_HEADING = re.compile(r"#(?=##\s*(?:instruction|input|response))", re.IGNORECASE)


@dataclass(frozen=True)
class Turn:
    """Who says what: texts and images, texts joined."""

    role: str
    parts: list[str | Image]
    field: str


def message_items(
    messages: object, style: PromptStyle, response_prefix: str, tokenizer: Tokenizer | None
) -> list[Item]:
    """The items of ``Prompt.from_messages``, which says what is raised."""
    if isinstance(messages, str | bytes | Mapping) or not isinstance(messages, Sequence):
        refuse("messages", "a list of messages", messages)
    turns = [_turn(message, f"messages[{index}]") for index, message in enumerate(messages)]
    if not turns:
        raise InvalidRequestError("messages must have a message, got none")
    if turns[-1].role in ("assistant", "system"):
        hint = "; pass the beginning of a response as response_prefix" if turns[-1].role == "assistant" else ""
        raise InvalidRequestError(f"{turns[-1].field} is the last and must be the user's, got {turns[-1].role}{hint}")
    return _items(turns, style, response_prefix, tokenizer)


def instruction_items(
    instruction: object, input: object, style: PromptStyle, response_prefix: str, tokenizer: Tokenizer | None
) -> list[Item]:
    """The items of ``Prompt.from_instruction``, which says what is raised."""
    told = _parts(instruction, "instruction")
    if not told:
        raise InvalidRequestError("instruction must not be empty")
    given = [] if input is None else _parts(input, "input")
    if style == "luminous-control":
        turns = [Turn("system", told, "instruction"), Turn("user", given, "input")]
        return _items(turns if given else [Turn("user", told, "instruction")], style, response_prefix, tokenizer)
    parts = _joined([*told, "\n\n", *given] if given else told)
    return _items([Turn("user", parts, "instruction")], style, response_prefix, tokenizer)


def _items(turns: list[Turn], style: str, response_prefix: object, tokenizer: Tokenizer | None) -> list[Item]:
    form = _FORMATS.get(style)
    if form is None:
        raise InvalidRequestError(f"style must be one of {', '.join(_FORMATS)}, got {style!r}")
    if not isinstance(response_prefix, str):
        refuse("response_prefix", "a string", response_prefix)
    if tokenizer is not None:
        checked_tokenizer(tokenizer, "tokenizer")
    writer = _Writer(tokenizer)
    form.write(writer, turns)
    if response_prefix:
        writer.own(form.before_prefix)
        writer.user([response_prefix], headings=form.headings)
    return writer.items()


# --- formats -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Format:
    """How turns are written, and what is special about texts in them."""

    write: Callable[[_Writer, list[Turn]], None]
    before_prefix: str = ""  # between the end of the prompt and how the response begins
    headings: bool = False  # the format has headings, which texts must not have


def _headers(roles: Mapping[str, str]) -> Callable[[_Writer, list[Turn]], None]:
    def header(writer: _Writer, name: str) -> None:
        writer.special("<|start_header_id|>")
        writer.own(name)
        writer.special("<|end_header_id|>")
        writer.own("\n\n")

    def write(writer: _Writer, turns: list[Turn]) -> None:
        writer.special("<|begin_of_text|>")
        for turn in turns:
            header(writer, _role(turn, roles))
            writer.user(turn.parts)
            writer.special("<|eot_id|>")
        header(writer, "assistant")

    return write


def _sections(writer: _Writer, turns: list[Turn]) -> None:
    """A system text is the instruction, and what the user says its input; else each user's turn is one."""
    names = {"system": "Instruction", "assistant": "Response"}
    names["user"] = "Input" if turns[0].role == "system" else "Instruction"
    for index, turn in enumerate(turns):
        if turn.role == "system" and index:
            raise InvalidRequestError(f"{turn.field}: in this format the system speaks first, and once")
        writer.own(f"### {_role(turn, names)}:\n")
        writer.user(turn.parts, headings=True)
        writer.own("\n\n")
    writer.own("### Response:")


_SAME = {role: role for role in ("system", "user", "assistant")}
_FORMATS: dict[str, _Format] = {
    "llama-3": _Format(_headers({**_SAME, "tool": "ipython"})),
    "pharia-1": _Format(_headers(_SAME)),
    "luminous-control": _Format(_sections, before_prefix="\n", headings=True),
}


def _role(turn: Turn, roles: Mapping[str, str]) -> str:
    if turn.role not in roles:
        raise InvalidRequestError(f"{turn.field}.role must be one of {', '.join(roles)}, got {turn.role!r}")
    return roles[turn.role]


# --- what is written ---------------------------------------------------------------------------


class _Writer:
    """Puts a prompt together: special tokens of the format, its own text, and what a user has written."""

    def __init__(self, tokenizer: Tokenizer | None) -> None:
        self._tokenizer = tokenizer
        self._items: list[Item] = []
        self._text = ""
        self._ids: list[int] = []

    def own(self, text: str) -> None:
        """Text of the format itself."""
        self._text += text

    def special(self, token: str) -> None:
        """A special token of the format."""
        if self._tokenizer is None:
            self._text += token
            return
        number = self._tokenizer.token_to_id(token)
        if number is None:
            raise InvalidRequestError(f"the tokenizer has no token {token}: it is not that of a model of this style")
        self._encode()
        self._ids.append(number)

    def user(self, parts: Sequence[str | Image], *, headings: bool = False) -> None:
        """What somebody has written, which stays text; without `headings` of the format where it has some."""
        for part in parts:
            if isinstance(part, Image):
                self._end_text()
                self._items.append(part)
                continue
            text = _HEADING.sub(f"#{_BREAK}", part) if headings else part
            self._text += _guarded(text) if self._tokenizer is None else text

    def items(self) -> list[Item]:
        """All of it."""
        self._end_text()
        return self._items

    def _end_text(self) -> None:
        self._encode()
        if self._ids:
            self._items.append(Tokens(self._ids, []))
            self._ids = []
        if self._text:
            self._items.append(Text(self._text, []))
            self._text = ""

    def _encode(self) -> None:
        if self._tokenizer is not None and self._text:
            self._ids += _plain_ids(self._tokenizer, self._text)
            self._text = ""


def _guarded(text: str) -> str:
    return _OPENING.sub(rf"\1{_BREAK}", text)


def _plain_ids(tokenizer: Tokenizer, text: str) -> list[int]:
    """The ids of the text, none of which is a special token."""
    added = tokenizer.get_added_tokens_decoder().items()
    special = {number for number, token in added if token.special or _SPECIAL.fullmatch(token.content)}

    def ids_of(tokenizer: Tokenizer, text: str) -> list[int]:
        ids: list[int] = tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    ids = ids_of(tokenizer, text)
    if special.isdisjoint(ids):
        return ids
    literal = deepcopy(tokenizer)  # all who use a tokenizer share it
    literal.encode_special_tokens = True
    ids = ids_of(literal, text)
    if special.isdisjoint(ids):
        return ids
    ids = ids_of(literal, _guarded(text))  # tokens that are not marked as special
    if special.isdisjoint(ids):
        return ids
    raise InvalidRequestError("a text has a special token in it that this tokenizer cannot be kept from reading")


# --- what is read ------------------------------------------------------------------------------


def _turn(message: Any, field: str) -> Turn:
    def get(name: str) -> Any:
        return message.get(name) if isinstance(message, Mapping) else getattr(message, name, None)

    role = get("role")
    if not isinstance(role, str):
        refuse(field, "a message with role and content", message)
    if get("tool_calls"):
        raise InvalidRequestError(f"{field}.tool_calls: these formats have no place for them; chat with client.chat")
    name = str(role.value) if isinstance(role, Enum) else role
    return Turn(name, _parts(get("content"), f"{field}.content"), field)


def _parts(content: Any, field: str) -> list[str | Image]:
    if isinstance(content, str | Image) or is_picture(content):
        content = [content]
    if not isinstance(content, Sequence) or isinstance(content, bytes | bytearray):
        refuse(field, "a text, an image or a list of both", content)
    return _joined([_part(part, f"{field}[{index}]") for index, part in enumerate(content)])


def _part(part: Any, field: str) -> str | Image:
    if isinstance(part, str | Image):
        return part
    if is_picture(part):
        found = image_of_url(encode_image(part, field))
    elif isinstance(part, Mapping) and isinstance(part.get("text"), str):
        return str(part["text"])
    else:
        address = part.get("image_url") if isinstance(part, Mapping) else None
        url = address.get("url") if isinstance(address, Mapping) else None
        found = image_of_url(url) if isinstance(url, str) else None
        if found is None and url is not None:
            raise InvalidRequestError(f"{field}.image_url.url must be a data URL in base64, got {describe(url)}")
    if found is None:
        refuse(field, "a text or an image", part)
    return found


def _joined(parts: list[str | Image]) -> list[str | Image]:
    """Texts beside each other as one, so that nothing can be hidden between two of them."""
    joined: list[str | Image] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        elif part:
            joined.append(part)
    return joined
