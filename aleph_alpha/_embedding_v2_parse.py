"""Reading the bodies of ``/embeddings``, which are nearly all numbers.

The numbers go past the generated models and all other fields through them; what is unusual in any
way is left to the models, so that what is accepted, and each error, is the same.
"""

from __future__ import annotations

import binascii
import math
import struct
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aleph_alpha._call import known, response_error
from aleph_alpha._http.vectors import array_of, from_base64, need_numpy
from aleph_alpha.embedding_v2 import OPERATION, EmbeddingV2Response, response
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
    try:
        data = binascii.a2b_base64(text, strict_mode=True)
    except ValueError as error:
        raise ResponseError(f"{path} is not base64: {error}", path=path) from None
    if len(data) % 4:
        raise ResponseError(f"{path} has {len(data)} bytes, not a multiple of 4", path=path)
    numbers = list(struct.unpack(f"<{len(data) // 4}f", data))
    if not all(map(math.isfinite, numbers)):
        raise ResponseError(f"{path} has NaN or infinity in it", path=path)
    return numbers


def list_parser(body: bytes) -> EmbeddingV2Response:
    """Reads vectors as lists."""
    model, vectors = _taken_apart(body)
    lists = [floats(one, _path(index)) if isinstance(one, str) else one for index, one in enumerate(vectors)]
    return response(model, lists)


def array_parser() -> Callable[[bytes], EmbeddingV2Response]:
    """Reads vectors into the rows of one float32 array.

    Raises:
        ImportError: numpy is not installed.
    """
    need_numpy()

    def parse(body: bytes) -> EmbeddingV2Response:
        model, vectors = _taken_apart(body)
        rows = [from_base64(one, _path(index)) if isinstance(one, str) else one for index, one in enumerate(vectors)]
        return response(model, list(_stacked(rows)))

    return parse


def _stacked(rows: list[Any]) -> Any:
    if rows and not any(isinstance(row, list) for row in rows) and len({len(row) for row in rows}) == 1:
        import numpy as np

        return np.stack(rows)
    return array_of([list(row) for row in rows], "data")


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
