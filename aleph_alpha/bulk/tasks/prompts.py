"""Prompts from columns: a text, a template whose variables are columns, an image beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from functools import cached_property
from inspect import signature
from typing import Any

from aleph_alpha.bulk.task import Input, Row
from aleph_alpha.errors import InvalidRequestError
from aleph_alpha.prompt.image import Image
from aleph_alpha.prompt.prompt import Prompt
from aleph_alpha.prompt.text import Text
from aleph_alpha.prompt_template.template import PromptTemplate

__all__ = ["PromptColumns", "PromptTask", "check_fields", "text_of"]


@dataclass(frozen=True)
class PromptColumns:
    """Where prompts come from.

    Parameters:
        column: of texts; each is a prompt.
        template: a liquid template whose variables are columns; instead of `column`.
        image: column of bytes, paths or URLs of images. Without a template the image comes before the
            text; in a template it is a variable like any other.

    Raises:
        InvalidRequestError: neither or both of `column` and `template`, or an `image` that is not in the template.
        TemplateError: the template is not valid.
    """

    column: str | None = None
    template: str | None = None
    image: str | None = None

    def __post_init__(self) -> None:
        if self.column is not None and self.template is not None:
            raise InvalidRequestError("column and template are two sources of one prompt: pass one of them")
        if self.column is None and self.template is None and self.image is None:
            raise InvalidRequestError("a prompt needs a column, or a template whose variables are columns")
        if self.template is not None:
            PromptTemplate(self.template)
            if self.image is not None and self.image not in self._variables:
                raise InvalidRequestError(f"the template does not use the image column {self.image!r}")

    @cached_property
    def _variables(self) -> list[str]:
        if self.template is None:
            return []
        from liquid import Environment

        return Environment().from_string(self.template).global_variables()

    @cached_property
    def _parsed(self) -> PromptTemplate:
        return PromptTemplate(self.template or "")

    def __getstate__(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def inputs(self) -> dict[str, Input]:
        """The columns, and what each must be."""
        found: dict[str, Input] = dict.fromkeys(self._variables, "any")
        if self.column is not None:
            found[self.column] = "text"
        if self.image is not None:
            found[self.image] = "image"
        return found

    def settings(self) -> dict[str, Any]:
        """What of it makes results different."""
        return {name: value for name in ("column", "template", "image") if (value := getattr(self, name)) is not None}

    def prompt(self, row: Row) -> Prompt:
        """The prompt of a row.

        Raises:
            InvalidRequestError: the row has no text, or no image, or it cannot be read.
        """
        if self.column is not None and self.image is None:
            return Prompt.from_text(text_of(row, self.column))
        image = None if self.image is None else _image(row, self.image)
        if self.template is not None:
            values = {name: row.get(name) for name in self._variables}
            if self.image is not None:
                values[self.image] = image
            return self._parsed.to_prompt(**values)
        items: list[Any] = [] if image is None else [image]
        if self.column is not None:
            items.append(Text.from_text(text_of(row, self.column)))
        return Prompt(items)


@dataclass(frozen=True)
class PromptTask:
    """What the tasks with prompts have in common.

    Parameters:
        model: name of the model.
        column, template, image: where prompts come from, see ``PromptColumns``.
        fields: other fields of the request.
    """

    model: str
    column: str | None = None
    template: str | None = None
    image: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def prompts(self) -> PromptColumns:
        """Where prompts come from."""
        return PromptColumns(self.column, self.template, self.image)

    @property
    def blocking(self) -> bool:
        """Whether making a request reads files."""
        return self.image is not None

    def inputs(self) -> Mapping[str, Input]:
        """The columns that it reads."""
        return self.prompts.inputs()


def text_of(row: Row, column: str) -> str:
    """The string of a row.

    Raises:
        InvalidRequestError: it is null.
    """
    value = row.get(column)
    if not isinstance(value, str):
        raise InvalidRequestError(f"column {column!r} must hold a string, got {type(value).__name__}")
    return value


def _image(row: Row, column: str) -> Image:
    value = row.get(column)
    if value is None:
        raise InvalidRequestError(f"column {column!r} must hold an image, got None")
    return Image.from_image_source(value)


def check_fields(given: Mapping[str, Any], request: Any, own: tuple[str, ...]) -> None:
    """Refuse fields that a request does not have, or that the job fills itself.

    Raises:
        InvalidRequestError: names the field, with a suggestion for a typing error.
    """
    known = [name for name in signature(request).parameters if name not in own]  # other names of a field, too
    for name in given:
        if name in own:
            raise InvalidRequestError(f"{request.__name__}.{name} is filled from the rows: it cannot be set")
        if name not in known:
            near = get_close_matches(name, known, 1)
            hint = f"; did you mean {near[0]}?" if near else f"; it has {', '.join(known)}"
            raise InvalidRequestError(f"{request.__name__} has no field {name!r}{hint}")
