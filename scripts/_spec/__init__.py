"""The parts of `scripts/spec.py`."""
