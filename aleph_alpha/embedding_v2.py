"""The module path of earlier versions for :mod:`aleph_alpha.embedding.openai`."""

from aleph_alpha.embedding.openai import *  # noqa: F403
from aleph_alpha.embedding.openai import __all__ as __all__
