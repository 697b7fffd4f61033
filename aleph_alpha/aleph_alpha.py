"""What the module path becomes where every `aleph_alpha_client` of a program is replaced by `aleph_alpha`."""

from aleph_alpha.aleph_alpha_client import *  # noqa: F403
from aleph_alpha.aleph_alpha_client import __all__ as __all__, _raise_for_status as _raise_for_status
