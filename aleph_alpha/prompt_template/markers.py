"""The markers that stand for images and tokens inside a rendered text."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import Final

from aleph_alpha.prompt.image import Image
from aleph_alpha.prompt.text import Text
from aleph_alpha.prompt.tokens import Tokens

__all__ = ["Placeholder"]

# Part of every marker of this process, so that the markers of other templates are known for what
# they are. Letters and digits only: no filter takes them for punctuation, white space or HTML.
_PROCESS: Final = secrets.token_hex(8)


_MARKER: Final = re.compile(rf"0aa{_PROCESS}([0-9a-f]{{32}})[itx]([0-9]{{1,18}})z")


_KINDS: Final[Mapping[type, str]] = {Image: "i", Tokens: "t", Text: "x"}


_PIECE = 12  # characters of a random number that cannot be there by chance


class Placeholder(str):
    """Stands for an image or token ids in the values of a template; made by ``PromptTemplate.placeholder``.

    It is a string that can be joined to others or put in an f-string.

    >>> from aleph_alpha.prompt_template import PromptTemplate
    >>> template = PromptTemplate("{{ picture }}")
    >>> picture = template.placeholder(Image("AAAA"))
    >>> len(template.to_prompt(picture=f"Left {picture}, right {picture}.").items)
    5
    """

    __slots__ = ()
