"""Embeddings as other vendors have them, too: of texts or token ids, as numbers or in base64."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from aleph_alpha._call.call import NO_DEFAULTS, Call, Defaults, call, nice
from aleph_alpha._call.checks import (
    Rule,
    check_model,
    check_request,
    describe,
    integer,
    is_sequence,
    sequence_of,
    text,
)
from aleph_alpha._call.fields import given, known, promised
from aleph_alpha._call.meta import WithMeta
from aleph_alpha._call.reading import decoder, from_json, read
from aleph_alpha._call.request import RequestFields
from aleph_alpha._call.short_repr import ShortRepr
from aleph_alpha._call.viewable import Viewable, builder
from aleph_alpha.embedding.vectors import array_of, base64_bytes, from_base64, need_numpy
from aleph_alpha.errors import ResponseError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from aleph_alpha.views.view import View
    from aleph_alpha_api import models as api

__all__ = ["EmbeddingV2Request", "EmbeddingV2Response", "EmbeddingV2ResponseData", "Usage", "embeddings_call"]

OPERATION = "embeddings"


@dataclass(frozen=True)
class EmbeddingV2Request:
    """Asks for the vectors of texts.

    Parameters:
        input: a text, several texts, the token ids of a text, or those of several texts.
        dimensions: numbers of each vector; not every model can choose. ``None`` for all it has.
        encoding_format: how vectors are sent: ``"float"``, or ``"base64"``, which is smaller and
            faster to read. The response is the same, but for numbers being rounded to float32.

    >>> EmbeddingV2Request(["Hello", "world"], dimensions=64).to_json()
    {'input': ['Hello', 'world'], 'dimensions': 64}
    """

    input: str | Sequence[str] | Sequence[int] | Sequence[Sequence[int]]
    dimensions: int | None = None
    encoding_format: Literal["float", "base64"] | None = None

    def to_json(self) -> Mapping[str, Any]:
        """The request as the API takes it, without the model."""
        body = _to_model(self, "", NO_DEFAULTS, self.encoding_format).to_dict()
        del body["model"]
        return body


def _to_model(
    request: EmbeddingV2Request, model: str, defaults: Defaults, encoding_format: str | None
) -> api.EmbeddingV2Request:
    from aleph_alpha_api import models as api

    body = _FIELDS.model(api.EmbeddingV2Request, request, defaults, model=model)
    body.encoding_format = given(None if encoding_format is None else api.EmbeddingEncodingFormat(encoding_format))
    return body


def _plain(inputs: Any) -> Any:
    return inputs.tolist() if hasattr(inputs, "tolist") else inputs


def _input(value: Any) -> str | None:
    if isinstance(value, str):
        return None
    wanted = "must be a text, texts, token ids, or lists of these"
    value = _plain(value)
    if not is_sequence(value):
        return wanted
    if not len(value):
        return "must not be empty"
    if any(sequence_of(check, "")(value) is None for check in (text, integer)):
        return None
    for index, one in enumerate(value):
        one = _plain(one)
        if not is_sequence(one) or sequence_of(integer, "")(one) is not None:
            return f"{wanted}; element {index} is {describe(one)}"
    return None


def _listed(inputs: Any, field: str) -> Any:
    if isinstance(inputs, str):
        return inputs
    return [one if isinstance(one, (str, int)) else list(one) for one in _plain(inputs)]


_FIELDS = RequestFields(
    EmbeddingV2Request, {"input": Rule(_input, _listed, unsent=_listed), "encoding_format": Rule(text)}
)


@dataclass(frozen=True)
class Usage:
    """Tokens that embeddings took.

    Parameters:
        prompt_tokens: of all inputs.
        total_tokens: the same.
    """

    prompt_tokens: int
    total_tokens: int

    @staticmethod
    def from_json(json: Mapping[str, Any]) -> Usage:
        """The usage of its JSON.

        Raises:
            ResponseError: what was asked for is missing or cannot be read; `path` says where.
        """
        from aleph_alpha_api.models import EmbeddingV2Usage as Model

        return from_json("Usage", Model.from_dict, json, _usage)


@dataclass(frozen=True, eq=False, repr=False)
class EmbeddingV2ResponseData(ShortRepr):
    """One vector.

    Parameters:
        object: ``"embedding"``.
        embedding: the vector, whatever way it was sent; a row of an array where one was asked for.
        index: which of the inputs it belongs to, from 0; its place where the server does not say.
    """

    object: str
    embedding: list[float]
    index: int

    @staticmethod
    def from_json(json: Mapping[str, Any]) -> EmbeddingV2ResponseData:
        """The vector of its JSON.

        Raises:
            ResponseError: what was asked for is missing or cannot be read; `path` says where.
        """
        from aleph_alpha_api.models import EmbeddingV2ResponseData as Model

        return from_json("EmbeddingV2ResponseData", Model.from_dict, json, _data)

    def __eq__(self, other: Any) -> bool:
        # Arrays compare number by number and not to one bool.
        if not isinstance(other, type(self)):
            return NotImplemented
        own, others = (list(one.embedding) for one in (self, other))
        return (self.object, self.index, own) == (other.object, other.index, others)

    __hash__ = None  # type: ignore[assignment]  # it holds a list


@dataclass(frozen=True, repr=False)
class EmbeddingV2Response(WithMeta, Viewable, ShortRepr):
    """The vectors of texts.

    Parameters:
        object: ``"list"``.
        data: one vector for each input.
        model: the model that answered.
        usage: tokens that it took.

    >>> response = EmbeddingV2Response.from_json({"object": "list", "model": "some-model", "data": [
    ...     {"object": "embedding", "index": 1, "embedding": "AACAPwAAIMA="},
    ...     {"object": "embedding", "index": 0, "embedding": [0.5, 2.0]}]})
    >>> response.embeddings
    [[0.5, 2.0], [1.0, -2.5]]
    """

    object: str
    data: list[EmbeddingV2ResponseData]
    model: str
    usage: Usage | None

    @property
    def embeddings(self) -> list[list[float]]:
        """The vectors alone, in the order of the inputs, whatever the order that they came in."""
        return [one.embedding for one in sorted(self.data, key=lambda one: one.index)]

    def as_array(self) -> NDArray[np.float32]:
        """The vectors as one array of float32 in the shape (inputs, numbers), in the order of the inputs.

        Raises:
            ImportError: numpy is not installed (extra ``numpy``).
            ResponseError: the vectors differ in length, or a number is too large for float32.

        >>> response = client.embeddings(EmbeddingV2Request(["Hello", "world"]), model="toy-embedding", as_array=True)
        >>> response.as_array().shape
        (2, 1024)
        """
        from aleph_alpha.embedding.vectors import array_of

        return array_of(self.embeddings, "data")

    @staticmethod
    def from_json(json: Mapping[str, Any]) -> EmbeddingV2Response:
        """The response of its JSON; vectors in base64 are decoded.

        Raises:
            ResponseError: what was asked for is missing or cannot be read; `path` says where.
        """
        from aleph_alpha_api.models import EmbeddingV2Response as Model

        return from_json("EmbeddingV2Response", Model.from_dict, json, response)

    def view(self, labels: Sequence[str] | None = None) -> View:
        """Something to look at: how similar the vectors are, as the cosine of each two. The first 100 are shown.

        Args:
            labels: names of the vectors, such as their texts; numbers from 0 if not given.

        Raises:
            InvalidRequestError: the vectors differ in length, or there is not one label for each.
        """
        view: View = builder("matrix").of_vectors(self.embeddings, labels)
        return view


def _usage(model: api.EmbeddingV2Usage) -> Usage:
    return Usage(promised(model.prompt_tokens), promised(model.total_tokens))


def _data(model: api.EmbeddingV2ResponseData) -> EmbeddingV2ResponseData:
    return EmbeddingV2ResponseData(str(model.object_), _vector(model, "embedding"), known(model.index) or 0)


def _vector(model: api.EmbeddingV2ResponseData, path: str) -> list[float]:
    return floats(model.embedding, path) if isinstance(model.embedding, str) else model.embedding


def _places(said: list[int | None]) -> list[int]:
    """The inputs that vectors belong to, where some do not say: their places in the list, if the others fit to that.

    Raises:
        ResponseError: the vectors are in another order, which these have no place in.
    """
    places = [place if one is None else one for place, one in enumerate(said)]
    if None in said and places != [*range(len(said))]:
        path = f"data[{said.index(None)}].index"
        raise ResponseError(f"{OPERATION}: {path} is required, as the vectors are not in their order", path=path)
    return places


def response(model: api.EmbeddingV2Response, vectors: Sequence[Any] | None = None) -> EmbeddingV2Response:
    """The response of its generated model; `vectors` are those of its data, where they were read already."""
    data, usage = model.data, known(model.usage)
    places = _places([known(one.index) for one in data])
    if vectors is None:
        vectors = [_vector(one, _path(index)) for index, one in enumerate(data)]
    found = [
        EmbeddingV2ResponseData(str(one.object_), vector, place)
        for one, vector, place in zip(data, vectors, places, strict=True)
    ]
    return EmbeddingV2Response(
        object=str(known(model.object_) or "list"),
        data=found,
        model=known(model.model) or "",
        usage=None if usage is None else _usage(usage),
    )


def embeddings_call(
    request: EmbeddingV2Request, model: str, defaults: Defaults, *, as_array: bool = False
) -> Call[EmbeddingV2Response]:
    """The call that embeds texts or token ids.

    With `as_array` the vectors are rows of one float32 array, and sent in base64 unless the
    request says otherwise.

    Raises:
        InvalidRequestError: a field that cannot be sent, by its name.
        ImportError: `as_array` without numpy.
    """
    from aleph_alpha_api.api.tasks import embeddings

    check_request(request, EmbeddingV2Request, "embeddings")
    check_model(model, "embeddings")
    encoding_format = request.encoding_format or ("base64" if as_array else None)
    body = _to_model(request, model, defaults, encoding_format)
    parts = embeddings.build_request(body=body, nice=nice(defaults))
    return call(OPERATION, parts, array_parser() if as_array else list_parser)


def floats(text: str, path: str) -> list[float]:
    """The numbers that little-endian float32 in base64 are; numpy is not needed.

    Raises:
        ResponseError: it is not base64, not whole numbers of four bytes, or has NaN or infinity in it.

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
    from aleph_alpha_api.models import EmbeddingV2Response as Model

    try:
        json = orjson.loads(body)
        vectors = [one["embedding"] for one in json["data"]]
        if all(type(one) is str or (type(one) is list and set(map(type, one)) <= {float, int}) for one in vectors):
            for one in json["data"]:
                one["embedding"] = ""
            return read(OPERATION, Model.from_dict, json, _same, usual=True, body=body), vectors
    except (ValueError, TypeError, KeyError):
        pass
    model = decoder(OPERATION, embeddings.parse_response, _same)(body)
    return model, [one.embedding for one in model.data]


def _same(model: api.EmbeddingV2Response) -> api.EmbeddingV2Response:
    return model
