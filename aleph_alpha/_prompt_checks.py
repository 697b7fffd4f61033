"""What a prompt or a document must be to be sent. Constructors check nothing; requests call this."""

from __future__ import annotations

import binascii
from array import array
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from aleph_alpha._call.checks import Check, integer, number, text
from aleph_alpha.errors import InvalidRequestError
from aleph_alpha.prompt.controls import ControlTokenOverlap, describe, no_item, refuse, short
from aleph_alpha.prompt.image import Cropping, Image, ImageControl
from aleph_alpha.prompt.prompt import Prompt, Text, TextControl, TokenControl, Tokens

__all__ = ["mapped", "validate_base_64", "validate_document", "validate_item", "validate_prompt"]

T = TypeVar("T")


def validate_prompt(prompt: object, field: str) -> None:
    """Refuse a prompt that cannot be sent.

    Checked are types, that numbers are finite, that controls lie inside their item and do not have
    negative factors, and that text can be encoded.

    Raises:
        InvalidRequestError: its message begins with the path of the member, below ``field``.

    >>> from aleph_alpha.prompt import Prompt, TextControl
    >>> validate_prompt(Prompt.from_text("Hi", controls=[TextControl(1, 2, 0.5)]), "CompletionRequest.prompt")
    Traceback (most recent call last):
        ...
    aleph_alpha.errors.InvalidRequestError: CompletionRequest.prompt.items[0].controls[0] covers characters 1 to 3, \
the text has 2
    """
    if not isinstance(prompt, Prompt):
        refuse(field, "a Prompt, for example Prompt.from_text(...)", prompt)
    _validate_items(prompt.items, f"{field}.items")


def validate_document(document: object, field: str) -> None:
    """Refuse a document that cannot be sent; otherwise as ``validate_prompt``."""
    from aleph_alpha.document import Document

    if not isinstance(document, Document):
        refuse(field, "a Document, for example Document.from_text(...)", document)
    given = [name for name in ("docx", "prompt", "text") if getattr(document, name) is not None]
    if len(given) != 1:
        raise InvalidRequestError(
            f"{field} must have exactly one of docx, prompt and text, not {' and '.join(given) or 'none'}"
        )
    if document.docx is not None:
        validate_base_64(document.docx, f"{field}.docx")
    elif document.prompt is not None:
        _validate_items(document.prompt, f"{field}.prompt")
    else:
        _validate_string(document.text, f"{field}.text")


def mapped(make: Callable[[], T], validate: Callable[[], None]) -> T:
    """What ``make`` returns. Where it fails, ``validate`` is asked to say why.

    This is for ``to_json``, which checks nothing as long as there is JSON for what it is given.

    Raises:
        InvalidRequestError: there is none.
    """
    try:
        return make()
    except (TypeError, AttributeError):
        validate()
        raise


def _validate_items(items: object, field: str) -> None:
    for i, item in enumerate(_list(items, field)):
        validate_item(item, f"{field}[{i}]")


def validate_item(item: object, field: str) -> None:
    """Refuse an item of a prompt that cannot be sent; otherwise as ``validate_prompt``."""
    match item:
        case Text():
            _validate_text(item, field)
        case Tokens():
            _validate_tokens(item, field)
        case Image():
            _validate_image(item, field)
        case str():
            _validate_string(item, field)
        case list() | tuple():
            _validate_ids(item, field)
        case _:
            no_item(field, item)


def _validate_text(item: Text, field: str) -> None:
    _validate_string(item.text, f"{field}.text")
    if not item.controls:
        return
    for i, control in enumerate(_list(item.controls, f"{field}.controls")):
        at = f"{field}.controls[{i}]"
        if not isinstance(control, TextControl):
            refuse(at, "a TextControl", control)
        _require(control.start, integer, f"{at}.start")
        _require(control.length, integer, f"{at}.length")
        end = control.start + control.length
        if control.start < 0 or control.length < 0 or end > len(item.text):
            raise InvalidRequestError(f"{at} covers characters {control.start} to {end}, the text has {len(item.text)}")
        _validate_weight(control, at)
        _validate_overlap(control, at)


