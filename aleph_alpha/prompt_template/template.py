"""Prompts from liquid templates, with images and token ids in them.

A template renders to text. What is not text travels through it as a *marker*, a short string with a
random number that nobody can guess, and the rendered text is cut at the markers::

    item ──placeholder / embed_prompt──► marker ──liquid──► text with markers ──► items of a Prompt
"""

from __future__ import annotations

import itertools
import re
import secrets
from collections import deque
from collections.abc import ItemsView, Iterator, KeysView, Mapping, Set, ValuesView
from typing import TYPE_CHECKING, Any

from aleph_alpha._call.checks import refuse
from aleph_alpha.errors import TemplateError
from aleph_alpha.prompt.image import Image
from aleph_alpha.prompt.prompt import Prompt, PromptItem, as_item, prompt_items
from aleph_alpha.prompt.text import Text, TextControl
from aleph_alpha.prompt.tokens import Tokens
from aleph_alpha.prompt_template.markers import _KINDS, _MARKER, _PIECE, _PROCESS, Placeholder

if TYPE_CHECKING:
    from aleph_alpha.prompt_template.liquid import Template

__all__ = ["PromptTemplate"]


class PromptTemplate:
    """Builds prompts from text in the `liquid template language <https://shopify.github.io/liquid/>`_.

    Values are put in as they are: liquid syntax in a value stays text. Images, token ids and whole
    prompts can be values too, on their own or in lists and dicts: ``to_prompt(picture=Image.from_file("p.png"))``.
    A name without a value is empty.
    A template can be rendered any number of times, also by several threads at once.

    Parameters:
        template_str: the template.
        max_loops: most rounds that loops inside each other may make together; also the longest
            range that a filter takes.
        max_output: most characters of the result, and of each string on the way to it; all filters
            together go through no more than a thousand times as many.

    Raises:
        TemplateError: the template is not valid; the message names the line. Or it is not a string, or
            a limit no whole number.
        ImportError: python-liquid is older than 2.3.2, whose parser knows no bounds: 1.9.4 takes half a minute for
            500 blanks behind an open tag, before any limit counts. Everything else of this package works with 1.9.4.

    >>> template = PromptTemplate("{% for name in names %}Hello {{ name }}! {% endfor %}{{ picture }}")
    >>> prompt = template.to_prompt(names=["World", "Rutger"], picture=Tokens([1, 2, 3]))
    >>> prompt.items[0].text, prompt.items[1].tokens
    ('Hello World! Hello Rutger! ', [1, 2, 3])
    """

    def __init__(self, template_str: str, *, max_loops: int = 100_000, max_output: int = 10_000_000) -> None:
        _check_version()
        from aleph_alpha.prompt_template.liquid import parse

        for name, limit in (("max_loops", max_loops), ("max_output", max_output)):
            if not isinstance(limit, int) or isinstance(limit, bool):
                refuse(name, "an integer", limit, TemplateError)
        self._template: Template = parse(template_str, max_loops, max_output)
        self._kept = _Items()

    @property
    def non_text_items(self) -> dict[Placeholder, Image | Tokens]:
        """The images and token ids that the template keeps, by their placeholders.

        >>> template = PromptTemplate("{{ question }}")
        >>> ids = template.placeholder(Tokens([1, 2]))
        >>> template.non_text_items[ids].tokens
        [1, 2]
        """
        return self._kept.non_text_items()

    def placeholder(self, prompt_item: Image | Tokens) -> Placeholder:
        """Keep an image or token ids, and give a string that stands for them in the values of this template.

        The template keeps the item for as long as it lives itself, so that the placeholder can be
        used again. To render one template with ever new items, pass the items themselves.

        Raises:
            TemplateError: neither an ``Image`` nor ``Tokens``.

        >>> template = PromptTemplate("{{ question }}")
        >>> ids = template.placeholder(Tokens([1, 2]))
        >>> template.to_prompt(question=f"What is {ids}?").items[1].tokens
        [1, 2]
        """
        if not isinstance(prompt_item, Image | Tokens):
            raise TemplateError(f"a placeholder stands for an Image or Tokens, not for {type(prompt_item).__name__}")
        return self._kept.marker(prompt_item)

    def embed_prompt(self, prompt: Prompt) -> str:
        """A whole prompt as a string for the values of this template.

        Between two texts a space is added, unless one is there already on either side; empty texts
        are left out. Images and token ids become placeholders (see ``placeholder`` for how long they
        are kept); controls of texts are kept as well.

        Raises:
            InvalidRequestError: no prompt, or one that could not be sent.

        >>> template = PromptTemplate("Question: {{ question }} Answer:")
        >>> question = template.embed_prompt(Prompt(["What is", "this?", Tokens([1, 2])]))
        >>> [item.to_json()["data"] for item in template.to_prompt(question=question).items]
        ['Question: What is this?', [1, 2], ' Answer:']
        """
        return "".join(_embedded(prompt, self._kept))

    def to_prompt(self, /, **kwargs: Any) -> Prompt:
        """Render the template.

        Parameters:
            kwargs: the values. Strings, numbers, lists and so on, as liquid knows them; placeholders
                and embedded prompts of this template; ``Image``, ``Tokens``, ``Text`` and ``Prompt``.

        Raises:
            TemplateError: a filter or a limit was hit, a value could not be shown, or a placeholder
                was changed, or is from another template. The message names the line, where there is
                one, and the placeholder.
            InvalidRequestError: a ``Text`` or ``Prompt`` that could not be sent.

        >>> PromptTemplate("{{ text }}").to_prompt(text="{{ 1 | plus: 1 }}").items[0].text
        '{{ 1 | plus: 1 }}'
        """
        slots = _Items()  # of this rendering only: what it leaves behind stands for nothing
        replaced = _Values(self._kept, slots).replaced
        try:
            values = {name: replaced(value, name) for name, value in kwargs.items()}
        except RecursionError as error:
            raise TemplateError("a value is nested too deeply") from error
        known = {items.nonce: items for items in (self._kept, slots)}
        rendered = self._template.render(values, lambda marker: _describe(marker, known))
        return Prompt(list(_split(rendered, known)))


