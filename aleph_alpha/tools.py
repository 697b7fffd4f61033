"""The module path of earlier versions for :mod:`aleph_alpha.chat.tools`."""

from aleph_alpha.chat.tools import *  # noqa: F403
from aleph_alpha.chat.tools import __all__ as __all__
