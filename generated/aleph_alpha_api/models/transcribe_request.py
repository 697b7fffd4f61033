# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

import json
from collections.abc import Mapping
from io import BytesIO
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .. import types
from ..decoding import fields_of, missing_field, odd, wrong_type
from ..errors import DecodeError
from ..models.transcribe_metadata import TranscribeMetadata
from ..types import File

T = TypeVar("T", bound="TranscribeRequest")


@_attrs_define
class TranscribeRequest:
    """A recording and what to do with it, as two parts of a form.

    Attributes:
        audiofile (File): The bytes of the audio file.
        metadata (TranscribeMetadata): Details of a transcription, a part of JSON.
    """

    audiofile: File
    metadata: TranscribeMetadata
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {"audiofile": self.audiofile.to_tuple(), "metadata": self.metadata.to_dict()}
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    def to_multipart(self) -> types.RequestFiles:
        files: types.RequestFiles = []

        files.append(("audiofile", self.audiofile.to_tuple()))

        files.append(("metadata", (None, json.dumps(self.metadata.to_dict()).encode(), "application/json")))

        for prop_name, prop in self.additional_properties.items():
            files.append((prop_name, (None, str(prop).encode(), "text/plain")))

        return files

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            _audiofile = rest_.pop("audiofile")
            _metadata = rest_.pop("metadata")
        except KeyError as error_:
            raise missing_field(error_) from None
        audiofile: File
        if isinstance(_audiofile, bytes):
            audiofile = File(payload=BytesIO(_audiofile))
        else:
            raise wrong_type("audiofile", "bytes", _audiofile)
        metadata: TranscribeMetadata
        try:
            metadata = TranscribeMetadata.from_dict(_metadata)
        except DecodeError as error_:
            raise error_.within("metadata")
        decoded_ = cls(audiofile=audiofile, metadata=metadata)
        if rest_:
            decoded_.additional_properties = odd(rest_)
        return decoded_

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