_NEEDED = (2, 3, 2)  # older ones end a range after 1,023 rounds without a word; in 1.x templates can run without end


def _check_version() -> None:
    """Refuse a python-liquid in which the limits do not hold: other packages may pin one."""
    import liquid

    found = liquid.__version__
    if tuple(int(part) for part in re.findall(r"[0-9]+", found)[:3]) < _NEEDED:
        needed = ".".join(map(str, _NEEDED))
        raise ImportError(
            f"PromptTemplate needs python-liquid {needed} or newer, which is where its limits hold, and {found} is "
            f"installed: pip install 'python-liquid>={needed},<3'",
            name="liquid",
        )


class _Items:
    """Items and the markers that stand for them."""

    def __init__(self) -> None:
        self.nonce = secrets.token_hex(16)
        self._numbers = itertools.count()
        self._entries: dict[int, tuple[Image | Tokens | Text, str]] = {}
        self._markers: dict[int, Placeholder] = {}

    def marker(self, item: Image | Tokens | Text, name: str = "") -> Placeholder:
        """The marker for an item: always the same one for the same object, which is kept alive for that."""
        marker = self._markers.get(id(item))
        if marker is None:
            number = next(self._numbers)
            self._entries[number] = (item, name or f"number {number + 1}")
            kind = next(kind for cls, kind in _KINDS.items() if isinstance(item, cls))
            marker = self._markers[id(item)] = Placeholder(f"0aa{_PROCESS}{self.nonce}{kind}{number}z")
        return marker

    def non_text_items(self) -> dict[Placeholder, Image | Tokens]:
        """The items that are not text, by their markers."""
        items = ((self._markers[id(item)], item) for item, _ in self._entries.values())
        return {marker: item for marker, item in items if not isinstance(item, Text)}

    def find(self, number: int) -> tuple[Image | Tokens | Text, str] | None:
        """The item of a marker, and what to call it in a message."""
        return self._entries.get(number)


_MOST_MEMBERS = 1_000_000  # of an iterator, which may never end


