"""Transcription: what is said in a recording."""

from __future__ import annotations

import hashlib
import io
import mimetypes
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, BinaryIO

from aleph_alpha._call.call import Call, Defaults, call
from aleph_alpha._call.checks import check_field, check_model, check_request, describe, optional, text
from aleph_alpha._call.fields import given, known
from aleph_alpha._call.meta import WithMeta
from aleph_alpha._call.reading import decoder, from_json
from aleph_alpha._call.short_repr import ShortRepr
from aleph_alpha.errors import InvalidRequestError

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


@dataclass(frozen=True, repr=False)
class TranscriptionResponse(WithMeta, ShortRepr):
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
            ResponseError: what was asked for is missing or cannot be read; `path` says where.
        """
        from aleph_alpha_api.models import TranscribeResponse as Model

        return from_json("TranscriptionResponse", Model.from_dict, json, _response)


def _response(model: api.TranscribeResponse) -> TranscriptionResponse:
    segments = known(model.segments)
    return TranscriptionResponse(
        transcription=model.transcription,
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
    for name in ("language", "file_name"):
        check_field(getattr(request, name), optional(text), f"TranscriptionRequest.{name}")
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


def multipart(parts: Iterable[tuple[str, Any]]) -> tuple[bytes, str]:
    """A form as bytes, and its content type.

    Args:
        parts: name, and ``(file name, content, media type)``; content is bytes or a file, a media
            type that is not given is guessed from the file's name.

    >>> body, content_type = multipart([("metadata", (None, b"{}", "application/json"))])
    >>> b'Content-Disposition: form-data; name="metadata"' in body, content_type.partition("=")[0]
    (True, 'multipart/form-data; boundary')
    """
    described = [(name, file[0], _bytes(file[1]), file[2]) for name, file in parts]
    # Of the content, so that the same form is the same bytes (and recordings of it can be found again).
    digest = hashlib.sha256(b"\0".join(content for _, _, content, _ in described))
    while any(digest.hexdigest().encode() in content for _, _, content, _ in described):
        digest.update(b"again")
    boundary = digest.hexdigest().encode()
    pieces: list[bytes] = []
    for name, file_name, content, media_type in described:
        disposition = f'form-data; name="{_quoted(name)}"'
        if file_name is not None:
            disposition += f'; filename="{_quoted(file_name)}"'
            media_type = media_type or mimetypes.guess_type(file_name)[0] or "application/octet-stream"
        pieces += [b"--", boundary, f"\r\nContent-Disposition: {disposition}\r\n".encode()]
        if media_type is not None:
            pieces.append(f"Content-Type: {media_type}\r\n".encode())
        pieces += [b"\r\n", content, b"\r\n"]
    pieces += [b"--", boundary, b"--\r\n"]
    return b"".join(pieces), f"multipart/form-data; boundary={boundary.decode()}"


def _bytes(content: Any) -> bytes:
    data: Any = content.read() if hasattr(content, "read") else content
    return data.encode() if isinstance(data, str) else bytes(data)


def _quoted(name: str) -> str:
    """As browsers write names: what would end the value or the line is percent-encoded."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
