"""The module path of earlier versions for :mod:`aleph_alpha.explanation.scores`."""

from aleph_alpha.explanation.scores import *  # noqa: F403
from aleph_alpha.explanation.scores import __all__ as __all__