class _Values:
    """Values as liquid gets them: what is not text replaced by its marker, also inside of lists and dicts."""

    def __init__(self, kept: _Items, slots: _Items) -> None:
        self._kept = kept
        self._slots = slots
        # By id, and with the value itself, so that no id is used twice.
        self._containers: dict[int, tuple[object, object]] = {}

    def replaced(self, value: object, name: str) -> object:
        match value:
            case Placeholder():
                marker = _MARKER.fullmatch(value)
                if marker is None or marker[1] != self._kept.nonce:
                    raise TemplateError(f"{name} is a placeholder of another PromptTemplate")
                return value
            case Image() | Tokens():
                return self._slots.marker(value, name)
            case Text():
                return "".join(_embedded(Prompt([value]), self._slots, name))
            case Prompt():
                return "".join(_embedded(value, self._slots, name))
            case list() | tuple() | dict():
                if id(value) not in self._containers:
                    self._containers[id(value)] = (value, value)  # for one that contains itself
                    self._containers[id(value)] = (value, self._copied(value, name))
                return self._containers[id(value)][1]
            case Mapping():
                return self.replaced(dict(value), name)
            case (
                Iterator() | Set() | KeysView() | ValuesView() | ItemsView() | deque()
            ):  # liquid would show nothing of them
                return self.replaced(list(itertools.islice(value, _MOST_MEMBERS)), name)
        return value

    def _copied(self, value: list[Any] | tuple[Any, ...] | dict[Any, Any], name: str) -> object:
        if isinstance(value, dict):
            members = {key: self.replaced(item, f"{name}.{key}") for key, item in value.items()}
            same = all(members[key] is item for key, item in value.items())
            return value if same else members
        items = [self.replaced(item, f"{name}[{i}]") for i, item in enumerate(value)]
        same = all(a is b for a, b in zip(items, value, strict=True))
        # Itself where there is nothing to replace: it may be more than a list or a dict.
        return value if same else items if isinstance(value, list) else tuple(items)


def _embedded(prompt: Prompt, items: _Items, name: str = "") -> Iterator[str]:
    """The pieces of ``embed_prompt``."""
    prompt_items(prompt, name or "prompt")
    ending = ""  # last character of the item before, if that was text
    for i, element in enumerate(prompt.items):
        item = as_item(element, f"{name or 'Prompt'}.items[{i}]")
        if not isinstance(item, Text):
            yield items.marker(item, name and f"{name}.items[{i}]")
            ending = ""
        elif item.text:
            if ending and not ending.isspace() and not item.text[0].isspace():
                yield " "
            if item.controls:
                if _PROCESS in item.text:
                    raise TemplateError(f"item {i} of the prompt has controls, and a placeholder in its text")
                yield items.marker(item, name and f"{name}.items[{i}]")
            yield item.text
            ending = item.text[-1]


def _describe(marker: str, known: Mapping[str, _Items]) -> str:
    match = _MARKER.fullmatch(marker)
    entry = known[match[1]].find(int(match[2])) if match and match[1] in known else None
    if entry is None:
        return "a placeholder of another PromptTemplate"
    item, name = entry
    return f"placeholder {name} ({type(item).__name__})"


def _split(rendered: str, known: Mapping[str, _Items]) -> Iterator[PromptItem]:
    """Cut the rendered text at the markers."""
    text, controls = "", list[TextControl]()
    end = 0
    for match in _MARKER.finditer(rendered):
        text += _plain(rendered[end : match.start()], known)
        end = match.end()
        entry = known[match[1]].find(int(match[2])) if match[1] in known else None
        if entry is None:
            raise TemplateError("the rendered text holds a placeholder of another PromptTemplate")
        item, name = entry
        if isinstance(item, Text):
            controls += _moved(item, name, rendered, end, len(text))
            continue
        if text:
            yield Text(text, controls)
        yield item
        text, controls = "", []
    text += _plain(rendered[end:], known)
    if text:
        yield Text(text, controls)


def _plain(text: str, known: Mapping[str, _Items]) -> str:
    """Text between markers, in which there must be no piece of one."""
    if _PROCESS[:_PIECE] in text or any(nonce[-_PIECE:] in text for nonce in known):
        raise TemplateError(
            "the rendered text holds a piece of a placeholder: placeholders must not be cut or changed, "
            "by a filter or before they are passed"
        )
    return text


def _moved(item: Text, name: str, rendered: str, begin: int, offset: int) -> Iterator[TextControl]:
    """The controls of a text that was embedded, for where it is now."""
    for control in item.controls:
        if not rendered.startswith(item.text[control.start : control.start + control.length], begin + control.start):
            raise TemplateError(
                f"placeholder {name} (Text): the text below its control at character {control.start} was changed"
            )
        yield TextControl(offset + control.start, control.length, control.factor, control.token_overlap)
