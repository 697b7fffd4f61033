"""Text as an item of a prompt, and the controls on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aleph_alpha._call.checks import check_field, checked_string, integer, refuse, short
from aleph_alpha.errors import InvalidRequestError
from aleph_alpha.prompt.controls import (
    ControlTokenOverlap,
    api,
    each_control,
    factor,
    overlap_from_model,
    overlap_model,
    read_model,
)

__all__ = ["Text", "TextControl", "text_from_model", "text_model"]


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
        return _control_model(self, type(self).__name__, bounds=False).to_dict()


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
        return text_model(self, type(self).__name__, bounds=False).to_dict()

    @staticmethod
    def from_json(json: Mapping[str, Any]) -> Text:
        """The item of a prompt item's JSON, with its controls.

        Raises:
            InvalidRequestError: a member is missing or has the wrong type.
        """
        return text_from_model(read_model(api.TextPromptItem, "text", json, "Text"), "Text")

    @staticmethod
    def from_text(text: str) -> Text:
        """An item without controls.

        >>> Text.from_text("Hello") == Text("Hello", controls=[])
        True
        """
        return Text(text, [])


def text_model(item: Text, field: str, bounds: bool = True) -> api.TextPromptItem:
    """The generated model of a text and its controls; for JSON that is not sent, without a look at bounds.

    Raises:
        InvalidRequestError: what cannot be sent, by its path below `field`: wrong types, half a
            surrogate pair, a control outside the text.
    """
    text = checked_string(item.text, f"{field}.text")
    controls = []
    for at, control in each_control(item.controls, TextControl, field):
        model = _control_model(control, at, bounds)
        end = control.start + control.length
        if bounds and (control.start < 0 or control.length < 0 or end > len(text)):
            raise InvalidRequestError(f"{at} covers characters {control.start} to {end}, the text has {len(text)}")
        controls.append(model)
    return api.TextPromptItem(data=text, controls=controls)


def _control_model(control: TextControl, at: str, bounds: bool) -> api.TextControl:
    check_field(control.start, integer, f"{at}.start")
    check_field(control.length, integer, f"{at}.length")
    model = api.TextControl(control.start, control.length, factor(control.factor, at, bounds))
    if control.token_overlap is not None:
        model.token_overlap = overlap_model(control.token_overlap, at)
    return model


def text_from_model(model: api.TextPromptItem, path: str) -> Text:
    """The text of its generated model."""
    controls = [
        TextControl(one.start, one.length, one.factor, overlap_from_model(one.token_overlap, f"{path}.controls[{i}]"))
        for i, one in enumerate(model.controls or ())
    ]
    return Text(model.data, controls)


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
