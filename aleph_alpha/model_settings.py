"""The module path of earlier versions for :mod:`aleph_alpha.service.model_settings`."""

from aleph_alpha.service.model_settings import *  # noqa: F403
from aleph_alpha.service.model_settings import __all__ as __all__
