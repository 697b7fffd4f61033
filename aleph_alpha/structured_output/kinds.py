"""What a class is, found out without loading pydantic, and what it is called."""

from __future__ import annotations

import dataclasses
import re
import sys
import unicodedata
import zlib
from typing import Any, get_args, get_origin

__all__ = ["class_name", "is_pydantic", "is_record", "is_typed_dict", "own_docstring", "valid_name"]

_MOST = 64  # characters of a name that the API takes


def is_pydantic(kind: Any) -> bool:
    """Whether it is a pydantic model."""
    pydantic = sys.modules.get("pydantic")
    return pydantic is not None and isinstance(kind, type) and issubclass(kind, pydantic.BaseModel)


def is_typed_dict(kind: Any) -> bool:
    """Whether it is a TypedDict, of ``typing`` or of ``typing_extensions``."""
    return isinstance(kind, type) and issubclass(kind, dict) and hasattr(kind, "__required_keys__")


def is_record(kind: Any) -> bool:
    """Whether it is a dataclass or TypedDict, with its type parameters or without."""
    kind = get_origin(kind) or kind
    return isinstance(kind, type) and (dataclasses.is_dataclass(kind) or is_typed_dict(kind))


def own_docstring(kind: Any) -> str | None:
    """The docstring that somebody wrote for this class.

    That of a base says something else, and a dataclass without one gets its signature.
    """
    kind = get_origin(kind) or kind
    doc: str | None = vars(kind).get("__doc__")
    return None if not doc or not doc.strip() or doc.startswith(f"{kind.__name__}(") else doc


def class_name(kind: Any) -> str:
    """The name of a class with its type parameters.

    >>> class_name(dict[str, list[int]])
    'dict[str, list[int]]'
    """
    name: str = getattr(kind, "__name__", None) or repr(kind)
    arguments = get_args(kind)
    return f"{name}[{', '.join(map(class_name, arguments))}]" if arguments else name


def valid_name(name: str) -> str:
    """A name as the API takes it: at most 64 ASCII letters, digits, ``_`` and ``-``.

    >>> valid_name("Answer[list[int]]"), valid_name("größe")
    ('Answer_list_int', 'grosse')
    """
    ascii_text = unicodedata.normalize("NFKD", name.replace("ß", "ss")).encode("ascii", "ignore").decode()
    valid = re.sub(r"[^A-Za-z0-9_-]+", "_", ascii_text)
    if valid != ascii_text:
        valid = valid.strip("_")
    if not valid.strip("_") or len(valid) > _MOST:  # what is cut off, or cannot be spelt, still tells names apart
        valid = f"{valid[: _MOST - 9]}_{zlib.crc32(name.encode('utf-8', 'replace')):08x}"
    return valid
