"""Prompts: a list of text, token ids and images, each with attention controls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from aleph_alpha.errors import InvalidRequestError
from aleph_alpha.prompt.controls import ControlTokenOverlap, no_item, refuse, short
from aleph_alpha.prompt.image import Cropping, Image, ImageControl

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
        from aleph_alpha._prompt_model import control_model

        return control_model(self).to_dict()


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
        """The prompt item as the API takes it.

        Raises:
            InvalidRequestError: a member of a type that the API has no form for.
        """
        from aleph_alpha._prompt_model import item_json

        return item_json(self)

    @staticmethod
    def from_json(json: Mapping[str, Any]) -> Tokens:
        """The item of a prompt item's JSON, with its controls.

        Raises:
            InvalidRequestError: a member is missing or has the wrong type.
        """
        from aleph_alpha._prompt_model import item_from_json

        return cast("Tokens", item_from_json(json, "Tokens", "token_ids"))

    @staticmethod
    def from_token_ids(token_ids: Sequence[int]) -> Tokens:
        """An item without controls.

        >>> Tokens.from_token_ids([1, 2, 3]) == Tokens([1, 2, 3], controls=[])
        True
        """
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
        if not isinstance(occurrence, int):
            refuse("occurrence", "an integer", occurrence)
        try:
            start = starts[occurrence]
        except IndexError:
            raise InvalidRequestError(
                f"occurrence {occurrence} of {short(substring)} was asked for, the text has {len(starts)}"
            ) from None
        return cls(start, len(substring), factor, token_overlap)

    def to_json(self) -> Mapping[str, Any]:
        """The control as the API takes it."""
        from aleph_alpha._prompt_model import control_model

        return control_model(self).to_dict()


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
            raise InvalidRequestError(f"the text has no {short(substring)} to control")
        added = [TextControl(start, len(substring), factor, token_overlap) for start in starts]
        return Text(self.text, [*(self.controls or ()), *added])

    def to_json(self) -> Mapping[str, Any]:
        """The prompt item as the API takes it.

        Raises:
            InvalidRequestError: a member of a type that the API has no form for.
        """
        from aleph_alpha._prompt_model import item_json

        return item_json(self)

    @staticmethod
    def from_json(json: Mapping[str, Any]) -> Text:
        """The item of a prompt item's JSON, with its controls.

        Raises:
            InvalidRequestError: a member is missing or has the wrong type.
        """
        from aleph_alpha._prompt_model import item_from_json

        return cast("Text", item_from_json(json, "Text", "text"))

    @staticmethod
    def from_text(text: str) -> Text:
        """An item without controls.

        >>> Text.from_text("Hello") == Text("Hello", controls=[])
        True
        """
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
        """A prompt of one text.

        Parameters:
            text: the text; nothing is added to it or taken away.
            controls: attention control of parts of it; ``TextControl.for_substring`` finds a part.

        >>> text = "Andreas likes pizza"
        >>> Prompt.from_text(text, [TextControl.for_substring(text, "pizza", 0.1)]).items[0].controls
        [TextControl(start=14, length=5, factor=0.1, token_overlap=None)]
        """
        return Prompt([Text(text, controls or [])])

    @staticmethod
    def from_image(image: Image) -> Prompt:
        """A prompt of one image. For text around it pass a list: ``Prompt([image, "What is this?"])``.

        >>> Prompt.from_image(Image("iVBORw0KGgo=")).to_json()
        [{'type': 'image', 'data': 'iVBORw0KGgo=', 'controls': []}]
        """
        return Prompt([image])

    @staticmethod
    def from_tokens(tokens: Sequence[int], controls: Sequence[TokenControl] | None = None) -> Prompt:
        """A prompt of token ids.

        Parameters:
            tokens: ids of the model's own vocabulary, 0 or more; ``Client.tokenize`` and
                ``Client.tokenizer`` give them.
            controls: attention control of single tokens, by their place from 0.

        >>> Prompt.from_tokens([1, 2, 3]).to_json()
        [{'type': 'token_ids', 'data': [1, 2, 3], 'controls': []}]
        """
        return Prompt([Tokens(tokens, controls or [])])

    def to_json(self) -> Sequence[Mapping[str, Any]]:
        """The prompt as the API takes it.

        Raises:
            InvalidRequestError: an item, or a member of one, of a type that the API has no form for.
        """
        from aleph_alpha._prompt_model import prompt_json

        return prompt_json(self)

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
        if not isinstance(items_json, Sequence):
            refuse("Prompt", "a list of items or a string", items_json)
        from aleph_alpha._prompt_model import item_from_json

        return Prompt([item_from_json(item, f"Prompt[{i}]") for i, item in enumerate(items_json)])


def _starts(text: str, substring: str) -> list[int]:
    """Where a substring begins, occurrences not overlapping."""
    for name, value in (("text", text), ("substring", substring)):
        if not isinstance(value, str):
            refuse(name, "a string", value)
    if not substring:
        raise InvalidRequestError("the substring to control must not be empty")

    def found() -> Iterator[int]:
        start = text.find(substring)
        while start >= 0:
            yield start
            start = text.find(substring, start + len(substring))

    return list(found())


def as_item(item: object, field: str) -> PromptItem:
    """An element of ``Prompt.items``: strings become ``Text``, lists of ids ``Tokens``."""
    match item:
        case Text() | Tokens() | Image():
            return item
        case str():
            return Text(item, [])
        case list() | tuple():
            return Tokens(item, [])
    return no_item(field, item)
