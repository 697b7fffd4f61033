"""The module path of earlier versions for :mod:`aleph_alpha.explanation.request`."""

from aleph_alpha.explanation.request import *  # noqa: F403
from aleph_alpha.explanation.request import __all__ as __all__
