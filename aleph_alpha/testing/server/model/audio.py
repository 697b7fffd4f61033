"""What can be read off an audio file without listening to it: its format, and its length where the header tells it."""

from __future__ import annotations

import io
import struct
import wave
from dataclasses import dataclass

_MAGIC = (
    (b"RIFF", "WAV"),
    (b"fLaC", "FLAC"),
    (b"OggS", "Ogg"),
    (b"ID3", "MP3"),
    (b"\xff\xfb", "MP3"),
    (b"\xff\xf3", "MP3"),
    (b"\xff\xf2", "MP3"),
    (b"FORM", "AIFF"),
    (b"\x1aE\xdf\xa3", "WebM or Matroska"),
)


@dataclass(frozen=True, slots=True)
class Audio:
    """An audio file. Seconds, rate and channels are None where the header was not read."""

    format: str
    size: int
    seconds: float | None = None
    rate: int | None = None
    channels: int | None = None

    def describe(self) -> str:
        """One sentence about it."""
        sentence = f"A toy hears nothing: this is {self.format} audio of {self.size} bytes"
        if self.seconds is not None:
            sentence += f", {self.seconds:.3f} seconds, {self.rate} Hz, {self.channels} channels"
        return sentence + "."


def inspect(content: bytes) -> Audio:
    """Looks at an audio file; one that it does not recognise has the format `unknown`."""
    kind = next((name for magic, name in _MAGIC if content.startswith(magic)), "unknown")
    if content[4:8] == b"ftyp":
        kind = "MP4"
    known = {"WAV": _wav, "FLAC": _flac}.get(kind)
    return (known(content) if known else None) or Audio(kind, len(content))


def _wav(content: bytes) -> Audio | None:
    try:
        with wave.open(io.BytesIO(content)) as file:
            rate, channels, frames = file.getframerate(), file.getnchannels(), file.getnframes()
    except (wave.Error, EOFError, struct.error):
        return None
    if not rate:
        return None
    return Audio("WAV", len(content), frames / rate, rate, channels)


def _flac(content: bytes) -> Audio | None:
    """The STREAMINFO block: 20 bits rate, 3 channels - 1, 5 bits - 1, 36 samples (RFC 9639, 8.2)."""
    if len(content) < 26:
        return None
    packed = int.from_bytes(content[18:26], "big")
    rate, channels, samples = packed >> 44, (packed >> 41 & 7) + 1, packed & (1 << 36) - 1
    if not rate or not samples:
        return None
    return Audio("FLAC", len(content), samples / rate, rate, channels)
