"""The module path of earlier versions for :mod:`aleph_alpha.chat.events`."""

from aleph_alpha.chat.events import *  # noqa: F403
from aleph_alpha.chat.events import __all__ as __all__
