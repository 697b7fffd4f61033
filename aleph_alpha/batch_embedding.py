"""The module path of earlier versions for :mod:`aleph_alpha.embedding.batch`."""

from aleph_alpha.embedding.batch import *  # noqa: F403
from aleph_alpha.embedding.batch import __all__ as __all__
