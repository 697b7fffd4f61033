"""The module path of earlier versions for :mod:`aleph_alpha.service.models`."""

from aleph_alpha.service.models import models_call, openapi_document_call, parse_tokenizer, tokenizer_call, version_call

__all__ = ["models_call", "openapi_document_call", "parse_tokenizer", "tokenizer_call", "version_call"]
