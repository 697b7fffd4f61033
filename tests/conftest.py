"""Settings of all tests, and of the programs that they start."""

from __future__ import annotations

import os

os.environ["AA_CACHE"] = ""  # nothing of a test is kept for the next one, or in the user's own folder
