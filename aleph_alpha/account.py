"""The module path of earlier versions for :mod:`aleph_alpha.service.account`."""

from aleph_alpha.service.account import *  # noqa: F403
from aleph_alpha.service.account import __all__ as __all__
