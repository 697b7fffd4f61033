# Made from tests/_async/__init__.py by scripts/unasync.py: change it there, then run `make fix`.
