"""Prompts: a list of text, token ids and images, each with attention controls."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from aleph_alpha import _prompt_fields as fields
from aleph_alpha._prompt_fields import ControlTokenOverlap
from aleph_alpha.errors import InvalidRequestError
from aleph_alpha.image import Cropping, Image, ImageControl, read_image, validate_image

__all__ = [
    "ControlTokenOverlap",
    "Cropping",
    "Image",
    "ImageControl",
    "Prompt",
    "PromptItem",
    "Text",
    "TextControl",
    "TokenControl",
    "Tokens",
    "validate_prompt",
]


@dataclass(frozen=True)
class TokenControl:
    """Strengthens or weakens the attention that one token of a ``Tokens`` item gets.

    Parameters:
        pos: index of the token in its item, from 0.
        factor: below 1 weakens, 1 changes nothing, above 1 strengthens.

    >>> Tokens([1, 2, 3], controls=[TokenControl(pos=1, factor=0.5)]).to_json()["controls"]
    [{'index': 1, 'factor': 0.5}]
    """

    pos: int
    factor: float

    def to_json(self) -> Mapping[str, Any]:
        """The control as the API takes it."""
        return {"index": self.pos, "factor": self.factor}


@dataclass(frozen=True)
class Tokens:
    """Token ids in a prompt, passed to the model as they are.

    Parameters:
        tokens: ids of the model's own vocabulary.
        controls: attention control of single tokens.

    >>> Prompt([Tokens([1, 2, 3]), Text("and text")]).items[0]
    Tokens(tokens=[1, 2, 3], controls=[])
    """

    tokens: Sequence[int]
    controls: Sequence[TokenControl] = field(default_factory=list)

    def to_json(self) -> Mapping[str, Any]:
        """The prompt item as the API takes it."""
        return {
            "type": "token_ids",
            "data": self.tokens,
            "controls": [control.to_json() for control in self.controls or ()],
        }

    @staticmethod
    def from_json(json: Mapping[str, Any]) -> Tokens:
        """The item of a prompt item's JSON, with its controls.

        Raises:
            InvalidRequestError: a member is missing or has the wrong type.
        """
        return _read_tokens(json, "Tokens")

    @staticmethod
    def from_token_ids(token_ids: Sequence[int]) -> Tokens:
        """An item without controls."""
        return Tokens(token_ids, [])


@dataclass(frozen=True)
class TextControl:
    """Strengthens or weakens the attention that a part of a ``Text`` item gets.

    Parameters:
        start: first character, from 0. Characters are those of a Python string (code points).
        length: number of characters.
        factor: below 1 weakens, 1 changes nothing, above 1 strengthens.
        token_overlap: how tokens covered in part count; ``None`` leaves it to the API (partial).

    >>> TextControl(start=0, length=5, factor=0.5, token_overlap=ControlTokenOverlap.Complete).to_json()
    {'start': 0, 'length': 5, 'factor': 0.5, 'token_overlap': 'complete'}
    """

    start: int
    length: int
    factor: float
    token_overlap: ControlTokenOverlap | None = None

    @classmethod
    def for_substring(
        cls,
        text: str,
        substring: str,
        factor: float,
        *,
        occurrence: int = 0,
        token_overlap: ControlTokenOverlap | None = None,
    ) -> TextControl:
        """A control for a word or phrase, found by looking for it.

        For all occurrences at once see ``Text.with_control``.

        Parameters:
            text: the text of the item that the control is for.
            substring: what to look for, exactly as written.
            occurrence: which one: 0 the first, 1 the second, -1 the last. Occurrences do not overlap.

        Raises:
            InvalidRequestError: the text does not hold it, or not that often.

        >>> TextControl.for_substring("Andreas likes pizza", "pizza", factor=0.1)
        TextControl(start=14, length=5, factor=0.1, token_overlap=None)
        """
        starts = _starts(text, substring)
        try:
            start = starts[occurrence]
        except IndexError:
            raise InvalidRequestError(
                f"occurrence {occurrence} of {fields.short(substring)} was asked for, the text has {len(starts)}"
            ) from None
        return cls(start, len(substring), factor, token_overlap)

    def to_json(self) -> Mapping[str, Any]:
        """The control as the API takes it."""
        payload: dict[str, Any] = {"start": self.start, "length": self.length, "factor": self.factor}
        if self.token_overlap is not None:
            payload["token_overlap"] = self.token_overlap.to_json()
        return payload


@dataclass(frozen=True)
class Text:
    """Text in a prompt.

    Parameters:
        text: the text.
        controls: attention control of parts of it.

    >>> Text("Hello, World!", controls=[TextControl(start=0, length=5, factor=0.5)]).to_json()["type"]
    'text'
    """

    text: str
    controls: Sequence[TextControl] = field(default_factory=list)

    def with_control(self, substring: str, factor: float, *, token_overlap: ControlTokenOverlap | None = None) -> Text:
        """The same text with one more control for each occurrence of a word or phrase.

        Raises:
            InvalidRequestError: the text does not hold it.

        >>> text = Text.from_text("no pizza, no fun").with_control("no", 2.0).with_control("fun", 0.5)
        >>> [(control.start, control.factor) for control in text.controls]
        [(0, 2.0), (10, 2.0), (13, 0.5)]
        """
        starts = _starts(self.text, substring)
        if not starts:
            raise InvalidRequestError(f"the text has no {fields.short(substring)} to control")
        added = [TextControl(start, len(substring), factor, token_overlap) for start in starts]
        return Text(self.text, [*(self.controls or ()), *added])

    def to_json(self) -> Mapping[str, Any]:
        """The prompt item as the API takes it."""
        return {
            "type": "text",
            "data": self.text,
            "controls": [control.to_json() for control in self.controls or ()],
        }

    @staticmethod
    def from_json(json: Mapping[str, Any]) -> Text:
        """The item of a prompt item's JSON, with its controls.

        Raises:
            InvalidRequestError: a member is missing or has the wrong type.
        """
        return _read_text(json, "Text")

    @staticmethod
    def from_text(text: str) -> Text:
        """An item without controls."""
        return Text(text, [])


PromptItem = Text | Tokens | Image


@dataclass
class Prompt:
    """What a model is given: items of any kind, one after the other.

    Parameters:
        items: ``Text``, ``Tokens`` and ``Image`` items, and plain strings, in any order; or one
            string, which becomes a ``Text``. A list of token ids may stand for a ``Tokens``.

    Nothing is checked here: a prompt that cannot be sent is refused when a request with it is sent,
    with an ``InvalidRequestError`` that names the member.

    >>> Prompt("Provide a short description of AI:") == Prompt.from_text("Provide a short description of AI:")
    True
    >>> prompt = Prompt(["Question: ", Text("Who?").with_control("Who", 2.0), Tokens([7, 8])])
    >>> Prompt.from_json(prompt.to_json()).items[2]
    Tokens(tokens=[7, 8], controls=[])
    """

    items: Sequence[PromptItem]

    def __init__(self, items: str | Sequence[PromptItem | str | Sequence[int]]) -> None:
        # Strings and lists of ids stay what they are in ``items``, as they did in the vendor's
        # client; the annotation tells what everybody who reads a prompt can count on otherwise.
        self.items = cast("Sequence[PromptItem]", items)
        self.__post_init__()

    def __post_init__(self) -> None:
        # Here and not in __init__, for dataclasses that inherit from this one.
        items: object = self.items
        if isinstance(items, str):
            self.items = [Text(items, [])]

    @staticmethod
    def from_text(text: str, controls: Sequence[TextControl] | None = None) -> Prompt:
        """A prompt of one text."""
        return Prompt([Text(text, controls or [])])

    @staticmethod
    def from_image(image: Image) -> Prompt:
        """A prompt of one image."""
        return Prompt([image])

    @staticmethod
    def from_tokens(tokens: Sequence[int], controls: Sequence[TokenControl] | None = None) -> Prompt:
        """A prompt of token ids.

        >>> Prompt.from_tokens([1, 2, 3]).to_json()
        [{'type': 'token_ids', 'data': [1, 2, 3], 'controls': []}]
        """
        return Prompt([Tokens(tokens, controls or [])])

    def to_json(self) -> Sequence[Mapping[str, Any]]:
        """The prompt as the API takes it."""
        return [_item_to_json(item, f"Prompt.items[{i}]") for i, item in enumerate(self.items)]

    @staticmethod
    def from_json(items_json: str | Sequence[Mapping[str, Any]]) -> Prompt:
        """The prompt of its JSON: a list of items, or a string.

        The inverse of ``to_json``: controls and croppings are kept. Members that are not known are
        passed over.

        Raises:
            InvalidRequestError: a member is missing or has the wrong type, or an item's type is
                unknown; the message tells where.

        >>> Prompt.from_json([{"type": "text", "data": "Hello"}])
        Prompt(items=[Text(text='Hello', controls=[])])
        """
        if isinstance(items_json, str):
            return Prompt(items_json)
        items = fields.as_list(items_json, "Prompt")
        return Prompt([_read_item(item, f"Prompt[{i}]") for i, item in enumerate(items)])


def _starts(text: str, substring: str) -> list[int]:
    """Where a substring begins, occurrences not overlapping."""
    if not substring:
        raise InvalidRequestError("the substring to control must not be empty")

    def found() -> Iterator[int]:
        start = text.find(substring)
        while start >= 0:
            yield start
            start = text.find(substring, start + len(substring))

    return list(found())


def _item_to_json(item: PromptItem | str | Sequence[int], field: str) -> Mapping[str, Any]:
    if isinstance(item, Text | Tokens | Image):
        return item.to_json()
    if isinstance(item, str):
        return {"type": "text", "data": item}
    if isinstance(item, list | tuple):
        return {"type": "token_ids", "data": item}
    return fields.refuse(field, "a Text, Tokens, Image or str", item)


def _read_item(json: object, path: str) -> PromptItem:
    item = fields.as_object(json, path)
    kind = fields.member(item, "type", path)
    read = _READERS.get(kind) if isinstance(kind, str) else None
    if read is None:
        fields.refuse(f"{path}.type", " or ".join(f'"{name}"' for name in _READERS), kind)
    return read(item, path)


def _read_text(json: object, path: str) -> Text:
    item = fields.as_object(json, path)
    text = fields.as_string(fields.member(item, "data", path), f"{path}.data")
    return Text(text, [_read_text_control(control, at) for control, at in fields.control_objects(item, path)])


def _read_text_control(json: Mapping[str, Any], path: str) -> TextControl:
    return TextControl(
        fields.as_integer(fields.member(json, "start", path), f"{path}.start"),
        fields.as_integer(fields.member(json, "length", path), f"{path}.length"),
        fields.as_number(fields.member(json, "factor", path), f"{path}.factor"),
        fields.overlap_member(json, path),
    )


def _read_tokens(json: object, path: str) -> Tokens:
    item = fields.as_object(json, path)
    data = fields.as_list(fields.member(item, "data", path), f"{path}.data")
    tokens = [fields.as_integer(token, f"{path}.data[{i}]") for i, token in enumerate(data)]
    return Tokens(tokens, [_read_token_control(control, at) for control, at in fields.control_objects(item, path)])


def _read_token_control(json: Mapping[str, Any], path: str) -> TokenControl:
    return TokenControl(
        fields.as_integer(fields.member(json, "index", path), f"{path}.index"),
        fields.as_number(fields.member(json, "factor", path), f"{path}.factor"),
    )


_READERS: Mapping[str, Callable[[object, str], PromptItem]] = {
    "text": _read_text,
    "image": read_image,
    "token_ids": _read_tokens,
}


def validate_prompt(prompt: object, field: str) -> None:
    """Refuse a prompt that cannot be sent; called when a request is.

    Checked are types, that numbers are finite, that controls lie inside their item, and that text
    can be encoded. What a factor may be is left to the API.

    Raises:
        InvalidRequestError: its message begins with the path of the member, below ``field``.

    >>> validate_prompt(Prompt.from_text("Hi", controls=[TextControl(1, 2, 0.5)]), "CompletionRequest.prompt")
    Traceback (most recent call last):
        ...
    aleph_alpha.errors.InvalidRequestError: CompletionRequest.prompt.items[0].controls[0] covers characters 1 to 3, \
