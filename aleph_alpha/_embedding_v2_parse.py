"""Reading the bodies of ``/embeddings``, which are nearly all numbers.

The numbers go past the generated models and all other fields through them; what is unusual in any
way is left to the models, so that what is accepted, and each error, is the same.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aleph_alpha._call.call import known, response_error
from aleph_alpha.embedding.openai import OPERATION, EmbeddingV2Response, response
from aleph_alpha.embedding.vectors import array_of, base64_bytes, from_base64, need_numpy
from aleph_alpha.errors import ResponseError

if TYPE_CHECKING:
    from aleph_alpha_api import models as api

__all__ = ["array_parser", "floats", "list_parser"]


def floats(text: str, path: str) -> list[float]:
    """The numbers that little-endian float32 in base64 are; numpy is not needed.

    Raises:
        ResponseError: it is no base64, not whole numbers of four bytes, or has NaN or infinity in it.

    >>> floats("AACAPwAAIMA=", "embedding")
    [1.0, -2.5]
    """
    data = base64_bytes(text, path)
    numbers = list(struct.unpack(f"<{len(data) // 4}f", data))
    if not all(map(math.isfinite, numbers)):
        raise ResponseError(f"{path} has NaN or infinity in it", path=path)
    return numbers


def list_parser(body: bytes) -> EmbeddingV2Response:
    """Reads vectors as lists."""
    model, vectors = _taken_apart(body)
    return response(model, _lists(vectors))


def array_parser() -> Callable[[bytes], EmbeddingV2Response]:
    """Reads vectors into the rows of one float32 array.

    Raises:
        ImportError: numpy is not installed.
    """
    need_numpy()

    def parse(body: bytes) -> EmbeddingV2Response:
        model, vectors = _taken_apart(body)
        if all(isinstance(one, str) for one in vectors):
            return response(model, list(from_base64(vectors, _path)))
        return response(model, list(array_of(_lists(vectors), "data")))

    return parse


def _lists(vectors: list[Any]) -> list[list[float]]:
    return [floats(one, _path(index)) if isinstance(one, str) else one for index, one in enumerate(vectors)]


def _path(index: int) -> str:
    return f"data[{index}].embedding"


def _taken_apart(body: bytes) -> tuple[api.EmbeddingV2Response, list[Any]]:
    """The generated model, and the vectors, which are missing in it where all is as usual."""
    import orjson

    from aleph_alpha_api.api.tasks import embeddings
    from aleph_alpha_api.errors import DecodeError
    from aleph_alpha_api.models import EmbeddingV2Response as Model

    try:
        json = orjson.loads(body)
        vectors = [one["embedding"] for one in json["data"]]
        if all(type(one) is str or (type(one) is list and set(map(type, one)) <= {float, int}) for one in vectors):
            for one in json["data"]:
                one["embedding"] = ""
            return Model.from_dict(json), vectors
    except (ValueError, TypeError, KeyError):
        pass
    try:
        model = embeddings.parse_response(200, body)
    except DecodeError as error:
        raise response_error(OPERATION, error, body) from None
    return model, [one.embedding for one in known(model.data) or ()]
