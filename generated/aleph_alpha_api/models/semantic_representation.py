# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from ..types import OpenStrEnum


class SemanticRepresentation(OpenStrEnum):
    """`symmetric` embeddings compare with each other; `query` ones, for short texts, with `document` ones."""

    SYMMETRIC = "symmetric"
    DOCUMENT = "document"
    QUERY = "query"
