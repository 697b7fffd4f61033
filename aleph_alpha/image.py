"""The module path of earlier versions for :mod:`aleph_alpha.prompt.image`."""

from aleph_alpha.prompt.image import *  # noqa: F403
from aleph_alpha.prompt.image import __all__ as __all__
