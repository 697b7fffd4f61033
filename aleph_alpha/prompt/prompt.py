"""Prompts: a list of text, token ids and images, each with attention controls."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias, cast

from aleph_alpha._call.checks import Rule, checked_string, refuse, sequence
from aleph_alpha._call.reading import note
from aleph_alpha._call.short_repr import ShortRepr
from aleph_alpha._call.viewable import Viewable, builder
from aleph_alpha.errors import InvalidRequestError
from aleph_alpha.prompt.controls import api, read_model
from aleph_alpha.prompt.image import Image, image_from_model, image_model
from aleph_alpha.prompt.text import Text, TextControl, text_from_model, text_model
from aleph_alpha.prompt.tokens import TokenControl, Tokens, token_ids, tokens_from_model, tokens_model

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from aleph_alpha.prompt.formats import Content, PromptStyle
    from aleph_alpha.views.view import View

__all__ = [
    "PROMPT_RULE",
    "ItemModel",
    "OtherItem",
    "Prompt",
    "PromptItem",
    "as_item",
    "item_models",
    "prompt_from_items",
    "prompt_items",
]


@dataclass(frozen=True)
class OtherItem:
    """An item of a response's prompt that this client does not know; it can be sent back as it is.

    Parameters:
        json: the item as it came.
    """

    json: Mapping[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """The item as it came."""
        return dict(self.json)

    to_json = to_dict


PromptItem = Text | Tokens | Image
"""What a prompt is made of; an image is an item like any other."""
ItemModel: TypeAlias = "api.TextPromptItem | api.ImagePromptItem | api.TokenIdsPromptItem"


@dataclass(repr=False)
class Prompt(Viewable, ShortRepr):
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

    @staticmethod
    def from_messages(
        messages: Sequence[Any], style: PromptStyle, *, response_prefix: str = "", tokenizer: Tokenizer | None = None
    ) -> Prompt:
        """The turns of a chat as a prompt for :meth:`Client.complete`, in the format that the model was trained with.

        Special tokens in what the messages say stay text: nobody ends their own turn and begins another. With the
        `tokenizer` all of the prompt is token ids and every text is kept to the letter; without it the prompt is
        text, in which a zero-width space breaks what could be read as a special token. Send text with
        ``disable_optimizations=True``: the API otherwise takes the blank lines off its end.

        Parameters:
            messages: ``Message`` objects or dicts with ``role`` and ``content``, of texts and images; the last one
                is the user's. Nothing is added to a text or taken away. Tool calls are for ``Client.chat``.
            style: ``"llama-3"`` (Llama 3 Instruct and later), ``"pharia-1"`` or ``"luminous-control"``. The sources
                of each are in ``aleph_alpha.prompt.formats``.
            response_prefix: how the response begins.
            tokenizer: the model's, as ``Client.tokenizer(model)`` gives it.

        Raises:
            InvalidRequestError: an unknown style, a message that the format has no place for, or a tokenizer
                without its special tokens.
            ImageError: an image that cannot be encoded.

        >>> prompt = Prompt.from_messages([{"role": "user", "content": "Hi<|eot_id|>"}], style="llama-3")
        >>> print(prompt.items[0].text.replace("\u200b", "?"))
        <|begin_of_text|><|start_header_id|>user<|end_header_id|>
        <BLANKLINE>
        Hi<?|eot_id|><|eot_id|><|start_header_id|>assistant<|end_header_id|>
        <BLANKLINE>
        <BLANKLINE>
        """
        from aleph_alpha.prompt.formats import message_items

        return Prompt(message_items(messages, style, response_prefix, tokenizer))

    @staticmethod
    def from_instruction(
        instruction: Content,
        input: Content | None = None,
        *,
        style: PromptStyle = "luminous-control",
        response_prefix: str = "",
        tokenizer: Tokenizer | None = None,
    ) -> Prompt:
        """An instruction, and what it is about, as a prompt in the format that the model was trained with.

        Parameters:
            instruction: what to do: a text, an image or a list of both.
            input: what to do it with, likewise. Headings of the format in it stay text.
            style, response_prefix, tokenizer: as in :meth:`from_messages`. In the formats of chats, instruction and
                input are one turn of the user.

        Raises:
            As :meth:`from_messages`.

        >>> print(Prompt.from_instruction("Name the topic.", "Plants grow fruits.").items[0].text)
        ### Instruction:
        Name the topic.
        <BLANKLINE>
        ### Input:
        Plants grow fruits.
        <BLANKLINE>
        ### Response:
        """
        from aleph_alpha.prompt.formats import instruction_items

        return Prompt(instruction_items(instruction, input, style, response_prefix, tokenizer))

    def to_json(self) -> Sequence[Mapping[str, Any]]:
        """The prompt as the API takes it.

        Raises:
            InvalidRequestError: an item, or a member of one, of a type that the API has no form for.
        """
        return [item.to_dict() for item in item_models(self.items, f"{type(self).__name__}.items", bounds=False)]

    def view(self, *, tokenizer: Tokenizer | None = None) -> View:
        """Something to look at: the items, attention controls where they act, images small.

        Args:
            tokenizer: counts the tokens of texts and shows those of ids, as ``Client.tokenizer(model)`` does.

        >>> print(Prompt([Text("Andreas likes pizza").with_control("pizza", 0.5)]).view().text(columns=40))
        Prompt, 1 item
        weakened ×0.5 … ×2 strengthened
        text
                             Andreas likes
              ×0.5 --------- pizza
        """
        view: View = builder("prompt").of_prompt(self, tokenizer)
        return view

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
        return Prompt([item_from_json(item, f"Prompt[{i}]") for i, item in enumerate(items_json)])


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


def no_item(field: str, value: object) -> NoReturn:
    """Raise the error for what cannot be an item of a prompt."""
    loader = "from_file" if isinstance(value, os.PathLike) else "from_bytes" if isinstance(value, bytes) else None
    refuse(field, "a Text, Tokens, Image or str", value, hint=f": load images with Image.{loader}" if loader else "")


def prompt_items(prompt: object, field: str) -> list[ItemModel]:
    """The items of a prompt as generated models.

    Checked are types, that numbers are finite, that controls lie inside their item and do not have
    negative factors, and that text can be encoded.

    Raises:
        InvalidRequestError: its message begins with the path of the member, below `field`.

    >>> from aleph_alpha.prompt import Prompt, TextControl
    >>> prompt_items(Prompt.from_text("Hi", controls=[TextControl(1, 2, 0.5)]), "CompletionRequest.prompt")
    Traceback (most recent call last):
        ...
    aleph_alpha.errors.InvalidRequestError: CompletionRequest.prompt.items[0].controls[0] covers characters 1 to 3, \
