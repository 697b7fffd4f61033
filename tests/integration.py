"""What the integration tests of both clients share: names of models and cassettes, and a picture.

They replay cassettes recorded from the reference server. Live, against an installation::

    AA_HOST=... AA_TOKEN=... AA_MODEL=... pytest tests/_async tests/_sync -k integration --aleph-alpha-live

with AA_IMAGE_MODEL for a model that sees images, AA_CHAT_MODEL for one that chats, and
AA_EMBEDDING_MODEL for one with semantic embeddings and layers, where AA_MODEL is none. Tests of
what only the reference server is known to do are skipped then.
"""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass

import pytest

__all__ = ["PICTURE", "Models", "cassette", "only_reference"]

# 48 x 32 pixels: sky, sun and meadow. Written down, because a library may encode it differently tomorrow.
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAADAAAAAgAgMAAAApuhOPAAAADFBMVEWJxPT51CMUWjIAAAA2wZgdAAAAT0lEQVR42qXOuw3AIAyE4Z/IA9BkH4"
    "/AnEzhkehBShpkUVDwuMqf7grDRd4E0u+gwNMhoI4I0QHDTEHmzSIM2rwpUBwNzPFZ5T4hn3+9gx8qzgo4RUedlgAAAABJRU5ErkJggg=="
)

cassette = pytest.mark.aleph_alpha_cassette


@dataclass(frozen=True)
class Models:
    """The models to use: toys, or live those of the environment."""

    live: bool

    @property
    def text(self) -> str:
        return self._named("AA_MODEL", "toy-base")

    @property
    def images(self) -> str:
        return self._named("AA_IMAGE_MODEL", "toy-multimodal")

    @property
    def chat(self) -> str:
        return self._named("AA_CHAT_MODEL", "toy-chat")

    @property
    def embeddings(self) -> str:
        return self._named("AA_EMBEDDING_MODEL", "toy-base")

    def _named(self, variable: str, toy: str) -> str:
        if not self.live:
            return toy
        return os.environ.get(variable) or os.environ.get("AA_MODEL") or pytest.skip(f"live, but {variable} is not set")


def only_reference(models: Models) -> None:
    """Skip what holds for the reference server and need not hold elsewhere."""
    if models.live:
        pytest.skip("known of the reference server only")
