"""Settings of all tests, and of the programs that they start."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

os.environ["AA_CACHE"] = ""  # nothing of a test is kept for the next one, or in the user's own folder

# A busy machine is no reason to fail: neither a slow example nor slow generation says anything of the code.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")
