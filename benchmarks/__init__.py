"""Measures this client beside others: ``python -m benchmarks --help``, and docs/performance.md."""
