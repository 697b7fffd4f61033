"""The module path of earlier versions for :mod:`aleph_alpha.service.compatibility`."""

from aleph_alpha.service.compatibility import *  # noqa: F403
from aleph_alpha.service.compatibility import __all__ as __all__