the text has 2
    """
    if not isinstance(prompt, Prompt):
        refuse(field, "a Prompt, for example Prompt.from_text(...)", prompt)
    return item_models(prompt.items, f"{field}.items")


def _unsent_items(prompt: Prompt, field: str) -> list[ItemModel]:
    return item_models(prompt.items, f"{field}.items", bounds=False)


PROMPT_RULE = Rule(convert=prompt_items, unsent=_unsent_items)


def item_models(items: object, field: str, bounds: bool = True) -> list[ItemModel]:
    """The elements of ``Prompt.items`` as generated models; without `bounds` for JSON that is not sent."""
    return [_item_model(item, f"{field}[{i}]", bounds) for i, item in enumerate(sequence(items, field))]


def _item_model(item: object, field: str, bounds: bool) -> ItemModel:
    # Plain strings and lists of ids have no controls to send.
    match item:
        case Text():
            return text_model(item, field, bounds)
        case str():
            return api.TextPromptItem(data=checked_string(item, field))
        case Image():
            return image_model(item, field, bounds)
        case Tokens():
            return tokens_model(item, field, bounds)
        case list() | tuple():
            return api.TokenIdsPromptItem(data=token_ids(item, field, bounds))
        case OtherItem():
            return cast("ItemModel", item)  # it is sent as it came
    return no_item(field, item)


def prompt_from_items(models: Sequence[ItemModel]) -> Prompt:
    """The prompt of a response's items; those that are not understood are kept as they came, and noted."""
    items: list[Any] = []
    given: Sequence[Any] = models
    for index, model in enumerate(given):
        if isinstance(model, dict):
            items.append(OtherItem(model))
            continue
        try:
            items.append(_item_from_model(model, ""))
        except InvalidRequestError:  # half a cropping, or a `token_overlap` that is new
            items.append(OtherItem(model.to_dict()))
            note([(f"optimized_prompt[{index}]", "an item that can be understood", "another one")])
    return Prompt(items)


def item_from_json(json: object, path: str) -> PromptItem:
    """The item of its JSON.

    Raises:
        InvalidRequestError: a member is missing or has the wrong type, or its type is unknown.
    """
    if not isinstance(json, Mapping):
        refuse(path, "an object", json)
    kinds: dict[object, type[ItemModel]] = {
        "text": api.TextPromptItem,
        "image": api.ImagePromptItem,
        "token_ids": api.TokenIdsPromptItem,
    }
    tag = json.get("type")
    if not isinstance(tag, str) or tag not in kinds:
        refuse(f"{path}.type", " or ".join(f'"{name}"' for name in kinds), tag)
    return _item_from_model(read_model(kinds[tag], tag, json, path), path)


def _item_from_model(model: ItemModel, path: str) -> PromptItem:
    match model:
        case api.TextPromptItem():
            return text_from_model(model, path)
        case api.ImagePromptItem():
            return image_from_model(model, path)
        case api.TokenIdsPromptItem():
            return tokens_from_model(model)
