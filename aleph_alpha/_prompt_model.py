"""Prompts as generated models and back: the one place where the builders meet the wire contract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from aleph_alpha.errors import InvalidRequestError
from aleph_alpha.prompt.controls import ControlTokenOverlap, no_item, refuse
from aleph_alpha.prompt.image import Cropping, Image, ImageControl
from aleph_alpha.prompt.prompt import Prompt, PromptItem, Text, TextControl, TokenControl, Tokens

if TYPE_CHECKING:
    from aleph_alpha_api import models as api
    from aleph_alpha_api.types import Unset

    ItemModel: TypeAlias = api.TextPromptItem | api.ImagePromptItem | api.TokenIdsPromptItem
    PromptItems: TypeAlias = list[ItemModel]
    ControlModel: TypeAlias = api.TextControl | api.TokenControl | api.ImageControl
else:

    class _Models:
        """The generated models, imported when the first one is needed: building a prompt needs none.

        An import in each function would do the same, and be half of the time for a thousand controls.
        """

        def __getattr__(self, name):
            from aleph_alpha_api import models

            value = self.__dict__[name] = getattr(models, name)
            return value

    api = _Models()

__all__ = ["item_from_json", "item_json", "item_model", "prompt_from_items", "prompt_items", "prompt_json"]


def prompt_items(prompt: Prompt) -> PromptItems:
    """The items of a prompt as models. Nothing is checked, see ``validate_prompt``."""
    return [item_model(item, f"Prompt.items[{i}]") for i, item in enumerate(prompt.items)]


def item_model(item: object, field: str = "item") -> ItemModel:
    """One element of ``Prompt.items``; plain strings and lists of ids have no controls to send.

    Raises:
        InvalidRequestError: it is none.
    """
    match item:
        case Text():
            controls = [_text_control(control) for control in item.controls or ()]
            return api.TextPromptItem(data=item.text, controls=controls)
        case str():
            return api.TextPromptItem(data=item)
        case Image():
            return _image_model(item)
        case Tokens():
            weights = [_token_control(control) for control in item.controls or ()]
            return api.TokenIdsPromptItem(data=_listed(item.tokens), controls=weights)
        case list() | tuple():
            return api.TokenIdsPromptItem(data=_listed(item))
    return no_item(field, item)


def prompt_json(prompt: Prompt) -> list[dict[str, Any]]:
    """The JSON of a prompt.

    Raises:
        InvalidRequestError: there is none for an item or a member of it.
    """
    from aleph_alpha._prompt_checks import mapped, validate_prompt

    return mapped(
        lambda: [item.to_dict() for item in prompt_items(prompt)],
        lambda: validate_prompt(prompt, type(prompt).__name__),
    )


def item_json(item: PromptItem) -> dict[str, Any]:
    """The JSON of an item.

    Raises:
        InvalidRequestError: there is none for a member of it.
    """
    from aleph_alpha._prompt_checks import mapped, validate_item

    return mapped(lambda: item_model(item).to_dict(), lambda: validate_item(item, type(item).__name__))


def control_model(control: TextControl | TokenControl | ImageControl) -> ControlModel:
    """One control of any kind."""
    match control:
        case TextControl():
            return _text_control(control)
        case TokenControl():
            return _token_control(control)
        case ImageControl():
            return _image_control(control)


def _listed(tokens: Sequence[int]) -> list[int]:
    return tokens if isinstance(tokens, list) else list(tokens)


def _image_model(item: Image) -> api.ImagePromptItem:
    controls = [_image_control(control) for control in item.controls or ()]
    model = api.ImagePromptItem(data=item.base_64, controls=controls)
    if item.cropping is not None:
        model.x, model.y, model.size = item.cropping.upper_left_x, item.cropping.upper_left_y, item.cropping.size
    return model


def _text_control(control: TextControl) -> api.TextControl:
    overlap = control.token_overlap
    if overlap is None:
        return api.TextControl(control.start, control.length, control.factor)
    return api.TextControl(control.start, control.length, control.factor, _overlap_model(overlap, control))


def _token_control(control: TokenControl) -> api.TokenControl:
    return api.TokenControl(control.pos, control.factor)


def _image_control(control: ImageControl) -> api.ImageControl:
    rect = api.ImageControlRect(control.left, control.top, control.width, control.height)
    overlap = control.token_overlap
    if overlap is None:
        return api.ImageControl(rect, control.factor)
    return api.ImageControl(rect, control.factor, _overlap_model(overlap, control))


def _overlap_model(overlap: object, control: TextControl | ImageControl) -> api.ControlTokenOverlap:
    if not isinstance(overlap, ControlTokenOverlap):
        refuse(f"{type(control).__name__}.token_overlap", "a ControlTokenOverlap or None", overlap)
    return api.ControlTokenOverlap(overlap.value)


def prompt_from_items(models: Sequence[ItemModel]) -> Prompt:
    """The prompt of an answer's items.

    Raises:
        InvalidRequestError: a cropping is incomplete, or a ``token_overlap`` is unknown.
    """
    return Prompt([_item(model, f"Prompt[{i}]") for i, model in enumerate(models)])


def item_from_json(json: object, path: str, kind: str | None = None) -> PromptItem:
    """The item of its JSON.

    Parameters:
        path: what to call it in a message.
        kind: the ``type`` of JSON that does not tell it; ``None`` demands that it does.

    Raises:
        InvalidRequestError: a member is missing or has the wrong type, or its type is unknown.
    """
    from aleph_alpha_api import models as api
    from aleph_alpha_api.errors import DecodeError

    if not isinstance(json, Mapping):
        refuse(path, "an object", json)
    members: dict[str, Any] = {**json} if kind is None else {"type": kind, **json}
    types: dict[object, type[ItemModel]] = {
        "text": api.TextPromptItem,
        "image": api.ImagePromptItem,
        "token_ids": api.TokenIdsPromptItem,
    }
    tag = members.get("type")
    if not isinstance(tag, str) or tag not in types:
        refuse(f"{path}.type", " or ".join(f'"{name}"' for name in types), tag)
    try:
        model = types[tag].from_dict(members)
    except DecodeError as error:
        raise InvalidRequestError(str(error.within(path))) from error
    return _item(model, path)


def _item(model: ItemModel, path: str) -> PromptItem:
    match model:
        case api.TextPromptItem():
            return Text(
                model.data,
                [
                    TextControl(
                        control.start,
                        control.length,
                        control.factor,
                        _overlap(control.token_overlap, f"{path}.controls[{i}]"),
                    )
                    for i, control in enumerate(model.controls or ())
                ],
            )
        case api.ImagePromptItem():
            return _image(model, path)
        case api.TokenIdsPromptItem():
            controls = [TokenControl(control.index, control.factor) for control in model.controls or ()]
            return Tokens(model.data, controls)


def _image(model: api.ImagePromptItem, path: str) -> Image:
    from aleph_alpha_api.types import UNSET

    cropping = None
    if model.x is not UNSET and model.y is not UNSET and model.size is not UNSET:
        cropping = Cropping(model.x, model.y, model.size)
    elif not (model.x is UNSET and model.y is UNSET and model.size is UNSET):
        raise InvalidRequestError(f"{path} has only some of x, y and size; a cropping needs all three")
    controls = []
    for i, control in enumerate(model.controls or ()):
        overlap = _overlap(control.token_overlap, f"{path}.controls[{i}]")
        rect = control.rect
        controls.append(ImageControl(rect.left, rect.top, rect.width, rect.height, control.factor, overlap))
    return Image(model.data, cropping, controls)


def _overlap(model: api.ControlTokenOverlap | Unset, path: str) -> ControlTokenOverlap | None:
    from aleph_alpha_api.types import UNSET

    if model is UNSET:
        return None
    try:
        return ControlTokenOverlap(model.value)
    except ValueError:
        refuse(f"{path}.token_overlap", '"partial" or "complete"', model.value)
