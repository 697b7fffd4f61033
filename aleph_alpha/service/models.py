"""What a deployment has: its models, their tokenizers, its version."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from aleph_alpha._call.call import Call, call
from aleph_alpha._call.checks import check_model, integer
from aleph_alpha._call.reading import decoder
from aleph_alpha.errors import InvalidRequestError, ResponseError

if TYPE_CHECKING:
    from tokenizers import Tokenizer


__all__ = [
    "context_sizes",
    "models_call",
    "openapi_document_call",
    "parse_tokenizer",
    "size_of",
    "tokenizer_call",
    "version_call",
]


def models_call() -> Call[list[dict[str, Any]]]:
    """The call that lists the models, each as the plain dict that the API sends."""
    from aleph_alpha_api.api.models import available_models

    checked = decoder("availableModels", available_models.parse_response, len)

    def parse(body: bytes) -> list[dict[str, Any]]:
        from aleph_alpha_api.tolerant import loads

        checked(body)
        models: list[dict[str, Any]] = loads(body)[0]
        return models

    return call("availableModels", available_models.build_request(), parse)


def context_sizes(models: list[dict[str, Any]]) -> dict[str, int | None]:
    """The context size of each model, where it is told."""
    sizes = {str(model.get("name")): model.get("max_context_size") for model in models}
    return {name: size if integer(size) is None else None for name, size in sizes.items()}


def size_of(model: str, sizes: dict[str, int | None]) -> int:
    """The context size of a model.

    Raises:
        InvalidRequestError: there is no such model.
        ResponseError: its size is not told.
    """
    if model not in sizes:
        raise InvalidRequestError(f"there is no model called {model}; there are: {', '.join(sizes) or 'none'}")
    size = sizes[model]
    if size is None:
        raise ResponseError(f"context_size: the deployment does not tell that of {model}", path="max_context_size")
    return size


def tokenizer_call(model: str) -> Call[bytes]:
    """The call that gets a model's tokenizer, 2 to 10 MB of JSON; :func:`parse_tokenizer` reads it.

    Raises:
        InvalidRequestError: `model` is not a name.
    """
    from aleph_alpha_api.api.models import get_model_tokenizer

    check_model(model, "tokenizer")
    # Not through the generated model: the library that reads the JSON is the one to judge it.
    return call("getModelTokenizer", get_model_tokenizer.build_request(model), bytes)


def parse_tokenizer(body: bytes) -> Tokenizer:
    """The tokenizer of its JSON. Takes 0.1 s for 32,000 tokens and 0.6 s for 128,000.

    Raises:
        ResponseError: it is not a tokenizer.
    """
    from tokenizers import Tokenizer

    try:
        return Tokenizer.from_str(body.decode())
    except Exception as error:  # the library raises nothing more specific
        raise ResponseError(f"getModelTokenizer: the body is not a tokenizer: {error}", body=body) from error


def version_call() -> Call[str]:
    """The call that asks for the version of the API, as in ``"4.7.0"``.

    A response that cannot be one, such as nothing or the page of a proxy, is a ``ResponseError``.
    """
    from aleph_alpha_api.api.service import version

    parse = decoder("version", version.parse_response, _version)
    return call("version", version.build_request(), parse, "text/plain")


def _version(text: str) -> str:
    version = text.strip()
    if not re.fullmatch(r"[\w.+-]{1,100}", version):
        shown = version if len(version) <= 40 else f"{version[:40]}..."
        raise ResponseError(f"version: the body is not a version: {shown!r}", body=text.encode())
    return version


def openapi_document_call() -> Call[str]:
    """The call that asks for the deployment's own OpenAPI document, as YAML."""
    from aleph_alpha_api.api.service import openapi_document

    parse = decoder("openapiDocument", openapi_document.parse_response, str)
    return call("openapiDocument", openapi_document.build_request(), parse, "text/yaml")
