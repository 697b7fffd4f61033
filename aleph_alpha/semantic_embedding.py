"""The module path of earlier versions for :mod:`aleph_alpha.embedding.semantic`."""

from aleph_alpha.embedding.semantic import *  # noqa: F403
from aleph_alpha.embedding.semantic import __all__ as __all__
