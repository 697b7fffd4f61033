"""The module path of earlier versions for :mod:`aleph_alpha.service.models`."""

from aleph_alpha.service.models import *  # noqa: F403
from aleph_alpha.service.models import __all__ as __all__
