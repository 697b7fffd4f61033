"""Prompts of the command line: texts, templates with variables, images."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from aleph_alpha.cli.command import FILE, Context, Parser
from aleph_alpha.cli.failures import UsageError, one_line
from aleph_alpha.cli.inputs import read_bytes, read_text, text_of, text_of_words
from aleph_alpha.cli.request_fields import assignments, suggestion

if TYPE_CHECKING:
    from aleph_alpha import Image, Prompt

__all__ = ["add_prompt", "add_template", "images", "prompt", "prompt_of_record", "template_text"]


def add_prompt(parser: Parser, *, what: str = "prompt") -> None:
    """The arguments that make a prompt."""
    parser.add_argument(
        "words",
        nargs="*",
        metavar=what.upper(),
        help=f"the {what}; - is standard input, @FILE a file; several of these are put together line by line",
    )
    add_template(parser)


def add_template(parser: Parser) -> None:
    """The options of templates and images."""
    parser.add_argument("--template", metavar=FILE, help="a liquid template; see --var")
    parser.add_argument(
        "--var",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a variable of the template; as VALUE also -, @FILE or a list in JSON",
    )
    parser.add_argument(
        "--image", action="append", default=[], metavar=FILE, help="an image: file, URL or -; in a template `image`"
    )


def prompt(context: Context) -> Prompt:
    """The prompt that the arguments make.

    Raises:
        UsageError: there is none, or both a text and a template.
    """
    from aleph_alpha import Prompt

    found = images(context)
    if context.options.template is not None:
        if context.options.words:
            raise UsageError("a prompt and --template are given: pass texts for the template with --var NAME=VALUE")
        template, values = _template(context)
        return _rendered(template, values, found)
    if context.options.var:
        raise UsageError("--var is of a template: give it with --template FILE")
    if found and not context.options.words:
        return Prompt(found)
    text = text_of_words(context.options.words, "prompt")
    return Prompt([*found, text]) if found else Prompt.from_text(text)


def images(context: Context) -> list[Image]:
    """The images of ``--image``."""
    return [image_of(source) for source in context.options.image]


def image_of(source: str) -> Image:
    """The image of a file, a URL or standard input (``-``)."""
    from aleph_alpha import Image
    from aleph_alpha.errors import ImageError

    if not source:
        raise UsageError("the name of the image is empty")
    if source.startswith(("http://", "https://")):
        return Image.from_url(source)
    data = read_bytes(source)
    try:
        return Image.from_bytes(data)
    except ImageError as error:
        what = "standard input" if source == "-" else source
        raise UsageError(f"{one_line(what)} cannot be used as an image: {error}") from error


def template_text(context: Context) -> str:
    """What the template of the options renders to, which must be a text."""
    from aleph_alpha import Text

    template, values = _template(context)
    rendered = _rendered(template, values, [])
    return "".join(item.text for item in rendered.items if isinstance(item, Text))


def _template(context: Context) -> tuple[str, dict[str, Any]]:
    """The template, and the values for it.

    Raises:
        UsageError: a value that it has no use for: its name does not occur in it.
    """
    template = read_text(context.options.template)
    values = assignments(context.options.var, "--var")
    for name in values:
        if name not in template:
            close = suggestion(name, re.findall(r"[A-Za-z_][\w-]*", template))
            raise UsageError(f"the template has no variable {one_line(name, 60)!r}{close}")
    return template, {name: _variable(text) for name, text in values.items()}


def _variable(word: str) -> Any:
    text = text_of(word)
    if text.startswith(("[", "{")):
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text


def _rendered(template: str, values: Mapping[str, Any], found: Sequence[Image]) -> Prompt:
    from aleph_alpha import PromptTemplate

    if found and "image" not in template:
        raise UsageError("an image is given, and the template has no variable 'image' or 'images'")
    pictures = {"image": found[0], "images": list(found)} if found else {}
    return PromptTemplate(template).to_prompt(**{**pictures, **values})


def prompt_of_record(record: Mapping[str, Any], template: str | None, found: Sequence[Image]) -> tuple[Prompt, Any]:
    """The prompt of a JSON line, and the other members of the line.

    With a template all members are its variables; without one ``prompt`` is a text, or a list of items as the API
    takes them.

    Raises:
        UsageError: there is no prompt in it.
    """
    from aleph_alpha import Prompt

    if template is not None:
        return _rendered(template, record, found), {}
    others = {name: value for name, value in record.items() if name != "prompt"}
    match record.get("prompt"):
        case str(text):
            return Prompt([*found, text]), others
        case list(items):
            return Prompt([*found, *Prompt.from_json(items).items]), others
        case None:
            raise UsageError("the line has no member prompt")
        case other:
            raise UsageError(f"prompt must be a text or a list of items, not {type(other).__name__}")
