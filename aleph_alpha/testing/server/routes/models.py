"""Models, their tokenizer, and the service itself."""

from __future__ import annotations

import orjson
from starlette.responses import PlainTextResponse, Response

from aleph_alpha.testing.server import catalogue, contract
from aleph_alpha.testing.server.call import Handler, ServerCall, ServerResponse
from aleph_alpha.testing.server.catalogue import Capability


def _version(call: ServerCall) -> ServerResponse:
    return PlainTextResponse(contract.load().version)


def _document(call: ServerCall) -> ServerResponse:
    # JSON is YAML, too: https://yaml.org/spec/1.2.2/#12-yaml-history
    text = orjson.dumps(contract.load().document, option=orjson.OPT_INDENT_2)
    return Response(text, media_type="text/yaml")


def _available(call: ServerCall) -> ServerResponse:
    return [model.info() for model in catalogue.MODELS]


def _settings(call: ServerCall) -> ServerResponse:
    return [model.settings() for model in catalogue.MODELS]


def _tokenizer(call: ServerCall) -> ServerResponse:
    call.model(Capability.TOKENIZE, name=call.parameters["modelName"])
    return Response(call.server.model.bpe.json, media_type="application/json")


HANDLERS: dict[str, Handler] = {
    "version": _version,
    "openapiDocument": _document,
    "availableModels": _available,
    "modelSettings": _settings,
    "getModelTokenizer": _tokenizer,
}