the text has 2
    """
    if not isinstance(prompt, Prompt):
        fields.refuse(field, "a Prompt, for example Prompt.from_text(...)", prompt)
    for i, item in enumerate(fields.as_list(prompt.items, f"{field}.items")):
        _validate_item(item, f"{field}.items[{i}]")


def _validate_item(item: object, field: str) -> None:
    match item:
        case Text():
            _validate_text(item, field)
        case Tokens():
            _validate_tokens(item, field)
        case Image():
            validate_image(item, field)
        case str():
            _validate_string(item, field)
        case list() | tuple():
            _validate_ids(item, field)
        case _:
            fields.refuse(field, "a Text, Tokens, Image or str", item)


def _validate_string(text: object, field: str) -> None:
    text = fields.as_string(text, field)
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise InvalidRequestError(f"{field} holds half of a surrogate pair at character {error.start}") from None


def _validate_text(item: Text, field: str) -> None:
    _validate_string(item.text, f"{field}.text")
    for i, control in enumerate(fields.as_list(item.controls or [], f"{field}.controls")):
        at = f"{field}.controls[{i}]"
        if not isinstance(control, TextControl):
            fields.refuse(at, "a TextControl", control)
        start = fields.as_integer(control.start, f"{at}.start")
        length = fields.as_integer(control.length, f"{at}.length")
        if start < 0 or length < 0 or start + length > len(item.text):
            raise InvalidRequestError(
                f"{at} covers characters {start} to {start + length}, the text has {len(item.text)}"
            )
        fields.as_finite(control.factor, f"{at}.factor")
        fields.as_overlap(control.token_overlap, f"{at}.token_overlap")


def _validate_tokens(item: Tokens, field: str) -> None:
    _validate_ids(item.tokens, f"{field}.tokens")
    for i, control in enumerate(fields.as_list(item.controls or [], f"{field}.controls")):
        at = f"{field}.controls[{i}]"
        if not isinstance(control, TokenControl):
            fields.refuse(at, "a TokenControl", control)
        if not 0 <= fields.as_integer(control.pos, f"{at}.pos") < len(item.tokens):
            raise InvalidRequestError(f"{at}.pos is {control.pos}, the item has {len(item.tokens)} tokens")
        fields.as_finite(control.factor, f"{at}.factor")


def _validate_ids(tokens: object, field: str) -> None:
    tokens = fields.as_list(tokens, field)
    if set(map(type, tokens)) <= {int} and all(map(_TOKEN_IDS.__contains__, tokens)):
        return  # the fast way, for prompts of many thousand ids
    for i, token in enumerate(tokens):
        if fields.as_integer(token, f"{field}[{i}]") not in _TOKEN_IDS:
            raise InvalidRequestError(f"{field}[{i}] must be a token id, 0 or more, not {fields.short(token)}")


_TOKEN_IDS = range(2**63)  # what JSON numbers hold everywhere
