# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from ..types import OpenStrEnum


class Hosting(OpenStrEnum):
    """Where a request may be computed. `aleph-alpha` is the vendor's own data centres."""

    ALEPH_ALPHA = "aleph-alpha"
