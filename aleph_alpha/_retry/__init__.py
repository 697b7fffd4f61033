"""Decisions about retries and overload: pure functions and counters, nothing is sent or waited for here."""
