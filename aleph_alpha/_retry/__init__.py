"""Decisions about retries and pace: pure functions and models, nothing is sent or waited for here."""
