"""Reading the bodies of batches of embeddings, which are nearly all numbers.

The numbers go past the generated model and the few other fields through it; ``plain`` is the parser
that takes all of it through the model. It is asked whenever a body is unusual, so that what is
accepted, and each error, is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from aleph_alpha._http.vectors import array_of, need_numpy, read_array, read_lists
from aleph_alpha.embedding import BatchSemanticEmbeddingResponse
from aleph_alpha.errors import ResponseError

__all__ = ["array_parser", "list_parser"]

Parser = Callable[[bytes], BatchSemanticEmbeddingResponse]

_KEY = "embeddings"


def list_parser(plain: Parser) -> Parser:
    """Reads vectors as lists."""

    def parse(body: bytes) -> BatchSemanticEmbeddingResponse:
        decoded = read_lists(body, _KEY)
        response = None if decoded is None else _response(decoded, decoded[_KEY])
        return plain(body) if response is None else response

    return parse


def array_parser(plain: Parser) -> Parser:
    """Reads vectors into one float32 array.

    Raises:
        ImportError: numpy is not installed.
    """
    need_numpy()

    def parse(body: bytes) -> BatchSemanticEmbeddingResponse:
        read = read_array(body, _KEY)
        response = None if read is None else _response(read[0], read[1])
        if response is not None:
            return response
        response = list_parser(plain)(body)
        try:
            array: Any = array_of(response.embeddings, _KEY)
        except ResponseError as error:
            raise ResponseError(f"batchSemanticEmbed: {error}", path=error.path, body=body) from None
        return BatchSemanticEmbeddingResponse(response.model_version, array, response.num_tokens_prompt_total)

    return parse


def _response(members: Mapping[str, Any], vectors: Any) -> BatchSemanticEmbeddingResponse | None:
    from aleph_alpha_api.errors import DecodeError
    from aleph_alpha_api.models import BatchSemanticEmbeddingResponse as Model

    try:
        model = Model.from_dict({**members, _KEY: []})
    except DecodeError:
        return None
    return BatchSemanticEmbeddingResponse(model.model_version, vectors, model.num_tokens_prompt_total)
