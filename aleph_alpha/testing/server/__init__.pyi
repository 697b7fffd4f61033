# Made from __init__.py by scripts/faces.py: change it there, then run `make fix`.
from .app import create_app as create_app
from .local import ASGIApp as ASGIApp, LocalServer as LocalServer
from .queueing import Queue as Queue

__all__ = ["ASGIApp", "LocalServer", "Queue", "create_app"]
