# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
"""What the models share: the marker of an absent field, enums that stay open, files."""

from collections.abc import Mapping
from enum import Enum, IntEnum, StrEnum
from typing import IO, Any, BinaryIO, Final, Literal

from attrs import define

__all__ = ["UNSET", "File", "FileTypes", "Kept", "OpenIntEnum", "OpenStrEnum", "RequestFiles", "Unset", "oddities"]


class Unset(Enum):
    """The type of UNSET. An enum of one member, so that copies and pickles are the same object and `is` narrows."""

    UNSET = "UNSET"

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"


#: The field is absent: not sent, or not in the answer. Different from None, which is JSON null.
UNSET: Final = Unset.UNSET


#: Replaced by another object whenever a decoder meets something that the contract does not have but that can be read.
oddities: list[object] = [None]


class Kept(dict[str, Any]):
    """An object that no decoder takes, to be kept as it came; see tolerant.py."""


class OpenStrEnum(StrEnum):
    """A string enum that takes values it does not know: an API may add members before its clients hear of them.

    Such a value becomes a member of its own, named and valued as the text: `Role("judge") == "judge"`.
    """

    @classmethod
    def _missing_(cls, value: object) -> "OpenStrEnum | None":
        if not isinstance(value, str):
            return None
        oddities[0] = object()
        member = str.__new__(cls, value)
        member._name_ = member._value_ = str(value)
        return member


class OpenIntEnum(IntEnum):
    """An integer enum that takes values it does not know, as OpenStrEnum does."""

    @classmethod
    def _missing_(cls, value: object) -> "OpenIntEnum | None":
        if not isinstance(value, int) or isinstance(value, bool):
            return None
        oddities[0] = object()
        member = int.__new__(cls, value)
        member._name_, member._value_ = str(value), int(value)
        return member


#: The content of one part of a multipart body.
FileContent = IO[bytes] | bytes | str
#: (file name, content, content type), or the same with headers: what httpx, requests and aiohttp's wrappers take.
FileTypes = tuple[str | None, FileContent, str | None] | tuple[str | None, FileContent, str | None, Mapping[str, str]]
RequestFiles = list[tuple[str, FileTypes]]


@define
class File:
    """A file to upload."""

    payload: BinaryIO
    file_name: str | None = None
    mime_type: str | None = None

    def to_tuple(self) -> FileTypes:
        return self.file_name, self.payload, self.mime_type
