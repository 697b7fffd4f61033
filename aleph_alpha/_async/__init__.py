"""AsyncClient and what it is made of. Written by hand; `scripts/unasync.py` makes `_sync` from it."""
