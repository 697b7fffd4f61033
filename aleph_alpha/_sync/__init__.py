# Made from aleph_alpha/_async/__init__.py by scripts/unasync.py: change it there, then run `make fix`.
"""Client and what it is made of. Made from `_async` by `scripts/unasync.py`."""
