"""Transcription: what is said in a recording."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, BinaryIO

from aleph_alpha._call.call import Call, Defaults, WithMeta, call, decoder, from_json, given, known
from aleph_alpha._call.checks import check_fields, check_model, check_request, optional, text
from aleph_alpha._multipart import multipart
from aleph_alpha.errors import InvalidRequestError
from aleph_alpha.prompt.controls import describe

if TYPE_CHECKING:
    from aleph_alpha_api import models as api

__all__ = ["TranscriptionRequest", "TranscriptionResponse", "TranscriptionSegment", "transcribe_call"]


@dataclass(frozen=True)
class TranscriptionRequest:
    """Asks what is said in a recording.

    Parameters:
        audio: the audio file: a path, its bytes, or a file opened for reading in binary mode. It
            is read when the request is sent, whole, so that it can be sent again.
        language: what is spoken, as a code such as ``"en"``; ``None`` lets the API find out.
        file_name: what to call the file; servers may look at its ending. That of a path unless given.
    """

    audio: bytes | str | os.PathLike[str] | BinaryIO
    language: str | None = None
    file_name: str | None = None


@dataclass(frozen=True)
class TranscriptionSegment:
    """A piece of a transcription; what the model does not say is ``None``.

    Parameters:
        start, end: seconds from the beginning of the recording.
        text: what is said.
        tokens: token ids of the text.
    """

    start: float | None
    end: float | None
    text: str
    tokens: list[int] | None


@dataclass(frozen=True)
class TranscriptionResponse(WithMeta):
    """What is said in a recording; what the model does not say is ``None``.

    Parameters:
        transcription: all of it.
        segments: piece by piece.
        language: what is spoken, as a code.
        num_tokens_prompt_total: tokens read.
        num_tokens_generated: tokens generated.

    >>> response = TranscriptionResponse.from_json({"transcription": "Hello.", "segments": [
    ...     {"start": 0.0, "end": 0.8, "text": "Hello.", "tokens": [7]}]})
    >>> response.segments[0].end
    0.8
    """

    transcription: str
    segments: list[TranscriptionSegment] | None = None
    language: str | None = None
    num_tokens_prompt_total: int | None = None
    num_tokens_generated: int | None = None

    @staticmethod
    def from_json(json: Mapping[str, Any]) -> TranscriptionResponse:
        """The response of its JSON.

        Raises:
            ResponseError: a field has the wrong type; `path` says which.
        """
        from aleph_alpha_api.models import TranscribeResponse as Model

        return from_json("TranscriptionResponse", Model.from_dict, json, _response)


def _response(model: api.TranscribeResponse) -> TranscriptionResponse:
    segments = known(model.segments)
    return TranscriptionResponse(
        transcription=known(model.transcription) or "",
        segments=None if segments is None else [_segment(one) for one in segments],
        language=known(model.language),
        num_tokens_prompt_total=known(model.num_tokens_prompt_total),
        num_tokens_generated=known(model.num_tokens_generated),
    )


def _segment(model: api.TranscribeSegment) -> TranscriptionSegment:
    return TranscriptionSegment(known(model.start), known(model.end), known(model.text) or "", known(model.tokens))


def transcribe_call(request: TranscriptionRequest, model: str, defaults: Defaults) -> Call[TranscriptionResponse]:
    """The call that transcribes a recording; reads the file. The API takes no settings of a client with it.

    Raises:
        InvalidRequestError: a field that cannot be sent, by its name.
        OSError: the file cannot be read.
    """
    from aleph_alpha_api import models as api
    from aleph_alpha_api.api.tasks import transcribe
    from aleph_alpha_api.types import File

    check_request(request, TranscriptionRequest, "transcribe")
    check_model(model, "transcribe")
    check_fields(request, TranscriptionRequest, {"language": optional(text), "file_name": optional(text)})
    data, name = _read(request.audio)
    body = api.TranscribeRequest(
        audiofile=File(io.BytesIO(data), request.file_name or name, None),
        metadata=api.TranscribeMetadata(model=model, language=given(request.language)),
    )
    parts = transcribe.build_request(body=body)
    content, content_type = multipart(parts["files"])
    described = call("transcribe", parts, decoder("transcribe", transcribe.parse_response, _response))
    return replace(described, body=content, content_type=content_type)


def _read(audio: Any) -> tuple[bytes, str]:
    """Bytes and name of an audio file."""
    if isinstance(audio, (bytes, bytearray, memoryview)):
        data, name = bytes(audio), "audio"
    elif isinstance(audio, (str, os.PathLike)):
        with open(audio, "rb") as file:
            data, name = file.read(), os.path.basename(os.fspath(audio))
    elif hasattr(audio, "read"):
        data, name = audio.read(), os.path.basename(str(getattr(audio, "name", "") or "audio"))
        if not isinstance(data, bytes):
            raise InvalidRequestError("TranscriptionRequest.audio is a file opened in text mode: open it with 'rb'")
    else:
        raise InvalidRequestError(f"TranscriptionRequest.audio must be bytes, a path or a file, not {describe(audio)}")
    if not data:
        raise InvalidRequestError("TranscriptionRequest.audio is empty")
    return data, name
