"""The module path of earlier versions for :mod:`aleph_alpha.embedding.instructable`."""

from aleph_alpha.embedding.instructable import *  # noqa: F403
from aleph_alpha.embedding.instructable import __all__ as __all__
