"""Random arguments for the classes of the package, from their type hints."""

from __future__ import annotations

import base64
import enum
import types
import typing
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from tests.vendor.worker import Package

_TEXT = st.text(max_size=12)
_NUMBERS = st.floats(allow_nan=False, allow_infinity=False, width=32)
_INTS = st.integers(-(2**31), 2**31)

# A PNG of one pixel, and a text that is no image: neither package looks into the bytes here.
_IMAGES = st.sampled_from([base64.b64encode(part).decode() for part in (b"\x89PNG\r\n\x1a\n...", b"pixels")])


def new(name: str, /, **arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A value of a class in the form that the workers read."""
    return st.fixed_dictionaries(arguments).map(lambda args: {"$new": name, "args": args})


_OVERLAPS = st.none() | st.sampled_from(["Partial", "Complete"]).map(
    lambda member: {"$enum": ["ControlTokenOverlap", member]}
)

_ITEMS = st.one_of(
    new(
        "Text",
        text=_TEXT,
        controls=st.lists(
            new("TextControl", start=_INTS, length=_INTS, factor=_NUMBERS, token_overlap=_OVERLAPS), max_size=2
        ),
    ),
    new(
        "Tokens",
        tokens=st.lists(_INTS, max_size=4),
        controls=st.lists(new("TokenControl", pos=_INTS, factor=_NUMBERS), max_size=2),
    ),
    new(
        "Image",
        base_64=_IMAGES,
        cropping=st.none() | new("Cropping", upper_left_x=_INTS, upper_left_y=_INTS, size=_INTS),
        controls=st.lists(
            new(
                "ImageControl",
                left=_NUMBERS,
                top=_NUMBERS,
                width=_NUMBERS,
                height=_NUMBERS,
                factor=_NUMBERS,
                token_overlap=_OVERLAPS,
            ),
            max_size=2,
        ),
    ),
)
_PROMPTS = new("Prompt", items=_TEXT | st.lists(_ITEMS, max_size=3))
_GRANULARITIES = st.one_of(
    st.sampled_from(["Token", "Word", "Sentence", "Paragraph"]).map(
        lambda member: {"$enum": ["PromptGranularity", member]}
    ),
    new("CustomGranularity", delimiter=_TEXT),
    st.sampled_from(["word", "token"]),
)
_DOCUMENTS = st.one_of(
    new("Document", docx=_IMAGES),
    new("Document", text=_TEXT),
    new("Document", prompt=st.lists(_ITEMS, max_size=2)),
)

_SPECIAL: dict[str, st.SearchStrategy[Any]] = {
    "prompt": _PROMPTS,
    "prompts": st.lists(_PROMPTS, max_size=3),
    "items": _TEXT | st.lists(_ITEMS, max_size=3),
    "prompt_granularity": st.none() | _GRANULARITIES,
    "document": _DOCUMENTS,
    "documents": st.lists(_DOCUMENTS, max_size=2),
    "logit_bias": st.none()
    | st.dictionaries(st.integers(0, 99).map(str), _NUMBERS, max_size=2).map(lambda bias: {"$int_keys": bias}),
}


def values(package: Package, name: str, fields: Sequence[str]) -> st.SearchStrategy[Any]:
    """Values of a class with every one of `fields`, which are those that the other package has."""
    if name == "TokenizationRequest":
        return new(name, prompt=_TEXT, tokens=st.booleans(), token_ids=st.booleans())
    kind = package.find(name)
    hints = typing.get_type_hints(kind, localns=vars(typing))
    return new(name, **{field: _SPECIAL[field] if field in _SPECIAL else _for(hints[field]) for field in fields})


def _for(hint: Any) -> st.SearchStrategy[Any]:
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return st.one_of([_for(part) for part in parts])
    if hint is type(None):
        return st.none()
    if origin is not None and issubclass(origin, Sequence):
        return st.lists(_for(parts[0]), max_size=3)
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return st.sampled_from([member.name for member in hint]).map(lambda member: {"$enum": [hint.__name__, member]})
    simple: dict[Any, st.SearchStrategy[Any]] = {str: _TEXT, bool: st.booleans(), int: _INTS, float: _NUMBERS}
    return simple[hint]