def _validate_tokens(item: Tokens, field: str) -> None:
    _validate_ids(item.tokens, f"{field}.tokens")
    for i, control in enumerate(_list(item.controls or (), f"{field}.controls")):
        at = f"{field}.controls[{i}]"
        if not isinstance(control, TokenControl):
            refuse(at, "a TokenControl", control)
        _require(control.pos, integer, f"{at}.pos")
        if not 0 <= control.pos < len(item.tokens):
            raise InvalidRequestError(f"{at}.pos is {control.pos}, the item has {len(item.tokens)} tokens")
        _validate_weight(control, at)


def _validate_ids(tokens: object, field: str) -> None:
    # An array of numpy is no Sequence.
    ids: Any = tokens if hasattr(tokens, "__array__") else _list(tokens, field)
    if set(map(type, ids)) == {int} and _in_range(ids):
        return  # the fast way, for prompts of many thousand ids
    for i, token in enumerate(ids):
        _require(token, integer, f"{field}[{i}]")
        if not 0 <= token < 2**64:
            raise InvalidRequestError(f"{field}[{i}] must be a token id, 0 or more, not {short(token)}")


def _in_range(ids: Sequence[int]) -> bool:
    """Whether all are from 0 to 2**64 - 1, which is what JSON libraries hold."""
    try:
        array("Q", ids)
    except OverflowError:
        return False
    return True


def _validate_image(image: Image, field: str) -> None:
    validate_base_64(image.base_64, f"{field}.base_64")
    if image.cropping is not None:
        if not isinstance(image.cropping, Cropping):
            refuse(f"{field}.cropping", "a Cropping or None", image.cropping)
        _validate_cropping(image.cropping, f"{field}.cropping")
    for i, control in enumerate(_list(image.controls or (), f"{field}.controls")):
        at = f"{field}.controls[{i}]"
        if not isinstance(control, ImageControl):
            refuse(at, "an ImageControl", control)
        for name in ("left", "top", "width", "height"):
            share = getattr(control, name)
            _require(share, number, f"{at}.{name}")
            if not 0 <= share <= 1:
                raise InvalidRequestError(f"{at}.{name} must be between 0 and 1, a share of the image, not {share}")
        _validate_weight(control, at)
        _validate_overlap(control, at)


def _validate_cropping(cropping: Cropping, field: str) -> None:
    for name, least in (("upper_left_x", 0), ("upper_left_y", 0), ("size", 1)):
        pixels = getattr(cropping, name)
        _require(pixels, integer, f"{field}.{name}")
        if pixels < least:
            raise InvalidRequestError(f"{field}.{name} must be at least {least}, not {pixels}")


def validate_base_64(data: object, field: str) -> None:
    """Refuse what is no base64, as far as a look at it tells."""
    # Cheap on purpose: a whole decode of every image of every request would find nothing more in
    # practice than what these find (raw bytes, a path, a URL, a data URL, line breaks, a cut).
    if not isinstance(data, str):
        refuse(field, "a string", data)
    if data.startswith("data:"):
        raise InvalidRequestError(f"{field} must be base64 alone: take off everything up to the comma of the data URL")
    try:
        binascii.a2b_base64(data[:64], strict_mode=True)
        whole = bool(data) and data.isascii() and len(data) % 4 == 0
    except ValueError:
        whole = False
    if not whole:
        raise InvalidRequestError(f"{field} is not base64 (standard alphabet, padded): {short(data)}")


def _validate_string(value: object, field: str) -> None:
    _require(value, text, field)
    if isinstance(value, str) and not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise InvalidRequestError(f"{field} holds half of a surrogate pair at character {error.start}") from None


def _validate_weight(control: TextControl | TokenControl | ImageControl, field: str) -> None:
    _require(control.factor, number, f"{field}.factor")
    if control.factor < 0:
        raise InvalidRequestError(f"{field}.factor must not be negative, not {control.factor}")


def _validate_overlap(control: TextControl | ImageControl, field: str) -> None:
    overlap: object = control.token_overlap
    if overlap is not None and not isinstance(overlap, ControlTokenOverlap):
        refuse(f"{field}.token_overlap", "a ControlTokenOverlap or None", overlap)


def _require(value: object, check: Check, field: str) -> None:
    problem = check(value)
    if problem is not None:
        raise InvalidRequestError(f"{field} {problem}, not {describe(value)}")


def _list(value: object, field: str) -> Sequence[object]:
    if type(value) is list or (isinstance(value, Sequence) and not isinstance(value, str | bytes | bytearray)):
        return value
    return refuse(field, "a list", value)
